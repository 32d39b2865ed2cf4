"""Start, pause, resume and catch up with the setup plan, and see which of its outputs have come."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SetupPlanChanged
from crm.journal.events import TaskSkipped
from crm.outreach import kinds
from crm.outreach.manual import Wanted
from crm.outreach.models import Task, TaskStatus
from crm.outreach.workdays import calendar_of
from crm.readiness import on_file_queries, plan
from crm.readiness.models import PlanDay, SetupPlan
from crm.readiness.outputs import recognised
from crm.readiness.plan import Standing

PREFIX = "plan:"


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan as it stands: its days over by their output, those skipped, and its dates."""

    done: frozenset[int]
    skipped: frozenset[int]
    standing: Standing


def find_plan(practice: Practice) -> SetupPlan | None:
    """Return the plan of a practice, if it was started."""
    return db.session.get(SetupPlan, practice.id)


def start(practice: Practice, on: date, *, every_day: bool, now: datetime, actor: int) -> SetupPlan:
    """Start the plan on a day, or move its start; what is there stays there. The caller commits."""
    found = find_plan(practice)
    if found is None:
        found = SetupPlan(practice_id=practice.id, started_on=on)
        db.session.add(found)
    found.started_on, found.every_day, found.paused_on, found.pauses = on, every_day, None, []
    _tell(practice, "started", now=now, actor=actor)
    return found


def pause(practice: Practice, found: SetupPlan, *, now: datetime, actor: int) -> None:
    """Let the plan rest from today on; a second pause changes nothing."""
    if found.paused_on is None:
        found.paused_on = practice.local(now)
        _tell(practice, "paused", now=now, actor=actor)


def resume(practice: Practice, found: SetupPlan, *, now: datetime, actor: int) -> None:
    """Go on today with the day it rested at."""
    if found.paused_on is not None:
        today = practice.local(now)
        if found.paused_on < today:
            found.pauses = [*found.pauses, [found.paused_on.isoformat(), today.isoformat()]]
        found.paused_on = None
        _tell(practice, "resumed", now=now, actor=actor)


def catch_up(practice: Practice, found: SetupPlan, *, now: datetime, actor: int) -> None:
    """Begin again today with the earliest day still open; the others follow it."""
    told, today = read(practice, found, now=now), practice.local(now)
    pauses = plan.caught_up(_pauses(found), told.standing.dates, told.done | told.skipped, today=today)
    found.pauses = [[first.isoformat(), again.isoformat()] for first, again in pauses]
    _tell(practice, "caught up", now=now, actor=actor)


def skip(practice: Practice, day: int, *, now: datetime, actor: int) -> int | None:
    """Leave a day out, as one skips any task; returns the journal's number, None where it is over or not there yet."""
    task = db.session.scalar(select(Task).where(Task.practice_id == practice.id, Task.key == f"{PREFIX}{day}"))
    if task is None or task.status != TaskStatus.OPEN:
        return None
    return journal.record(practice, TaskSkipped(key=task.key), now=now, actor=actor).seq


def read(practice: Practice, found: SetupPlan, *, now: datetime) -> Reading:
    """Read where a plan stands: what the last look has seen, and what somebody skipped."""
    done = frozenset(db.session.scalars(select(PlanDay.day).where(PlanDay.practice_id == practice.id)))
    skipped = _skipped(practice.id) - done
    dates = plan.dates(
        found.started_on, _pauses(found), found.paused_on,
        every_day=found.every_day, days=calendar_of(practice.closed_days),
    )  # fmt: skip
    return Reading(done, skipped, plan.standing(dates, done | skipped, today=practice.local(now)))


def look(practice: Practice, *, now: datetime) -> frozenset[int]:
    """Note the outputs that are there; return the days whose output is new.

    Safe to repeat. An output once seen stays seen: who renames the file does not lose the day.
    """
    there = set(db.session.scalars(select(PlanDay.day).where(PlanDay.practice_id == practice.id)))
    seen = recognised(on_file_queries.on_file(practice, today=practice.local(now))) - there
    db.session.add_all(PlanDay(practice_id=practice.id, day=day, at=now) for day in sorted(seen))
    db.session.flush()
    return seen


def wanted(practice: Practice, found: SetupPlan, *, now: datetime) -> list[Wanted]:
    """Return the tasks the plan wants at the desk: a day with a date each, done where its output was seen."""
    told = read(practice, found, now=now)
    return [
        Wanted(str(day), kinds.plan_rule(day), on, done=day in told.done) for day, on in told.standing.dates.items()
    ]


def missing(practice: Practice, key: str, *, now: datetime) -> str:
    """Say what a plan's task still lacks; empty for other tasks and where the output is there."""
    if not key.startswith(PREFIX):
        return ""
    card = plan.CARDS.get(int(key.removeprefix(PREFIX)) if key.removeprefix(PREFIX).isdigit() else 0)
    if card is None or card.day in recognised(on_file_queries.on_file(practice, today=practice.local(now))):
        return ""
    return f"Not there yet: {card.output[:1].lower()}{card.output[1:]} Make it, or skip the day."


def stop(practice: Practice, *, now: datetime, actor: int) -> None:
    """Put the plan away; what it brought stays. The caller lets its tasks go."""
    db.session.execute(delete(SetupPlan).where(SetupPlan.practice_id == practice.id))
    journal.record(practice, SetupPlanChanged(what="stopped"), now=now, actor=actor)


def _tell(practice: Practice, what: str, *, now: datetime, actor: int) -> None:
    db.session.flush()
    journal.record(practice, SetupPlanChanged(what=what), now=now, actor=actor)


def _skipped(practice_id: int) -> frozenset[int]:
    query = select(Task.key).where(
        Task.practice_id == practice_id, Task.key.startswith(PREFIX), Task.status == TaskStatus.CANCELLED
    )
    return frozenset(int(key.removeprefix(PREFIX)) for key in db.session.scalars(query))


def _pauses(found: SetupPlan) -> list[plan.Pause]:
    return [(date.fromisoformat(first), date.fromisoformat(again)) for first, again in found.pauses]
