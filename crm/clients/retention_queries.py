"""Selects about how long ago the last contact with a client was."""

from datetime import date, datetime

from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.clients import retention
from crm.clients.models import Client, Referral, Visit
from crm.clients.record_models import ClientSheet, Measurement, SessionLog
from crm.db import db
from crm.documents.models import Document
from crm.journal.models import JournalEntry
from crm.journal.rights_acts import RetentionReviewed

# The latest of these is the last contact. Reading a record is none.
CONTACTS = (
    SessionLog.held_on, Measurement.taken_on, Referral.received_on, Visit.visit_on, ClientSheet.saved_at,
    Document.approved_at,
)  # fmt: skip


def last_contacts(practice: Practice, client_id: int | None = None) -> list[tuple[Client, date]]:
    """Return clients, or one of them, each with the local date of the last contact; the longest ago first."""
    one = () if client_id is None else (Client.id == client_id,)
    clients = db.session.scalars(select(Client).where(Client.practice_id == practice.id, *one)).all()
    latest = {client.id: practice.local(client.created_at) for client in clients}
    for column in CONTACTS:
        model = column.class_
        query = select(model.client_id, func.max(column)).where(model.practice_id == practice.id)
        mine = () if client_id is None else (model.client_id == client_id,)
        for found, at in db.session.execute(query.where(*mine).group_by(model.client_id)):
            if found in latest and at is not None:
                on = practice.local(at) if isinstance(at, datetime) else at
                latest[found] = max(latest[found], on)
    return sorted(((client, latest[client.id]) for client in clients), key=lambda row: (row[1], row[0].code))


def past_their_time(practice: Practice, *, years: int, today: date) -> list[tuple[Client, date]]:
    """Return the clients whose record has been kept as long as suggested, each with the day of the last contact."""
    return [row for row in last_contacts(practice) if retention.is_past(row[1], years, today)]


def reviewed_on(practice: Practice) -> date | None:
    """Return the local date on which somebody last looked through the list."""
    query = select(func.max(JournalEntry.at)).where(
        JournalEntry.practice_id == practice.id, JournalEntry.type == RetentionReviewed.type
    )
    at: datetime | None = db.session.scalar(query)
    return practice.local(at) if at else None


def is_due(practice: Practice, *, years: int, today: date) -> bool:
    """Say whether there is something to look through and nobody has done so for a year.

    A practice younger than that many years is answered with one select.
    """
    first: datetime | None = db.session.scalar(
        select(func.min(Client.created_at)).where(Client.practice_id == practice.id)
    )
    if first is None or not retention.is_past(practice.local(first), years, today):
        return False
    if not retention.is_review_due(reviewed_on(practice), today):
        return False
    return bool(past_their_time(practice, years=years, today=today))
