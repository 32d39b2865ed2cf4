"""Where a source stands: which steps exist, what lets it move on, and how long that may take."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crm.pipeline.evidence import NURTURE_DAYS, Aside, Fact, Facts, fold, pass_time
from crm.pipeline.signs import Side, Sign, Step

__all__ = [
    "EXPECTED_DAYS",
    "PARKED_LABEL",
    "PARK_REASONS",
    "SIDE_LABELS",
    "STEP_LABELS",
    "Fact",
    "Facts",
    "ParkReason",
    "Placement",
    "Requirement",
    "Side",
    "Step",
    "against_evidence",
    "fold",
    "last_contact_on",
    "next_step",
    "pace",
    "requirements",
]

STEP_LABELS = {
    Step.IDENTIFIED: "Identified",
    Step.FIRST_CONTACT: "First contact",
    Step.REINFORCEMENT: "Reinforcement",
    Step.PHONE_CALL: "Phone call",
    Step.DOCUMENTATION: "Documentation",
    Step.LUNCH_AND_LEARN: "Lunch-and-learn",
}
PARKED_LABEL = "Parked"
SIDE_LABELS = {
    Side.NURTURE: "Nurture",
    Side.DECLINED: "Declined",
    Side.DORMANT: "Dormant",
    Side.DO_NOT_CONTACT: "Do not contact",
}


@dataclass(frozen=True, slots=True)
class ParkReason:
    """A reason to put a source aside; `days` until the wake-up date proposed, or a hint where none is chosen."""

    kind: Side
    label: str
    hint: str = ""
    days: int | None = None


_CONFIG = tomllib.loads((Path(__file__).parents[2] / "config" / "pipeline.toml").read_text("utf-8"))
EXPECTED_DAYS: Mapping[Step, int] = {Step[name.upper()]: days for name, days in _CONFIG["expected_days"].items()}
PARK_REASONS = tuple(
    ParkReason(Side(row["kind"]), row["label"], row.get("hint", ""), row.get("days")) for row in _CONFIG["park"]
)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a source stands: its step, or a side state that hides it, since when and on what evidence."""

    step: Step
    side: Side | None
    since: date
    evidence: tuple[str, ...]
    wake_on: date | None = None


def next_step(facts: Facts, today: date) -> Placement:
    """Return where the evidence puts a source as of `today` (domain.md 1.6).

    Side states come first, then a step chosen by hand until new evidence enters a higher one, then the
    highest step whose "enter when" has happened. A side state that does not end by its own date is
    looked at again every 90 days, so its `wake_on` is never behind `today`.
    """
    facts = pass_time(facts, today)
    if facts.aside:
        return Placement(
            facts.step, facts.aside.side, facts.aside.since, (facts.aside.why,), _wake_on(facts.aside, today)
        )
    return Placement(facts.step, None, facts.since or today, facts.evidence)


def _wake_on(aside: Aside, today: date) -> date | None:
    if aside.ends or aside.side is Side.DO_NOT_CONTACT:
        return aside.wake_on
    look = aside.wake_on or aside.since + timedelta(NURTURE_DAYS)
    missed = max(0, (today - look).days)
    return look + timedelta(-(-missed // NURTURE_DAYS) * NURTURE_DAYS)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the next step asks for, whether it is there, and how far it has come in words."""

    text: str
    met: bool
    detail: str


@dataclass(frozen=True, slots=True)
class _Need:
    text: str
    signs: tuple[Sign, ...]  # any of them will do
    times: int = 1
    on_time: bool = False
    or_once: Sign | None = None  # one of these on time stands for all


# "Exit when" of each step, and "enter when" of the next where it asks for something else (domain.md 1.6).
_NEEDS: Mapping[Step, tuple[_Need, ...]] = {
    Step.IDENTIFIED: (
        _Need("Letter package ready", (Sign.PACKAGE,)),
        _Need("Introduction sent", (Sign.INTRODUCTION, Sign.CLIENT_INTRODUCTION)),
    ),
    Step.FIRST_CONTACT: (
        _Need(
            "Receipt confirmed, a reply, or a first referral",
            (Sign.RECEIPT, Sign.REPLY, Sign.SECOND_TOUCH, Sign.REFERRAL),
        ),
    ),
    Step.REINFORCEMENT: (
        _Need("Thank-you card sent", (Sign.THANKS,)),
        _Need("Assessment summary sent for a shared client", (Sign.SUMMARY,)),
    ),
    Step.PHONE_CALL: (
        _Need("Provider call completed", (Sign.CALL,)),
        _Need("First 30-day or pre-visit report sent", (Sign.REPORT,)),
    ),
    Step.DOCUMENTATION: (
        _Need(
            "Two reports or one discharge summary on time",
            (Sign.REPORT,),
            times=2,
            on_time=True,
            or_once=Sign.DISCHARGE_SUMMARY,
        ),
        _Need(
            "Lunch-and-learn offered or booked, or the provider asks for input",
            (Sign.LUNCH_OFFERED, Sign.LUNCH_BOOKED, Sign.LUNCH_HELD, Sign.INPUT_ASKED),
        ),
    ),
    Step.LUNCH_AND_LEARN: (),
}


def requirements(facts: Facts) -> tuple[Requirement, ...]:
    """Return what stands between a source's present step and the next; nothing follows the fifth."""
    return tuple(_requirement(need, facts) for need in _NEEDS[facts.step])


def _requirement(need: _Need, facts: Facts) -> Requirement:
    counts = facts.on_time if need.on_time else facts.counts
    have = sum(counts.get(sign, 0) for sign in need.signs)
    met = have >= need.times or bool(need.or_once and facts.on_time.get(need.or_once))
    if need.times > 1 and not met:
        return Requirement(need.text, met, f"{have} of {need.times}")
    return Requirement(need.text, met, "done" if met else "not yet")


def against_evidence(facts: Facts, target: Step) -> bool:
    """Say whether `target` is another step than the evidence gives, so that a move there needs a reason."""
    return target is not facts.proven


def pace(days: int, expected: int | None, *, planned_touch: bool) -> str:
    """Return "slow" from the expected number of days on, "stuck" from one and a half times, else nothing.

    A planned touch holds the clock; a step without an expectation has none.
    """
    if planned_touch or expected is None or days < expected:
        return ""
    return "stuck" if 2 * days >= 3 * expected else "slow"


def last_contact_on(facts: Facts) -> date | None:
    """Return when somebody at the source was last reached, or was heard from; None if never."""
    latest = max(facts.touched_on, facts.heard_on)
    return None if latest == date.min else latest
