"""Selects behind Today: bounded lists and counts, however much is open."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from crm.db import NotFound, db
from crm.outreach.agenda import URGENT_RULES, VISIT_REPORT, AgendaItem
from crm.outreach.agenda_queries import statement, to_item
from crm.outreach.models import Task, TaskStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """A task of a list, with what the page needs to open a hand-typed task's own words."""

    item: AgendaItem
    uuid: str
    sealed: bytes | None


def _urgent(urgent_until: date) -> ColumnElement[bool]:
    return or_(Task.rule.in_(URGENT_RULES), (Task.rule == VISIT_REPORT) & (Task.due <= urgent_until))


def _listed(query: Select[*tuple[Any, ...]], limit: int) -> list[Listed]:
    rows = db.session.execute(query.add_columns(Task.uuid, Task.sealed).limit(limit))
    return [Listed(to_item(row), row.uuid, row.sealed) for row in rows]


def urgent(practice_id: int, urgent_until: date, limit: int) -> list[Listed]:
    """Return the open tasks that cannot wait."""
    query = statement(practice_id).where(Task.status == TaskStatus.OPEN, _urgent(urgent_until))
    return _listed(query, limit)


def overdue(practice_id: int, today: date, urgent_until: date, limit: int) -> list[Listed]:
    """Return the oldest open tasks due before today; urgent ones stand elsewhere."""
    query = statement(practice_id).where(Task.status == TaskStatus.OPEN, Task.due < today, ~_urgent(urgent_until))
    return _listed(query, limit)


def ahead(practice_id: int, today: date, urgent_until: date, limit: int, offset: int = 0) -> list[Listed]:
    """Return the open tasks due from today on; urgent ones stand elsewhere."""
    query = statement(practice_id).where(Task.status == TaskStatus.OPEN, Task.due >= today, ~_urgent(urgent_until))
    return _listed(query.offset(offset), limit)


def finished_since(practice_id: int, moment: datetime, limit: int) -> list[Listed]:
    """Return what was done or skipped since `moment`, which the list still shows struck through."""
    query = statement(practice_id).where(Task.status == TaskStatus.DONE, Task.done_at >= moment)
    return _listed(query, limit)


def counts(practice_id: int, *, today: date, end_of_week: date, urgent_until: date) -> dict[str, int]:
    """Count the open tasks of every group in one statement."""
    group = case(
        (_urgent(urgent_until), "urgent"),
        (Task.due < today, "overdue"),
        (Task.due == today, "today"),
        (Task.due <= end_of_week, "week"),
        else_="later",
    )
    query = (
        select(group, func.count())
        .where(Task.practice_id == practice_id, Task.status == TaskStatus.OPEN)
        .group_by(group)
    )
    return dict(db.session.execute(query).tuples().all())


def load(practice_id: int, first: date, last: date) -> dict[date, int]:
    """Count what is due on each of some days."""
    query = (
        select(Task.due, func.count())
        .where(Task.practice_id == practice_id, Task.status == TaskStatus.OPEN, Task.due.between(first, last))
        .group_by(Task.due)
    )
    return dict(db.session.execute(query).tuples().all())


def clients_of_tasks(practice_id: int, keys: list[str]) -> set[int]:
    """Return the clients some tasks are about."""
    query = select(Task.client_id).where(
        Task.practice_id == practice_id, Task.key.in_(keys), Task.client_id.is_not(None)
    )
    return set(db.session.scalars(query))


def get_task(practice_id: int, key: str) -> Task:
    """Return a task by its key; raises NotFound for a missing or a foreign one alike."""
    task: Task | None = db.session.scalar(select(Task).where(Task.practice_id == practice_id, Task.key == key))
    if task is None:
        raise NotFound
    return task


def find_manual(practice_id: int, task_uuid: str) -> Task | None:
    """Return the task a form has made already, if it did."""
    found: Task | None = db.session.scalar(select(Task).where(Task.practice_id == practice_id, Task.uuid == task_uuid))
    return found


def get_listed(practice_id: int, key: str) -> Listed:
    """Return one task as lists show it; raises NotFound."""
    found = _listed(statement(practice_id).where(Task.key == key), 1)
    if not found:
        raise NotFound
    return found[0]
