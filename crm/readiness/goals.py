"""What a practice wants of a month, and of its top three goals, against what happened.

Small numbers stay counts, a month that is not over is no failure, and what was not typed in is not known.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from crm.analytics.metrics import SHARE_FROM
from crm.money import dollars

PLACES = (1, 2, 3)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Verdict(StrEnum):
    """How a goal stands against what happened."""

    NO_GOAL = "no goal"
    OPEN = "open"
    REACHED = "reached"
    NOT_REACHED = "not reached"
    TOO_FEW = "too few to judge"
    NOT_KNOWN = "not typed in"


def is_month(text: str) -> bool:
    """Say whether text names a month of our years: "2026-05"."""
    return bool(re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text))


def month_of(on: date) -> str:
    """Return the month of a day."""
    return f"{on:%Y-%m}"


def days_of(month: str) -> tuple[date, date]:
    """Return the first day of a month and that of the next."""
    year, number = int(month[:4]), int(month[5:])
    first = date(year, number, 1)
    return first, date(year + number // 12, number % 12 + 1, 1)


def next_month(month: str) -> str:
    """Return the month after."""
    return month_of(days_of(month)[1])


def title(month: str) -> str:
    """Say a month: "May 2026"."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed in for a month: three goals, and what came in; None is not typed."""

    referrals: int | None = None
    retention: int | None = None
    revenue_cents: int | None = None
    earned_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What was counted: referrals, sessions kept, and sessions planned and not called off in time."""

    referrals: int = 0
    kept: int = 0
    planned: int = 0

    @property
    def percent(self) -> int | None:
        """Return the share of sessions kept, rounded down so that 89.9 is no 90; None while they are few."""
        return self.kept * 100 // self.planned if self.planned >= SHARE_FROM else None

    @property
    def kept_words(self) -> str:
        """Say it: "13 of 14 (92 %)", and of fewer than ten the count alone."""
        if not self.planned:
            return "none planned"
        share = f" ({self.percent} %)" if self.percent is not None else ""
        return f"{self.kept} of {self.planned}{share}"


@dataclass(frozen=True, slots=True)
class Line:
    """One goal of a month: what it is, what was wanted, what happened, how that stands, how far along it is."""

    key: str
    title: str
    wanted: str
    happened: str
    verdict: Verdict
    done: int = 0
    total: int = 0  # 0: no bar
    counted: bool = False  # whether rows stand behind it


@dataclass(frozen=True, slots=True)
class Month:
    """A month as the page shows it."""

    month: str
    referrals: Line
    retention: Line
    revenue: Line

    @property
    def lines(self) -> tuple[Line, Line, Line]:
        """Return its three goals."""
        return self.referrals, self.retention, self.revenue


def read(month: str, wanted: Wanted, happened: Happened, *, today: date) -> Month:
    """Hold the goals of a month against what happened, as of a day."""
    over = days_of(month)[1] <= today
    earned, goal = wanted.earned_cents, wanted.revenue_cents
    return Month(
        month,
        Line(
            "referrals", "Referrals", _said(wanted.referrals), str(happened.referrals),
            _amount(wanted.referrals, happened.referrals, over=over), happened.referrals, wanted.referrals or 0,
            happened.referrals > 0,
        ),
        Line(
            "retention", "Sessions kept", "" if wanted.retention is None else f"{wanted.retention} %",
            happened.kept_words, _share(wanted.retention, happened, over=over), counted=happened.planned > 0,
        ),
        Line(
            "revenue", "Revenue", "" if goal is None else dollars(goal),
            "not typed in" if earned is None else dollars(earned), _amount(goal, earned, over=over), earned or 0,
            goal or 0,
        ),
    )  # fmt: skip


def _said(count: int | None) -> str:
    return "" if count is None else str(count)


def _amount(goal: int | None, happened: int | None, *, over: bool) -> Verdict:
    """Judge a sum that only grows: reached is reached, on whichever day."""
    if goal is None:
        return Verdict.NO_GOAL
    if happened is None:
        return Verdict.NOT_KNOWN if over else Verdict.OPEN
    if happened >= goal:
        return Verdict.REACHED
    return Verdict.NOT_REACHED if over else Verdict.OPEN


def _share(goal: int | None, happened: Happened, *, over: bool) -> Verdict:
    """Judge a share, which may still fall while the month runs."""
    if goal is None:
        return Verdict.NO_GOAL
    if not over:
        return Verdict.OPEN
    if happened.percent is None:
        return Verdict.TOO_FEW
    return Verdict.REACHED if happened.percent >= goal else Verdict.NOT_REACHED


class Counted(StrEnum):
    """What a goal of the top three is held against."""

    REFERRALS = "referrals"
    KEPT = "kept"
    REVENUE = "revenue"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class TopGoal:
    """One of the top three goals, in the practice's own words.

    `aim` is a number, percent of sessions kept, or cents, as `counted` says; `reached` is what somebody counts
    themself. It runs from a day through another; without an end it goes on.
    """

    place: int
    words: str
    counted: Counted
    aim: int
    from_on: date
    until_on: date | None = None
    reached: int = 0

    def last_on(self, today: date) -> date:
        """Return the last day that counts as of today."""
        return min(today, self.until_on) if self.until_on else today


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal of the top three is."""

    goal: TopGoal
    words: str
    verdict: Verdict
    done: int
    total: int  # 0: no bar


def progress(goal: TopGoal, happened: Happened, earned_cents: int, *, today: date) -> Progress:
    """Hold a goal against what happened between its days; a month's revenue counts as a whole."""
    over = goal.until_on is not None and goal.until_on < today
    match goal.counted:
        case Counted.KEPT:
            said = f"{happened.kept_words} sessions kept, {goal.aim} % wanted" if happened.planned else "none planned"
            bar = (0, 0) if happened.percent is None else (happened.percent, 100)
            return Progress(goal, said, _share(goal.aim, happened, over=over), *bar)
        case Counted.REVENUE:
            have, said = earned_cents, f"{dollars(earned_cents)} of {dollars(goal.aim)}"
        case Counted.REFERRALS:
            have, said = happened.referrals, f"{happened.referrals} of {goal.aim} referrals"
        case Counted.OWN:
            have, said = goal.reached, f"{goal.reached} of {goal.aim}"
    return Progress(goal, said, _amount(goal.aim, have, over=over), min(have, goal.aim), goal.aim)


def months_between(first: date, last: date) -> list[str]:
    """Return the months that some of these days lie in."""
    found = []
    on = first.replace(day=1)
    while on <= last:
        found.append(month_of(on))
        on = days_of(found[-1])[1]
    return found


def kept_as(goals: Iterable[TopGoal]) -> dict[str, Any]:
    """Return goals as they are stored, by their place."""
    return {
        str(goal.place): {
            "words": goal.words, "counted": goal.counted.value, "aim": goal.aim, "from": goal.from_on.isoformat(),
            "until": goal.until_on.isoformat() if goal.until_on else "", "reached": goal.reached,
        }
        for goal in goals
    }  # fmt: skip


def told(slots: Mapping[str, Any]) -> list[TopGoal]:
    """Return stored goals, in the order of their places."""
    return [_told(place, slots[str(place)]) for place in PLACES if str(place) in slots]


def _told(place: int, row: Mapping[str, Any]) -> TopGoal:
    until = date.fromisoformat(row["until"]) if row["until"] else None
    from_on = date.fromisoformat(row["from"])
    return TopGoal(place, row["words"], Counted(row["counted"]), row["aim"], from_on, until, row["reached"])
