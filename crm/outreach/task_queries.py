"""Open tasks looked up by their key or their rule, for whoever completes one on the way."""

from sqlalchemy import select

from crm.db import db
from crm.outreach.models import Task, TaskStatus


def find_open_task(practice_id: int, key: str) -> Task | None:
    """Return an open task by its key."""
    query = select(Task).where(Task.practice_id == practice_id, Task.key == key, Task.status == TaskStatus.OPEN)
    return db.session.scalar(query)


def find_open_task_of_rule(
    practice_id: int, rule: str, *, source_id: int | None = None, client_id: int | None = None
) -> Task | None:
    """Return the earliest open task of a rule for a source or a client."""
    query = select(Task).where(Task.practice_id == practice_id, Task.rule == rule, Task.status == TaskStatus.OPEN)
    if source_id is not None:
        query = query.where(Task.source_id == source_id)
    if client_id is not None:
        query = query.where(Task.client_id == client_id)
    return db.session.scalar(query.order_by(Task.due, Task.key).limit(1))
