"""Which days are worked, and counting in business days (cadence.md 2 and 3)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
WEEKEND = frozenset({5, 6})


@lru_cache(maxsize=512)
def _named_holidays(year: int) -> dict[date, str]:
    return {day: name for day, name in holidays.country_holidays("US", years=year).items() if day.year == year}


@lru_cache(maxsize=512)
def federal_holidays(year: int) -> frozenset[date]:
    """US federal holidays that fall in `year`, the day itself as well as the observed day."""
    return frozenset(_named_holidays(year))


def closed_word(day: date, closed_days: frozenset[date]) -> str:
    """Say why a practice does not work on a day: the holiday's name, "closed", "weekend"; empty on a working day."""
    if name := _named_holidays(day.year).get(day):
        return name
    if day in closed_days:
        return "closed"
    return "weekend" if day.weekday() in WEEKEND else ""


class Workdays:
    """The business days of one practice or one office; every answer is remembered."""

    def __init__(
        self, closed_days: frozenset[date] = frozenset(), closed_weekdays: frozenset[int] = frozenset()
    ) -> None:
        self._closed_days = closed_days
        self._closed_weekdays = closed_weekdays | WEEKEND
        self._forward: dict[date, date] = {}
        self._back: dict[date, date] = {}
        self._counted: dict[tuple[date, int], date] = {}

    def is_open(self, day: date) -> bool:
        return day.weekday() not in self._closed_weekdays and not self.is_off(day)

    def is_off(self, day: date) -> bool:
        """Say whether `day` is a holiday or a closed day, whichever weekday it is."""
        return day in self._closed_days or day in federal_holidays(day.year)

    def on_or_after(self, day: date) -> date:
        """`day` itself if it is worked, else the next day that is."""
        found = self._forward.get(day)
        if found is None:
            found = self._forward[day] = self._nearest(day, ONE_DAY)
        return found

    def on_or_before(self, day: date) -> date:
        """`day` itself if it is worked, else the last day before it that is."""
        found = self._back.get(day)
        if found is None:
            found = self._back[day] = self._nearest(day, -ONE_DAY)
        return found

    def count(self, day: date, days: int) -> date:
        """The n-th business day strictly after `day`, or strictly before it; zero rolls forward (D4)."""
        found = self._counted.get((day, days))
        if found is None:
            found = self._counted[day, days] = self._nth(day, days)
        return found

    def _nearest(self, day: date, stride: timedelta) -> date:
        while not self.is_open(day):
            day += stride
        return day

    def _nth(self, day: date, days: int) -> date:
        if days == 0:
            return self.on_or_after(day)
        roll: Callable[[date], date] = self.on_or_after if days > 0 else self.on_or_before
        stride = ONE_DAY if days > 0 else -ONE_DAY
        for _ in range(abs(days)):
            day = roll(day + stride)
        return day


US_WORKDAYS = Workdays()


@lru_cache(maxsize=1024)
def workdays_of(closed_days: frozenset[date] = frozenset(), closed_weekdays: frozenset[int] = frozenset()) -> Workdays:
    """The one calendar for these closures: replays of an office find its answers ready."""
    return Workdays(closed_days, closed_weekdays)


def calendar_of(closed_days: Iterable[str]) -> Workdays:
    """Return the calendar of a practice from its closed days as they are kept, ISO dates."""
    return workdays_of(frozenset(date.fromisoformat(day) for day in closed_days))
