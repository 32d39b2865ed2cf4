"""Lunch-and-learns: agreed, moved, cancelled, held, declined. The preparation and the thanks follow by themselves."""

from datetime import date, datetime

from crm.accounts.models import Practice
from crm.journal import service as journal
from crm.journal.events import LunchCancelled, LunchDeclined, LunchHeld, LunchScheduled
from crm.journal.models import JournalEntry
from crm.sources import lunch_queries, lunches
from crm.sources.lunches import Lunch
from crm.sources.models import Source


class AlreadyAgreed(Exception):  # noqa: N818
    """One is agreed already; `lunch` is it."""

    def __init__(self, lunch: Lunch) -> None:
        super().__init__(lunch.id)
        self.lunch = lunch


def lunches_of(practice_id: int, source_id: int) -> list[Lunch]:
    """Return a source's lunches as they stand, newest first."""
    told = lunch_queries.standing(lunch_queries.entries(practice_id, source_id))
    return lunches.fold((entry.type, entry.payload) for entry in told)


def agree(practice: Practice, source: Source, event_on: date, *, now: datetime, actor: int) -> JournalEntry:
    """Put an agreed lunch on file; its preparation is planned. The caller commits. Raises AlreadyAgreed."""
    if lunch := lunches.agreed(lunches_of(practice.id, source.id)):
        raise AlreadyAgreed(lunch)
    said = lunch_queries.entries(practice.id, source.id)
    used = [str(entry.payload["id"]) for entry in said if entry.undoes is None]
    agreed = LunchScheduled(source=f"s{source.id}", id=lunches.next_id(used), event_on=event_on.isoformat())
    return journal.record(practice, agreed, now=now, actor=actor)


def move(practice: Practice, source: Source, lunch: Lunch, to: date, *, now: datetime, actor: int) -> JournalEntry:
    """Move an agreed lunch to another day; what is open follows. The caller commits."""
    moved = LunchScheduled(source=f"s{source.id}", id=lunch.id, event_on=to.isoformat())
    return journal.record(practice, moved, now=now, actor=actor)


def end(
    practice: Practice, event: LunchCancelled | LunchHeld | LunchDeclined, *, on: date, now: datetime, actor: int
) -> JournalEntry:
    """Record that a lunch was held, cancelled or declined on a local day. The caller commits."""
    earlier = on if on < journal.local_day(practice, now) else None
    return journal.record(practice, event, now=now, on=earlier, actor=actor)
