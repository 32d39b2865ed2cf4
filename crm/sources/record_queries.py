"""What a source's own page shows beside its row: history, people, facts, shared clients. One statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from crm.clients.models import Client, ClientStatus
from crm.column_types import UtcDateTime
from crm.db import db
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.pipeline.models import StepChange
from crm.sources.history import CALL_RULES, PAPER_RULES
from crm.sources.models import BackgroundFact, Contact

CLIENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SharedClient:
    """A client in common and the last word from us: the rule of the latest task done, and when."""

    code: str
    status: ClientStatus
    last_rule: str | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the office."""

    id: int
    name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Background:
    """A public fact, where it was found and the day it was read."""

    id: int
    text: str
    found_at: str
    read_on: date


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a source's history."""

    people: list[Person]
    background: list[Background]
    clients: list[SharedClient]


def history_of(
    practice_id: int, source_id: int, *, show: str = "", before: int | None = None, limit: int
) -> Sequence[Any]:
    """Return (entry, sealed note, lane, evidence) newest first; what was taken back is left out."""
    about = (JournalEntry.practice_id == practice_id, JournalEntry.source_id == source_id)
    undone = select(JournalEntry.undoes).where(*about, JournalEntry.undoes.is_not(None))
    moved = and_(StepChange.entry_seq == JournalEntry.seq, StepChange.source_id == source_id)
    query = (
        select(JournalEntry, EntryNote.sealed, StepChange.to_lane, StepChange.side, StepChange.evidence)
        .outerjoin(EntryNote, EntryNote.entry_seq == JournalEntry.seq)
        .outerjoin(StepChange, moved)
        .where(*about, JournalEntry.undoes.is_(None), JournalEntry.seq.not_in(undone))
        .order_by(JournalEntry.seq.desc())
        .limit(limit)
    )
    if show in SHOWN:
        query = query.where(SHOWN[show])
    if before is not None:
        query = query.where(JournalEntry.seq < before)
    return db.session.execute(query).all()


def _of_rules(rules: frozenset[str]) -> ColumnElement[bool]:
    key = JournalEntry.payload["key"].as_string()
    return or_(*(key.startswith(f"{rule}:") for rule in sorted(rules)))


def _touched(*kinds: str) -> ColumnElement[bool]:
    return and_(JournalEntry.type == "touch_logged", JournalEntry.payload["kind"].as_string().in_(kinds))


SHOWN: Mapping[str, ColumnElement[bool]] = {
    "calls": or_(
        _touched("call"),
        JournalEntry.type == "call_missed",
        and_(JournalEntry.type == "task_done", _of_rules(CALL_RULES)),
    ),
    "letters": or_(
        _touched("letter", "email"),
        JournalEntry.type.in_(("package_ready", "reply_received")),
        and_(JournalEntry.type == "task_done", _of_rules(PAPER_RULES)),
    ),
    "referrals": JournalEntry.type.in_(("referral_received", "visit_scheduled", "client_sent_out")),
    "steps": or_(
        StepChange.id.is_not(None),
        JournalEntry.type.in_(
            ("source_added", "step_overridden", "source_parked", "source_woken", "source_declined", "opt_out")
        ),
    ),
}


def aside_of(practice_id: int, source_id: int) -> Aside:
    """Return a source's contacts, background facts and shared clients in one statement."""
    parts = (_people(practice_id, source_id), _background(practice_id, source_id), _clients(practice_id, source_id))
    aside = Aside([], [], [])
    for row in db.session.execute(union_all(*parts)):
        match row.part:
            case "person":
                aside.people.append(Person(row.id, row.a, row.b, row.c, row.d))
            case "background":
                aside.background.append(Background(row.id, row.a, row.b, row.on))
            case _:
                aside.clients.append(SharedClient(row.a, ClientStatus(row.b), row.c, row.at))
    aside.people.sort(key=lambda person: person.id)
    aside.clients.sort(key=lambda client: client.code, reverse=True)
    return aside


def _part(name: str, key: Any, texts: Sequence[Any], *, on: Any = None, at: Any = None) -> Select[Any]:
    words = [cast(text, String).label(label) for label, text in zip("abcd", texts, strict=True)]
    columns: list[Any] = [
        literal(name).label("part"),
        cast(key, Integer).label("id"),
        *words,
        (cast(null(), Date) if on is None else on).label("on"),
        (cast(null(), UtcDateTime) if at is None else at).label("at"),
    ]
    return select(*columns)


def _people(practice_id: int, source_id: int) -> Select[Any]:
    texts = (Contact.name, Contact.role, Contact.phone, Contact.email)
    return _part("person", Contact.id, texts).where(Contact.practice_id == practice_id, Contact.source_id == source_id)


def _background(practice_id: int, source_id: int) -> Select[Any]:
    fact = BackgroundFact
    texts = (fact.text, fact.found_at, null(), null())
    return _part("background", fact.id, texts, on=fact.read_on).where(
        fact.practice_id == practice_id, fact.source_id == source_id
    )


def _clients(practice_id: int, source_id: int) -> Select[Any]:
    told = (
        Task.practice_id == practice_id,
        Task.source_id == source_id,
        Task.client_id == Client.id,
        Task.status == TaskStatus.DONE,
        Task.channel.not_in(("none", "in_session")),
    )
    latest = (Task.done_at.desc(), Task.id.desc())
    rule = select(Task.rule).where(*told).order_by(*latest).limit(1).correlate(Client).scalar_subquery()
    at = select(Task.done_at).where(*told).order_by(*latest).limit(1).correlate(Client).scalar_subquery()
    shared = (
        select(Client.id)
        .where(Client.practice_id == practice_id, Client.source_id == source_id)
        .order_by(Client.id.desc())
        .limit(CLIENTS_SHOWN)
        .subquery()
    )
    query = _part("client", Client.id, (Client.code, Client.status, rule, null()), at=at)
    return query.where(Client.id.in_(select(shared.c.id)))
