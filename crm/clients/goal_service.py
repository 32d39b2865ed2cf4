"""Goals: set, worded anew, brought forward, and how they ended."""

from dataclasses import asdict, replace
from datetime import date, datetime

from crm.accounts.models import Practice
from crm.clients.goals import GoalTold
from crm.clients.models import Client
from crm.clients.opened_queries import GOALS, open_goal
from crm.clients.record_models import Goal, GoalStatus
from crm.crypto import Sealer
from crm.db import db
from crm.journal import service as journal
from crm.journal.client_acts import GoalChanged
from crm.journal.models import JournalEntry


def set_goal(
    practice: Practice,
    client: Client,
    told: GoalTold,
    *,
    days: int,
    due_on: date,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> Goal:
    """Put a goal on file. The caller commits."""
    goal = Goal(
        practice_id=practice.id, client_id=client.id, days=days, set_on=practice.local(now), due_on=due_on, sealed=b""
    )
    db.session.add(goal)
    db.session.flush()
    _seal(goal, told, sealer)
    _tell(practice, client, goal, now, actor)
    return goal


def note_progress(goal: Goal, value: float, *, on: date, sealer: Sealer) -> None:
    """Note how far a goal has come that no measure of ours counts. Raises Unreadable."""
    _seal(goal, replace(open_goal(goal, sealer), reached=value, reached_on=on.isoformat()), sealer)
    goal.version += 1


def end_goal(
    practice: Practice, client: Client, goal: Goal, status: GoalStatus, *, now: datetime, actor: int | None = None
) -> JournalEntry:
    """Say how a goal ended, or open it again."""
    goal.status = status
    goal.status_on = None if status is GoalStatus.OPEN else practice.local(now)
    goal.version += 1
    return _tell(practice, client, goal, now, actor)


def _seal(goal: Goal, told: GoalTold, sealer: Sealer) -> None:
    goal.sealed = sealer.seal(asdict(told), table=GOALS, row=goal.uuid)


def _tell(practice: Practice, client: Client, goal: Goal, now: datetime, actor: int | None) -> JournalEntry:
    changed = GoalChanged(client=client.code, goal=goal.id, status=goal.status.value)
    return journal.record(practice, changed, now=now, actor=actor)
