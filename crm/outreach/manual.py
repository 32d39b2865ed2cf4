"""Tasks of the desk itself: typed in by hand, of the setup plan, of a paper that runs out; and what becomes of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from crm.outreach.workdays import Workdays

RULE = "manual"
PREFIXES = ("manual:", "plan:", "paper:")  # of the keys the replay of circles leaves alone
CHANNELS = {"call": "phone", "letter": "letter", "email": "email", "visit": "visit", "other": "none"}
ACTS = frozenset({"manual_task_added", "task_done", "task_skipped", "task_snoozed"})


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says of a task of their own; its words are sealed apart."""

    kind: str
    due: date
    source_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task another feature wants at the desk: its key behind the prefix, its rule in kinds.py, its day."""

    key: str
    rule: str
    due: date
    done: bool = False


def is_of_desk(key: object) -> bool:
    """Say whether a task's key is one of the desk's own."""
    return str(key or "").startswith(PREFIXES)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done to a task: its type, its moment, and for a snooze the ISO date."""

    type: str
    at: datetime
    to: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where such a task stands."""

    due: date
    status: str
    reason: str = ""
    snoozed: int = 0
    done_at: datetime | None = None


def replay(acts: Iterable[Act], *, due: date, days: Workdays) -> State:
    """Fold what was done to a task, oldest first. A finished task stays finished; a date off work rolls forward."""
    state = State(due, "open")
    for act in acts:
        if state.status != "open":
            break
        match act.type:
            case "task_done":
                state = State(state.due, "done", "", state.snoozed, act.at)
            case "task_skipped":
                state = State(state.due, "cancelled", "skipped", state.snoozed)
            case "task_snoozed" if act.to:
                to = days.on_or_after(date.fromisoformat(act.to))
                state = State(to, "open", "snoozed", state.snoozed + 1)
    return state
