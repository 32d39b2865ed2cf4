"""What somebody worked on last: the records their own entries in the journal speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import load_only

from crm.clients.models import Client
from crm.db import db
from crm.journal.models import JournalEntry
from crm.sources.list_queries import ROW_COLUMNS
from crm.sources.models import Office, Source

ENTRIES, SHOWN = 100, 6


@dataclass(frozen=True, slots=True)
class Recent:
    """A record in the palette: a client by code, or a source with its office."""

    code: str = ""
    source: Source | None = None
    office: str = ""


def recent(practice_id: int, user_id: int) -> list[Recent]:
    """Return what this user acted on last, newest first, each once; what is gone since is left out."""
    query = (
        select(JournalEntry.source_id, JournalEntry.client_id)
        .where(JournalEntry.practice_id == practice_id, JournalEntry.actor == user_id)
        .order_by(JournalEntry.seq.desc())
        .limit(ENTRIES)
    )
    seen = dict.fromkeys(
        ("client", client) if client is not None else ("source", source)
        for source, client in db.session.execute(query)
        if client is not None or source is not None
    )
    found = _sources(practice_id, [row for kind, row in seen if kind == "source"])
    found |= _clients(practice_id, [row for kind, row in seen if kind == "client"])
    return [found[one] for one in seen if one in found][:SHOWN]


def _sources(practice_id: int, ids: Sequence[Any]) -> dict[tuple[str, Any], Recent]:
    query = (
        select(Source, Office.name)
        .outerjoin(Office, Office.id == Source.office_id)
        .options(load_only(*ROW_COLUMNS))
        .where(Source.practice_id == practice_id, Source.id.in_(ids))
    )
    return {("source", s.id): Recent(source=s, office=office or "") for s, office in db.session.execute(query)}


def _clients(practice_id: int, ids: Sequence[Any]) -> dict[tuple[str, Any], Recent]:
    query = select(Client.id, Client.code).where(Client.practice_id == practice_id, Client.id.in_(ids))
    return {("client", client_id): Recent(code=code) for client_id, code in db.session.execute(query)}
