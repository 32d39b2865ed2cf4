"""Reading the log as a whole: who did what, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from crm.accounts.models import User
from crm.db import db
from crm.journal.models import JournalEntry

MACHINE = 0  # what somebody chooses to see what nobody signed in did


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the log is asked for; None everywhere for all of it. `until` is not part of it."""

    user_id: int | None = None
    types: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


def count(practice_id: int, wanted: Wanted) -> int:
    """Return how many entries there are."""
    return db.session.scalar(select(func.count()).select_from(_of(practice_id, wanted).subquery())) or 0


def page(practice_id: int, wanted: Wanted, *, size: int, number: int) -> Sequence[Row[Any]]:
    """Return one page of entries with the name of who did them, the first page being 1."""
    query = _of(practice_id, wanted).order_by(JournalEntry.seq.desc())
    return db.session.execute(query.limit(size).offset((number - 1) * size)).all()


def every(practice_id: int, wanted: Wanted) -> Iterator[Row[Any]]:
    """Yield all entries asked for, newest first, a thousand at a time."""
    query = _of(practice_id, wanted).order_by(JournalEntry.seq.desc())
    yield from db.session.execute(query.execution_options(yield_per=1000))


def people(practice_id: int) -> Sequence[Any]:
    """Return everybody who has an account, disabled ones too."""
    query = select(User.id, User.name, User.email).where(User.practice_id == practice_id)
    return db.session.execute(query.order_by(User.name, User.id)).all()


def _of(practice_id: int, wanted: Wanted) -> Select[Any]:
    columns = (
        JournalEntry.seq, JournalEntry.at, JournalEntry.type, JournalEntry.payload, JournalEntry.actor, JournalEntry.ip,
        JournalEntry.session, JournalEntry.sample, User.name, User.email,
    )  # fmt: skip
    query = (
        select(*columns).outerjoin(User, User.id == JournalEntry.actor).where(JournalEntry.practice_id == practice_id)
    )
    if wanted.user_id is not None:
        query = query.where(JournalEntry.actor.is_not_distinct_from(wanted.user_id or None))
    if wanted.types is not None:
        query = query.where(JournalEntry.type.in_(wanted.types))
    if wanted.since is not None:
        query = query.where(JournalEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(JournalEntry.at < wanted.until)
    return query
