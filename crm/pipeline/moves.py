"""What moving, parking and waking a source by hand comes to: the events to record, or why it cannot be."""

from datetime import date

from crm.journal.acts import SourceParked, SourceWoken, StepOverridden
from crm.journal.events import Event, OptOut, SourceAdded, SourceDeclined
from crm.pipeline import steps
from crm.pipeline.signs import Side, Step

LATEST_WAKE_YEARS = 5


class MoveRefused(Exception):  # noqa: N818
    """This source cannot be moved by hand; the message says why."""


class ReasonNeeded(Exception):  # noqa: N818
    """The move goes against the evidence and nobody said why; `proven` is where the evidence puts the source."""

    def __init__(self, proven: Step) -> None:
        super().__init__(proven)
        self.proven = proven


class SideNeeded(Exception):  # noqa: N818
    """A source is to be parked and nobody said why."""


class BadWakeDate(Exception):  # noqa: N818
    """The wake-up date is missing or cannot be; the message says which."""


def move(source: str, facts: steps.Facts, target: Step, *, today: date, listed: bool, reason: str) -> list[Event]:
    """Return what to record so that `source` (`s<id>`) stands at `target`; nothing if it stands there already.

    A source that is only listed becomes a relationship by it. Raises MoveRefused for one that must not
    be contacted (H18) and ReasonNeeded.
    """
    _refuse_opted_out(facts)
    placed = steps.next_step(facts, today)
    if placed.step == target:
        return [SourceWoken(source=source)] if placed.side else []
    if steps.against_evidence(facts, target) and not reason.strip():
        raise ReasonNeeded(facts.proven)
    overridden = StepOverridden(source=source, to=int(target))
    return [SourceAdded(source=source), overridden] if listed else [overridden]


def park(source: str, facts: steps.Facts, side: Side | None, wake_on: date | None, *, today: date) -> list[Event]:
    """Return what to record so that a source is put aside.

    A decline and an opt-out are events of their own, with their own consequences and no date to choose
    (C15, H18). Raises MoveRefused, SideNeeded and BadWakeDate.
    """
    _refuse_opted_out(facts)
    match side:
        case None:
            raise SideNeeded
        case Side.DECLINED:
            return [SourceDeclined(source=source)]
        case Side.DO_NOT_CONTACT:
            return [OptOut(source=source)]
    if wake_on is None:
        raise BadWakeDate("Choose the day on which the source comes back.")
    if wake_on <= today:
        raise BadWakeDate("Choose a day after today.")
    if wake_on.year > today.year + LATEST_WAKE_YEARS:
        raise BadWakeDate(f"Choose a day within {LATEST_WAKE_YEARS} years.")
    return [SourceParked(source=source, side=side.value, wake_on=wake_on.isoformat())]


def wake(source: str, facts: steps.Facts, *, today: date) -> list[Event]:
    """Return what to record so that a parked source is worked again; nothing if it is. Raises MoveRefused (H18)."""
    _refuse_opted_out(facts)
    return [SourceWoken(source=source)] if steps.next_step(facts, today).side else []


def _refuse_opted_out(facts: steps.Facts) -> None:
    if facts.opted_out:
        raise MoveRefused("This source asked not to be contacted. No move and no date lifts that.")
