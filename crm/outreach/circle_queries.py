"""Reading a circle of care: an office and every office tied to it by a client (design.md 7)."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, String, cast, or_, select

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db
from crm.journal.events import CADENCE_TYPES
from crm.journal.models import JournalEntry
from crm.outreach import cadence as engine
from crm.outreach import manual
from crm.sources.models import Office, Source

FEW = 500  # entries to fetch by number; more are fetched by what they are about


@dataclass(frozen=True, slots=True)
class Circle:
    """The sources and clients whose events are replayed together, by id."""

    source_ids: frozenset[int]
    client_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class CircleEvent:
    """One journal entry as the engine wants it, with its JSON form, and its moment for the task it ends."""

    payload: dict[str, Any]
    moment: datetime
    event: engine.Event


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


def events_in(practice: Practice, circle: Circle) -> list[CircleEvent]:
    """Return the circle's cadence events in the order they were written, with undone ones left out."""
    about = (
        JournalEntry.practice_id == practice.id,
        or_(JournalEntry.source_id.in_(circle.source_ids), JournalEntry.client_id.in_(circle.client_ids)),
    )
    columns = (
        JournalEntry.seq,
        JournalEntry.undoes,
        JournalEntry.digest,
        cast(JournalEntry.at, String).label("written"),
    )
    rows = db.session.execute(select(*columns).where(*about).order_by(JournalEntry.seq)).all()
    undone = {row.undoes for row in rows if row.undoes is not None}
    seqs = [row.seq for row in rows if row.undoes is None and row.seq not in undone]
    shelf = (practice.uuid, practice.time_zone)
    names = {row.seq: (row.seq, row.digest, row.written) for row in rows}
    found = _shelf.of(shelf, [names[seq] for seq in seqs])
    missing = [seq for seq in seqs if seq not in found]
    if missing:
        read = _read(practice, about if len(missing) > FEW else (JournalEntry.seq.in_(missing),))
        found |= _shelf.put(shelf, names, read)
    return [event for seq in seqs if (event := found[seq]) is not None]


def _read(practice: Practice, about: tuple[ColumnElement[bool], ...]) -> dict[int, CircleEvent | None]:
    """Read entries as events; None for one the engine knows nothing of."""
    query = select(
        JournalEntry.seq,
        JournalEntry.type,
        JournalEntry.happened_at,
        JournalEntry.happened_on,
        JournalEntry.payload,
    ).where(*about)
    return {row.seq: _event(row, practice.time_zone) if _is_told(row) else None for row in db.session.execute(query)}


def _is_told(row: Row[Any]) -> bool:
    """Say whether the engine knows an entry: of a kind it reads, and of no task of the desk's own."""
    return row.type in CADENCE_TYPES and not manual.is_of_desk(row.payload.get("key"))


def _event(row: Row[Any], zone: str) -> CircleEvent:
    payload = _payload(row)
    moment = row.happened_at or _end_of_day(row.happened_on, zone)
    return CircleEvent(payload, moment, engine.event_from(payload, zone))


Name = tuple[int, str, str]  # number, digest in the chain (empty for a sample), moment of writing


class _Shelf:
    """Events read before, by practice, zone and entry. Entries never change, so what lies here is never stale.

    An entry is named by its content too: what was read in a transaction that rolled back leaves its number to another.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._events: OrderedDict[tuple[tuple[str, str], Name], CircleEvent | None] = OrderedDict()

    def of(self, shelf: tuple[str, str], names: list[Name]) -> dict[int, CircleEvent | None]:
        with self._lock:
            return {name[0]: self._events[key] for name in names if (key := (shelf, name)) in self._events}

    def put(
        self, shelf: tuple[str, str], names: dict[int, Name], read: dict[int, CircleEvent | None]
    ) -> dict[int, CircleEvent | None]:
        with self._lock:
            self._events.update({(shelf, names[seq]): event for seq, event in read.items()})
            while len(self._events) > self._most:
                self._events.popitem(last=False)
        return read


_shelf = _Shelf(most=100_000)


def _payload(row: Row[Any]) -> dict[str, Any]:
    stamp = (
        {"at": row.happened_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        if row.happened_at
        else {"on": row.happened_on.isoformat()}
    )
    return {"type": row.type, **row.payload, **stamp}


def _end_of_day(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
