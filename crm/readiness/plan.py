"""The thirty days: their cards, the date each falls on, and what pausing and catching up make of that.

Dates are local to the practice. A plan moves by its pauses alone: each is (first day off, first day on again).
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from crm.outreach.workdays import Workdays

LAST = 30
LONGEST = 3 * 366  # days looked through: a practice closed for longer than that has no plan
ONE_DAY = timedelta(days=1)
_CONFIG = Path(__file__).resolve().parents[2] / "config" / "setup_plan.toml"

Pause = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Card:
    """One day of the plan, as config/setup_plan.toml has it."""

    day: int
    title: str
    why: str
    minutes: int
    output: str
    check: str
    at: str
    go: str

    @property
    def week(self) -> int:
        """Return its week, 1 to 4; the two days over belong to the last."""
        return min((self.day - 1) // 7 + 1, 4)


def _load() -> tuple[dict[int, str], dict[int, Card]]:
    told = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))
    weeks = {int(number): week["title"] for number, week in told["week"].items()}
    return weeks, {int(number): Card(day=int(number), **card) for number, card in told["day"].items()}


WEEKS, CARDS = _load()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan stands on one day."""

    dates: Mapping[int, date]  # of the days that have one; while the plan rests, those to come have none
    over: int
    today: int | None  # the card to take up: the earliest one open whose day has come
    behind: int  # cards open whose day was before today
    ends_on: date | None


def dates(
    started_on: date, pauses: Iterable[Pause], paused_on: date | None, *, every_day: bool, days: Workdays
) -> dict[int, date]:
    """Return the date of each day of the plan; none on a day off, none from `paused_on` on."""
    off = tuple(pauses)
    found: dict[int, date] = {}
    day = started_on
    for _ in range(LONGEST):
        if len(found) == LAST or (paused_on is not None and day >= paused_on):
            break
        resting = any(first <= day < again for first, again in off)
        if not resting and (every_day or days.is_open(day)):
            found[len(found) + 1] = day
        day += ONE_DAY
    return found


def standing(planned: Mapping[int, date], over: Collection[int], *, today: date) -> Standing:
    """Tell where the plan stands; `over` are the days whose output is there or that were skipped."""
    due = [day for day in sorted(planned) if day not in over and planned[day] <= today]
    left = [planned[day] for day in planned if day not in over]
    return Standing(
        dates=planned,
        over=len(set(over)),
        today=due[0] if due else None,
        behind=sum(planned[day] < today for day in due),
        ends_on=max(left, default=None) if len(planned) == LAST else None,
    )


def caught_up(
    pauses: Iterable[Pause], planned: Mapping[int, date], over: Collection[int], *, today: date
) -> list[Pause]:
    """Return the pauses with which the earliest open day falls on today or the next day that counts.

    The days from its old date until today become a pause; so what was missed is spread anew, not piled up.
    """
    missed = [on for day, on in planned.items() if day not in over and on < today]
    return [*pauses, (min(missed), today)] if missed else list(pauses)
