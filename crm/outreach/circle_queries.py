"""Reading a circle of care: an office and every office tied to it by a client (design.md 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select

from crm.clients.models import Client
from crm.db import db
from crm.journal.events import CADENCE_TYPES
from crm.journal.models import JournalEntry
from crm.sources.models import Office, Source


@dataclass(frozen=True, slots=True)
class Circle:
    """The sources and clients whose events are replayed together, by id."""

    source_ids: frozenset[int]
    client_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class CircleEvent:
    """One journal entry as the engine wants it, with its moment kept for the task it ends."""

    seq: int
    payload: dict[str, Any]
    moment: datetime


def circle_around(practice_id: int, source_ids: Iterable[int], client_ids: Iterable[int]) -> Circle:
    """Follow offices and clients from the given ones until nothing new is tied to them."""
    sources: set[int] = set()
    clients: set[int] = set()
    new_sources, new_clients = set(source_ids), set(client_ids)
    while new_sources or new_clients:
        sources |= new_sources
        clients |= new_clients
        found_sources = _colleagues(practice_id, new_sources) | _sources_of(practice_id, new_clients)
        found_clients = _clients_of(practice_id, new_sources)
        new_sources, new_clients = found_sources - sources, found_clients - clients
    return Circle(frozenset(sources), frozenset(clients))


def _colleagues(practice_id: int, source_ids: set[int]) -> set[int]:
    """Return the relationships in the offices of some sources; those only listed have no events to replay."""
    if not source_ids:
        return set()
    offices = select(Source.office_id).where(Source.id.in_(source_ids), Source.office_id.is_not(None))
    query = select(Source.id).where(
        Source.practice_id == practice_id, Source.office_id.in_(offices), Source.added_on.is_not(None)
    )
    return set(db.session.scalars(query))


def _clients_of(practice_id: int, source_ids: set[int]) -> set[int]:
    if not source_ids:
        return set()
    told = select(JournalEntry.client_id).where(
        JournalEntry.practice_id == practice_id,
        JournalEntry.source_id.in_(source_ids),
        JournalEntry.client_id.is_not(None),
    )
    own = select(Client.id).where(Client.practice_id == practice_id, Client.source_id.in_(source_ids))
    return {row for row in db.session.scalars(told.union(own)) if row is not None}


def _sources_of(practice_id: int, client_ids: set[int]) -> set[int]:
    if not client_ids:
        return set()
    told = select(JournalEntry.source_id).where(
        JournalEntry.practice_id == practice_id,
        JournalEntry.client_id.in_(client_ids),
        JournalEntry.source_id.is_not(None),
    )
    own = select(Client.source_id).where(Client.id.in_(client_ids), Client.source_id.is_not(None))
    return {row for row in db.session.scalars(told.union(own)) if row is not None}


def sources_in(circle: Circle) -> Sequence[Row[Any]]:
    """Return what the engine needs of the circle's sources, with their offices' calendars."""
    query = (
        select(
            Source.id,
            Source.grade,
            Source.credential,
            Source.channel,
            Source.report_days,
            Source.office_id,
            Office.closed_weekdays,
            Office.closed_days,
        )
        .outerjoin(Office, Office.id == Source.office_id)
        .where(Source.id.in_(circle.source_ids))
        .order_by(Source.id)
    )
    return db.session.execute(query).all()


def clients_in(circle: Circle) -> Sequence[Any]:
    """Return id, code and source of the circle's clients."""
    query = select(Client.id, Client.code, Client.source_id).where(Client.id.in_(circle.client_ids))
    return db.session.execute(query.order_by(Client.id)).all()


def events_in(practice_id: int, circle: Circle, zone: str) -> list[CircleEvent]:
    """Return the circle's cadence events in the order they were written, with undone ones left out."""
    query = (
        select(
            JournalEntry.seq,
            JournalEntry.type,
            JournalEntry.happened_at,
            JournalEntry.happened_on,
            JournalEntry.payload,
            JournalEntry.undoes,
        )
        .where(
            JournalEntry.practice_id == practice_id,
            or_(JournalEntry.source_id.in_(circle.source_ids), JournalEntry.client_id.in_(circle.client_ids)),
        )
        .order_by(JournalEntry.seq)
    )
    rows = db.session.execute(query).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    return [
        CircleEvent(row.seq, _payload(row), row.happened_at or _end_of_day(row.happened_on, zone))
        for row in rows
        if row.type in CADENCE_TYPES and row.seq not in undone and not _is_manual(row.payload)
    ]


def _payload(row: Row[Any]) -> dict[str, Any]:
    stamp = (
        {"at": row.happened_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if row.happened_at
        else {"on": row.happened_on.isoformat()}
    )
    return {"type": row.type, **row.payload, **stamp}


def _is_manual(payload: dict[str, Any]) -> bool:
    return str(payload.get("key", "")).startswith("manual:")


def _end_of_day(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
