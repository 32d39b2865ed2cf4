"""Selects over clients, referrals and visits; the first argument is always the practice."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.clients.models import Client
from crm.db import NotFound, db


def get_client_by_code(practice_id: int, code: str) -> Client:
    """Return a client with its source; raises NotFound for a missing or a foreign one alike."""
    query = select(Client).where(Client.practice_id == practice_id, Client.code == code)
    client = db.session.scalar(query.options(joinedload(Client.source)))
    if client is None:
        raise NotFound
    return client
