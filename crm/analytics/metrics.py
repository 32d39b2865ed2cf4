"""The sums behind Insights: loops closed on time, reports before visits, the funnel, and silence told in words.

Small numbers stay counts, what is still open is no failure, and nothing is compared that has no history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

SHARE_FROM = 10  # closed cases; below, a percentage would pretend to a precision that is not there
BURST = 7  # days: referrals this near to each other are one occasion
FEWEST_GAPS = 4  # between occasions; with fewer nobody knows a rhythm
CHANCE = 0.02  # that an unchanged source falls silent for so long once
SHORTEST_SILENCE = 30  # days


class Ending(StrEnum):
    """How a case stands."""

    ON_TIME = "on time"
    LATE = "late"
    OVERDUE = "overdue"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing a practice owed somebody: by when, and when it was done."""

    key: str
    until: date
    done_on: date | None = None

    def ending(self, today: date) -> Ending:
        """Tell how the case stands on a day."""
        if self.done_on is not None:
            return Ending.ON_TIME if self.done_on <= self.until else Ending.LATE
        return Ending.OVERDUE if self.until < today else Ending.OPEN


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases counted by how they stand."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def closed(self) -> int:
        """Return how many are done."""
        return self.on_time + self.late

    @property
    def words(self) -> str:
        """Say it: "3 of 4 on time", with a share once there are ten, and what is overdue or open behind it."""
        if not self.closed:
            said = "none closed yet"
        else:
            said = f"{self.on_time} of {self.closed} on time"
            if self.closed >= SHARE_FROM:
                said += f" ({round(100 * self.on_time / self.closed)} %)"
        rest = [f"{count} {name}" for count, name in ((self.overdue, "overdue"), (self.open, "open")) if count]
        return ", ".join([said, *rest])


def tally(cases: Iterable[Case], *, today: date) -> Tally:
    """Count cases by how they stand today."""
    endings = [case.ending(today) for case in cases]
    return Tally(*(endings.count(ending) for ending in Ending))


@dataclass(frozen=True, slots=True)
class Visit:
    """A medical visit, the day the report for it was delivered, if one was, and what one needs to show it."""

    key: str
    on: date
    report_on: date | None = None
    source_id: int | None = None
    client_code: str = ""


def before_visits(visits: Iterable[Visit], *, today: date) -> Tally:
    """Count visits that are over by whether the report lay in the chart the day before; those to come are open."""
    told = [Case(visit.key, visit.on - timedelta(days=1), visit.report_on) for visit in visits if visit.on < today]
    to_come = sum(visit.on >= today for visit in visits)
    past = tally(told, today=today)
    return Tally(past.on_time, past.late, past.overdue, to_come)


@dataclass(frozen=True, slots=True)
class Stage:
    """How many sources reached a step, and the median days they took from the one before."""

    step: int
    reached: int
    median_days: float | None


def funnel(reached: Iterable[Mapping[int, date]], steps: Sequence[int] = (1, 2, 3, 4, 5)) -> list[Stage]:
    """Return for each step how many sources reached it, and how long those with both dates took.

    `reached` has, for each source, the first day it stood at a step. A source that came in at a later step counts as
    having reached the earlier ones, but tells no days for them.
    """
    told = [dict(one) for one in reached if one]
    found = []
    for step in steps:
        came = sum(max(one) >= step for one in told)
        took = [(one[step] - one[step - 1]).days for one in told if step in one and step - 1 in one]
        found.append(Stage(step, came, median(took) if took else None))
    return found


def by_month(days: Iterable[date], months: Sequence[str]) -> dict[str, int]:
    """Count days by month ("2026-05"); each of `months` is there, with 0 where nothing was."""
    found = dict.fromkeys(months, 0)
    for day in days:
        month = f"{day:%Y-%m}"
        if month in found:
            found[month] += 1
    return found


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a source refers, and how long it has been silent, in days; `quiet` where that is unlike it."""

    usual: int
    silent: int
    limit: int

    @property
    def quiet(self) -> bool:
        """Say whether the silence is longer than chance explains."""
        return self.silent > self.limit

    @property
    def words(self) -> str:
        """Say it: "usually every 3 weeks, nothing for 11 weeks"."""
        return f"usually every {span(self.usual)}, nothing for {span(self.silent)}"


def rhythm(days: Iterable[date], *, today: date) -> Rhythm | None:
    """Read a source's rhythm off the days of its referrals; None where the history is too thin to know one.

    The gaps are taken as those of events that come by chance at an unknown, steady rate. With n gaps of the mean m, the
    next is longer than m n (c^(-1/n) - 1) with the probability c: the fewer gaps, the longer the patience.
    """
    occasions = _occasions(sorted(day for day in days if day <= today))
    gaps = [(after - before).days for before, after in pairwise(occasions)]
    if len(gaps) < FEWEST_GAPS:
        return None
    count, mean = len(gaps), sum(gaps) / len(gaps)
    limit = mean * count * (CHANCE ** (-1 / count) - 1)
    return Rhythm(round(mean), (today - occasions[-1]).days, max(round(limit), SHORTEST_SILENCE))


def _occasions(days: Sequence[date]) -> list[date]:
    found: list[date] = []
    for day in days:
        if not found or (day - found[-1]).days > BURST:
            found.append(day)
    return found


def span(days: int) -> str:
    """Say a number of days as people do: "10 days", "3 weeks", "4 months"."""
    for length, name, limit in ((1, "day", 14), (7, "week", 90), (30.44, "month", 10_000)):
        if days < limit:
            count = max(round(days / length), 1)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{days} days"
