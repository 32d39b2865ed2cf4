"""Goals of 30 and 90 days: how far each has come, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from crm.clients.measures import MEASURES, counted
from crm.clients.record_models import GoalStatus
from crm.clients.series import Series

STATUS_WORDS = {
    GoalStatus.OPEN: "Open",
    GoalStatus.MET: "Met",
    GoalStatus.NOT_MET: "Not met",
    GoalStatus.DROPPED: "Dropped",
}


@dataclass(frozen=True, slots=True)
class GoalTold:
    """What a goal says: an activity, and a number to see it by. With a measure of ours the newest value counts."""

    activity: str
    measure: str = ""
    side: str = ""
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    reached: float | None = None
    reached_on: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal has come: `share` from 0 at the baseline to 1 at the target; None where no number says it."""

    words: str
    share: float | None
    row: int = 0  # the measured value it is read from


def read(held: Mapping[str, Any]) -> GoalTold:
    """Return a goal as it came out of the seal."""
    names = {f.name for f in fields(GoalTold)}
    return GoalTold(**{name: value for name, value in held.items() if name in names})


def progress(goal: GoalTold, series: Mapping[tuple[str, str], Series]) -> Progress:
    """Say how far a goal has come, from the newest value of its measure or from what was noted by hand."""
    measure = MEASURES.get(goal.measure)
    own = series.get((goal.measure, goal.side))
    now = counted(own.measure, own.current) if own else goal.reached
    row = own.current.row if own else 0
    if now is None or goal.target is None:
        return Progress("", None, row)
    if measure is not None:
        words = f"{measure.shown(now)} of {measure.with_unit(goal.target)}"
    else:
        words = f"{now:g} of {goal.target:g} {goal.unit}".strip()
    return Progress(words, _share(goal, now, goal.target), row)


def _share(goal: GoalTold, now: float, target: float) -> float | None:
    """Return how much of the way is done. Without a baseline the way up begins at zero, and a way down nowhere."""
    if goal.baseline is None and _leads_down(goal):
        return None
    start = goal.baseline if goal.baseline is not None else 0.0
    if target == start:
        return 1.0 if now == target else 0.0
    return max(0.0, min(1.0, (now - start) / (target - start)))


def is_reached(goal: GoalTold, now: float) -> bool:
    """Say whether a value is at the target or past it, on the side the goal leads to."""
    if goal.target is None:
        return False
    return now <= goal.target if _leads_down(goal) else now >= goal.target


def _leads_down(goal: GoalTold) -> bool:
    if goal.baseline is not None and goal.target is not None and goal.target != goal.baseline:
        return goal.target < goal.baseline
    measure = MEASURES.get(goal.measure)
    return measure is not None and measure.better == "lower"


def sentence(goal: GoalTold, due_on: date, told: Progress) -> str:
    """Return a goal as a report says it: "Climb two flights by May 13, 2026 (20 of 24 steps)"."""
    activity = goal.activity.rstrip(".")
    by = f"{activity} by {due_on:%B} {due_on.day}, {due_on.year}"
    return f"{by} ({told.words})" if told.words else by
