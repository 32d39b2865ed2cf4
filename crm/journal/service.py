"""The one door into the journal: write the entry, replay what it touches, move the pipeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from crm import clock
from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.clients.queries import get_client_by_code
from crm.crypto import Sealer
from crm.db import db
from crm.journal import chain, queries
from crm.journal.acts import EntryUndone
from crm.journal.events import Event, SourceAdded
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach import manual
from crm.outreach import service as outreach
from crm.pipeline import service as pipeline
from crm.sources.models import Source
from crm.sources.queries import get_source

NOTE_LIMIT = 4000
WHERE = "where"  # in the notebook of the database session


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody sits: the address they come from and 8 characters of their session's hash."""

    ip: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and when it took place: `at` a moment in UTC, or `on` a local date."""

    event: Event
    at: datetime | None = None
    on: date | None = None
    source_id: int | None = None  # for events that name a task only
    client_id: int | None = None


class AlreadyUndone(Exception):  # noqa: N818
    """This entry was taken back before."""


def record(
    practice: Practice,
    event: Event,
    *,
    now: datetime,
    on: date | None = None,
    actor: int | None = None,
    source_id: int | None = None,
    client_id: int | None = None,
) -> JournalEntry:
    """Write down one event and everything that follows from it: tasks and step.

    `on` dates a fact of an earlier day; without it the event happened `now`. `source_id` and
    `client_id` are for events that name neither (a task's). Naming a source that is only listed makes
    it a relationship first (`source_added`). The caller commits.

    Raises NotFound for a source or client of another practice.
    """
    happening = Happening(event, None if on else now, on, source_id, client_id)
    return record_all(practice, [happening], now=now, actor=actor)[-1]


def record_all(
    practice: Practice, happenings: Iterable[Happening], *, now: datetime, actor: int | None = None
) -> list[JournalEntry]:
    """Write down several events as one unit and replay what they touch once."""
    entries: list[JournalEntry] = []
    for happening in happenings:
        source, client = _subjects(practice, happening)
        if source is not None and source.added_on is None and happening.event.cadence:
            added = Happening(SourceAdded(source=f"s{source.id}"), happening.at, happening.on)
            source.added_on = happening.on or clock.local_date(happening.at or now, practice.time_zone)
            if not isinstance(happening.event, SourceAdded):
                entries.append(_entry(practice, added, source, None, at=now, actor=actor))
        entries.append(_entry(practice, happening, source, client, at=now, actor=actor))
    hang_on(practice, entries)
    _follow(practice, entries, now)
    return entries


def come_from(where: Where) -> None:
    """Say where all that is written from here on comes from, until the database session is given back."""
    db.session.info[WHERE] = where


def whereabouts() -> Where:
    """Return where what is written now comes from; nowhere for the machine and the command line."""
    found: Where = db.session.info.get(WHERE, Where())
    return found


def local_day(practice: Practice, now: datetime) -> date:
    """Return the date at `now` on the practice's wall."""
    return clock.local_date(now, practice.time_zone)


def undo(practice: Practice, entry: JournalEntry, *, now: datetime, actor: int | None = None) -> JournalEntry:
    """Take an entry back by a new one; replays leave both out.

    Raises AlreadyUndone if that was done before.
    """
    if queries.is_undone(practice.id, entry.seq):
        raise AlreadyUndone(entry.seq)
    taken_back = JournalEntry(
        practice_id=practice.id,
        at=now,
        actor=actor,
        type=EntryUndone.type,
        happened_at=now,
        source_id=entry.source_id,
        client_id=entry.client_id,
        payload=EntryUndone(entry=entry.seq).payload()
        | ({"key": entry.payload["key"]} if "key" in entry.payload else {}),
        undoes=entry.seq,
        sample=entry.sample,
    )
    hang_on(practice, [taken_back])
    _follow(practice, [taken_back], now)
    return taken_back


def add_note(entry: JournalEntry, text: str, sealer: Sealer) -> None:
    """Seal what somebody wrote beside an entry; nothing is kept of an empty note."""
    if text.strip():
        sealed = sealer.seal({"text": text[:NOTE_LIMIT]}, table="entry_note", row=str(entry.seq))
        db.session.add(EntryNote(entry_seq=entry.seq, sealed=sealed))


def retell(practice: Practice, source_ids: set[int], client_ids: set[int], *, now: datetime, seq: int) -> None:
    """Let tasks and steps follow anew where what the journal speaks of is gone; `seq` is the entry that says so."""
    circle = outreach.replan(practice, source_ids, client_ids, now=now)
    touched = source_ids | outreach.sources_of_clients(circle, client_ids)
    pipeline.apply(practice, touched, today=local_day(practice, now), entry_seq=seq)


def _subjects(practice: Practice, happening: Happening) -> tuple[Source | None, Client | None]:
    """Find the source and the client an event speaks of, in this practice only."""
    payload = happening.event.payload()
    source_id = int(payload["source"][1:]) if "source" in payload else happening.source_id
    source = get_source(practice.id, source_id) if source_id is not None else None
    if "client" in payload:
        return source, get_client_by_code(practice.id, payload["client"])
    client = db.session.get(Client, happening.client_id) if happening.client_id is not None else None
    return source, client


def _entry(
    practice: Practice,
    happening: Happening,
    source: Source | None,
    client: Client | None,
    *,
    at: datetime,
    actor: int | None,
) -> JournalEntry:
    return JournalEntry(
        practice_id=practice.id,
        at=at,
        actor=actor,
        type=happening.event.type,
        happened_at=happening.at,
        happened_on=happening.on,
        source_id=source.id if source else None,
        client_id=client.id if client else None,
        payload=happening.event.payload(),
        sample=bool((source and source.sample) or (client and client.sample)),
    )


def hang_on(practice: Practice, entries: list[JournalEntry]) -> None:
    """Hang entries onto the practice's chain and write them; a sample, which can go again, is in no chain."""
    db.session.flush()
    end, where = queries.head(practice.id), whereabouts()
    digest = end[1] if end else ""
    for entry in entries:
        entry.ip, entry.session = entry.ip or where.ip, entry.session or where.session
        if not entry.sample:
            digest = entry.digest = chain.digest_of(digest, entry)
    db.session.add_all(entries)
    db.session.flush()


def _follow(practice: Practice, entries: list[JournalEntry], now: datetime) -> None:
    """Let tasks and steps follow; tasks first, since a report's being on time is read from its task."""
    source_ids = {e.source_id for e in entries if e.source_id is not None}
    client_ids = {e.client_id for e in entries if e.client_id is not None}
    desk_keys = {e.payload["key"] for e in entries if manual.is_of_desk(e.payload.get("key"))}
    if desk_keys:
        outreach.replay_manual(practice, desk_keys, now=now)
    if source_ids or client_ids:
        retell(practice, source_ids, client_ids, now=now, seq=entries[-1].seq)
