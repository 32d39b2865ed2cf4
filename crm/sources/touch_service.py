"""Write down what happened between the practice and a source, and the task it completes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.crypto import Sealer
from crm.db import NotFound, db
from crm.journal import service as journal
from crm.journal.events import CallMissed, Event, PackageReady, TaskDone
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.sources import touches
from crm.sources.models import Source
from crm.sources.touches import Outcome, TouchKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One touch as somebody wrote it down. `on` is an earlier local day, None: today, which means now."""

    kind: TouchKind
    on: date | None = None
    outcome: Outcome | None = None
    note: str = ""
    task_key: str = ""  # of an open task of this source that the touch was for


def log_touch(
    practice: Practice, source: Source, touch: Touch, sealer: Sealer | None, *, now: datetime, actor: int | None = None
) -> JournalEntry:
    """Record a touch, and what it makes of its task; the note is sealed beside the entry. The caller commits.

    A package that was sent completes the task of sending it; where none is open, it is made ready first.
    Raises NotFound if `task_key` is not an open task of this source.
    """
    if touch.kind is TouchKind.PACKAGE_SENT:
        event = _package_sent(practice, source, touch, now=now, actor=actor)
    elif touch.task_key and touch.kind in touches.OURS:
        event = _for_task(source, touch, get_open_task(practice.id, source.id, touch.task_key))
    else:
        event = touches.event_for(touch.kind, f"s{source.id}", touch.outcome)
    client_id = None
    if isinstance(event, TaskDone | CallMissed):
        client_id = get_open_task(practice.id, source.id, event.key).client_id
    entry = journal.record(practice, event, now=now, on=touch.on, actor=actor, source_id=source.id, client_id=client_id)
    if sealer is not None:  # it is needed for a note only
        journal.add_note(entry, touch.note, sealer)
    return entry


def get_open_task(practice_id: int, source_id: int, key: str) -> Task:
    """Return an open task of this source; raises NotFound."""
    query = select(Task).where(
        Task.practice_id == practice_id,
        Task.source_id == source_id,
        Task.key == key,
        Task.status == TaskStatus.OPEN,
    )
    task: Task | None = db.session.scalar(query)
    if task is None:
        raise NotFound
    return task


def _for_task(source: Source, touch: Touch, task: Task) -> Event:
    match touches.ends(task.rule, touch.kind, touch.outcome):
        case "task_done":
            return TaskDone(key=task.key)
        case "call_missed":
            return CallMissed(key=task.key)
        case _:
            return touches.event_for(touch.kind, f"s{source.id}", touch.outcome)


def _package_sent(practice: Practice, source: Source, touch: Touch, *, now: datetime, actor: int | None) -> Event:
    key = _package_task(practice.id, source.id)
    if key is None:
        ready = PackageReady(source=f"s{source.id}")
        journal.record(practice, ready, now=now, on=touch.on, actor=actor)
        key = _package_task(practice.id, source.id)
    return TaskDone(key=key) if key else touches.event_for(touch.kind, f"s{source.id}", None)


def _package_task(practice_id: int, source_id: int) -> str | None:
    query = select(Task.key).where(
        Task.practice_id == practice_id,
        Task.source_id == source_id,
        Task.rule == touches.PACKAGE_RULE,
        Task.status == TaskStatus.OPEN,
    )
    return db.session.scalar(query.order_by(Task.due).limit(1))
