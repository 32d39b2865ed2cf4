"""Everything that is held about a client, row by row, out of the seal: the copy a client may ask for (45 CFR 164.524).

What a table's columns are is read off the tables themselves, so that a new column is in the copy from its first day;
only what means nothing outside the database is left out, by name.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, select

from crm.accounts.models import Practice, User
from crm.clients.models import Client, Referral, Release, Visit
from crm.clients.record_models import ClientSheet, FlagRaised, Goal, Measurement, SessionLog, TreatingProvider
from crm.crypto import Sealer, Unreadable
from crm.db import db
from crm.documents.models import Delivery, Document, DocumentFile
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import OutboxMessage, Task
from crm.sources.models import Source

# Marks by which the desk guards its rows. Numbers stay: by them the rows of the copy name each other.
LEFT_OUT = frozenset(
    {"uuid", "practice_id", "client_id", "form_key", "sample", "version", "revision", "claim", "lease_until", "next_at",
     "digest", "rules_version", "sealed", "unsubscribe"}
)  # fmt: skip
UNREADABLE = "cannot be read: the key is missing or the row is damaged"


@dataclass(frozen=True, slots=True)
class Held:
    """One table of the copy: what it is called there, and which of its rows are the client's."""

    name: str
    model: Any
    whose: Callable[[int], ColumnElement[bool]]


def _of(model: Any) -> Callable[[int], ColumnElement[bool]]:
    return lambda client_id: model.client_id == client_id


def _in_documents(client_id: int) -> Any:
    return select(Document.id).where(Document.client_id == client_id)


HELD = (
    Held("client", Client, lambda client_id: Client.id == client_id),
    Held("record", ClientSheet, _of(ClientSheet)),
    Held("treating providers", TreatingProvider, _of(TreatingProvider)),
    Held("referrals", Referral, _of(Referral)),
    Held("releases", Release, _of(Release)),
    Held("medical visits", Visit, _of(Visit)),
    Held("sessions", SessionLog, _of(SessionLog)),
    Held("measurements", Measurement, _of(Measurement)),
    Held("goals", Goal, _of(Goal)),
    Held("red flags", FlagRaised, _of(FlagRaised)),
    Held("tasks", Task, _of(Task)),
    Held("letters and reports", Document, _of(Document)),
    Held("files", DocumentFile, lambda client_id: DocumentFile.document_id.in_(_in_documents(client_id))),
    Held("deliveries", Delivery, lambda client_id: Delivery.document_id.in_(_in_documents(client_id))),
    Held(
        "messages",
        OutboxMessage,
        lambda client_id: OutboxMessage.id.in_(
            select(Delivery.message_id).where(Delivery.document_id.in_(_in_documents(client_id)))
        ),
    ),
    Held("history", JournalEntry, _of(JournalEntry)),
)


def everything(practice: Practice, client: Client, sealer: Sealer) -> dict[str, list[dict[str, Any]]]:
    """Return what is held about a client: for each kind its rows, each a mapping of plain values."""
    names = _Names(practice.id)
    copy = {}
    for held in HELD:
        query = select(held.model).where(*_own(held.model, practice.id), held.whose(client.id))
        rows = db.session.scalars(query.order_by(*_key(held.model))).all()
        copy[held.name] = [_row(row, names, sealer) for row in rows]
    for told, note in zip(copy["history"], _notes(practice.id, client.id, sealer), strict=True):
        if note is not None:
            told["note"] = note
    return copy


def _own(model: Any, practice_id: int) -> list[ColumnElement[bool]]:
    return [model.practice_id == practice_id] if hasattr(model, "practice_id") else []


def _key(model: Any) -> Any:
    return model.__table__.primary_key.columns


class _Names:
    """The names behind the numbers of sources and accounts."""

    def __init__(self, practice_id: int) -> None:
        self._practice_id = practice_id
        self._users: Mapping[int, str] = dict(
            db.session.execute(select(User.id, User.name).where(User.practice_id == practice_id)).tuples().all()
        )

    def source(self, source_id: int) -> str:
        source = db.session.get(Source, source_id)
        return source.display_name if source and source.practice_id == self._practice_id else ""

    def user(self, user_id: int) -> str:
        return self._users.get(user_id, "")


def _row(row: Any, names: _Names, sealer: Sealer) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column in row.__table__.columns:
        value = getattr(row, column.key)
        if column.key in LEFT_OUT or value is None:
            continue
        if column.key == "source_id":
            told["source"] = names.source(value)
        elif column.key == "actor" or column.key.endswith("_by"):
            told[column.key] = names.user(value)
        else:
            told[column.key] = _plain(value)
    if getattr(row, "sealed", None):
        told |= _opened(row, sealer)
    return told


def _opened(row: Any, sealer: Sealer) -> dict[str, Any]:
    try:
        if isinstance(row, DocumentFile):
            content = sealer.open_file(row.sealed, table=row.__tablename__, row=row.uuid)
            return {"pdf": base64.b64encode(content).decode()}
        return {"content": sealer.open(row.sealed, table=row.__tablename__, row=row.uuid)}
    except Unreadable:
        return {"content": UNREADABLE}


def _notes(practice_id: int, client_id: int, sealer: Sealer) -> list[str | None]:
    """Return the note beside each entry of a client's history, in its order."""
    query = (
        select(JournalEntry.seq, EntryNote.sealed)
        .outerjoin(EntryNote, EntryNote.entry_seq == JournalEntry.seq)
        .where(JournalEntry.practice_id == practice_id, JournalEntry.client_id == client_id)
        .order_by(JournalEntry.seq)
    )
    return [_note(seq, sealed, sealer) for seq, sealed in db.session.execute(query).tuples()]


def _note(seq: int, sealed: bytes | None, sealer: Sealer) -> str | None:
    if sealed is None:
        return None
    try:
        return str(sealer.open(sealed, table=EntryNote.__tablename__, row=str(seq))["text"])
    except Unreadable:
        return UNREADABLE


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
