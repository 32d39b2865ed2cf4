"""Tasks that other features want at the desk: the setup plan's cards, papers that run out. Written back by key."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from crm import clock
from crm.accounts.models import Practice
from crm.db import db
from crm.outreach import service
from crm.outreach.manual import Wanted
from crm.outreach.models import Task, TaskStatus


def keep(practice: Practice, prefix: str, wanted: Iterable[Wanted], *, now: datetime) -> bool:
    """Make the desk's tasks of one prefix ("plan:") the wanted ones; return whether anything changed.

    Safe to repeat. A new day of one is its new plan; what somebody did to it since (put off, skipped) holds. One that
    is wanted as done is done now; one that is wanted no more goes, unless it is done. The caller commits.
    """
    there = {
        task.key: task
        for task in db.session.scalars(
            select(Task).where(Task.practice_id == practice.id, Task.key.startswith(prefix, autoescape=True))
        )
    }
    asked = {f"{prefix}{one.key}": one for one in wanted}
    moved = {key for key, one in asked.items() if key in there and there[key].anchor_on != one.due}
    for key in moved:
        there[key].anchor_on = asked[key].due
    made = [_task(practice, key, one, now) for key, one in asked.items() if key not in there and not one.done]
    done = [there[key] for key, one in asked.items() if one.done and key in there and _is_open(there[key])]
    gone = [task for key, task in there.items() if key not in asked and task.status != TaskStatus.DONE]
    db.session.add_all(made)
    for task in gone:
        db.session.delete(task)
    db.session.flush()
    if again := moved | {task.key for task in made}:  # one that comes back is what it was before it went
        service.replay_manual(practice, again, now=now)
    for task in done:
        task.status, task.done_at, task.changed_at, task.revision = TaskStatus.DONE, now, now, task.revision + 1
    if made or done or gone:
        practice.task_revision += 1
    return bool(made or done or gone or moved)


def _is_open(task: Task) -> bool:
    return task.status == TaskStatus.OPEN


def _task(practice: Practice, key: str, one: Wanted, now: datetime) -> Task:
    return Task(
        practice_id=practice.id,
        key=key,
        rule=one.rule,
        due=one.due,
        window_end=one.due,
        trigger=key.partition(":")[0],
        trigger_on=clock.local_date(now, practice.time_zone),
        anchor_on=one.due,
        changed_at=now,
    )
