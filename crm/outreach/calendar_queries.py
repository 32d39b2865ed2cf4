"""Selects behind the calendar: a bounded few tasks of each day, and the days that are not tasks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from crm.clients.models import Client, Visit
from crm.journal.events import VisitCancelled, VisitScheduled
from crm.journal.models import JournalEntry
from crm.outreach import sound_queries
from crm.outreach.agenda import AgendaItem
from crm.outreach.agenda_queries import NAME_COLUMNS, statement, to_item
from crm.outreach.appointments import Appointment, What
from crm.outreach.models import Task, TaskStatus
from crm.sources import lunch_queries
from crm.sources.models import Source

VISITS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class DayTasks:
    """The first open tasks of a day, and how many it has in all."""

    items: tuple[AgendaItem, ...]
    count: int


def tasks_between(practice_id: int, first: date, last: date, *, a_day: int) -> dict[date, DayTasks]:
    """Return the open tasks of each local day in one statement, at most `a_day` of each, what waits least first."""
    place = func.row_number().over(partition_by=Task.due, order_by=(Task.window_end, Task.id))
    ranked = (
        select(Task.id, place.label("place"), func.count().over(partition_by=Task.due).label("of_day"))
        .where(Task.practice_id == practice_id, Task.status == TaskStatus.OPEN, Task.due.between(first, last))
        .subquery()
    )
    query = statement(practice_id).join(ranked, ranked.c.id == Task.id).where(ranked.c.place <= a_day)
    found: dict[date, list[AgendaItem]] = defaultdict(list)
    counts: dict[date, int] = {}
    query = query.order_by(None).order_by(Task.due, ranked.c.place).add_columns(ranked.c.of_day)
    for row in sound_queries.rows(query, Task.id):
        found[row.due].append(to_item(row))
        counts[row.due] = row.of_day
    return {on: DayTasks(tuple(items), counts[on]) for on, items in found.items()}


def appointments_between(practice_id: int, first: date, last: date) -> list[Appointment]:
    """Return visits and lunches of these local days, as they stand on file."""
    visits = visits_between(practice_id, first, last)
    return sorted(
        [*visits, *lunch_queries.appointments_between(practice_id, first, last)], key=lambda one: (one.on, one.key)
    )


def visits_between(practice_id: int, first: date, last: date) -> list[Appointment]:
    """Return the medical visits of these local days that were not cancelled, earliest first."""
    query = (
        select(Visit.id, Visit.visit_on, Client.code, Client.created_at, Source)
        .join(Client, Client.id == Visit.client_id)
        .outerjoin(Source, Source.id == Visit.source_id)
        .options(load_only(*NAME_COLUMNS))
        .where(Visit.practice_id == practice_id, Visit.cancelled.is_(False), Visit.visit_on.between(first, last))
        .order_by(Visit.visit_on, Visit.id)
        .limit(VISITS_AT_MOST)
    )
    return [
        Appointment(
            key=f"visit:{row.id}",
            what=What.VISIT,
            on=row.visit_on,
            source_id=row.Source.id if row.Source else None,
            source_name=row.Source.display_name if row.Source else None,
            client_code=row.code,
            changed_at=row.created_at,
        )
        for row in sound_queries.rows(query, Visit.id)
    ]


def with_changes(practice_id: int, visits: Iterable[Appointment]) -> list[Appointment]:
    """Return visits with how often each was put on file, moved or taken off, and when last: a calendar asks for it."""
    visits = list(visits)
    codes = {visit.client_code for visit in visits}
    query = (
        select(JournalEntry.seq, JournalEntry.at, JournalEntry.payload)
        .join(Client, Client.id == JournalEntry.client_id)
        .where(
            JournalEntry.practice_id == practice_id,
            JournalEntry.type.in_((VisitScheduled.type, VisitCancelled.type)),
            Client.code.in_(codes),
        )
    )
    said: dict[str, list[datetime]] = defaultdict(list)
    for row in sound_queries.rows(query, JournalEntry.seq) if codes else ():
        said[f"visit:{str(row.payload.get('id'))[1:]}"].append(row.at)
    return [_changed(visit, said[visit.key]) for visit in visits]


def _changed(visit: Appointment, said: list[datetime]) -> Appointment:
    return replace(visit, revision=len(said) - 1, changed_at=max(said)) if said else visit
