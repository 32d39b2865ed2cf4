"""Plan the week again: lay what is late over today and the next working days, each time where least is to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crm.outreach.agenda import AgendaItem
from crm.outreach.day_words import count_of, sentence
from crm.outreach.workdays import Workdays

OFFERED_ABOVE = 10  # late tasks; fewer are done sooner than planned
DAYS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class Move:
    """A late task and the day it would go to; today where it stays."""

    item: AgendaItem
    to: date


def days_ahead(today: date, calendar: Workdays) -> tuple[date, ...]:
    """Return the days the late tasks are laid over: today where it is worked, and the next five working days."""
    return (*([today] if calendar.is_open(today) else []), *(calendar.count(today, n + 1) for n in range(DAYS_AHEAD)))


def spread(late: Iterable[AgendaItem], load: Mapping[date, int], days: Iterable[date]) -> list[Move]:
    """Fill the days evenly, and the earlier ones with what is late for longest.

    `load` is what is due on each day already.
    """
    items = sorted(late, key=lambda item: (item.due, item.key))
    planned = {day: load.get(day, 0) for day in days}
    places = []
    for _ in items:
        day = min(planned, key=lambda day: (planned[day], day))
        planned[day] += 1
        places.append(day)
    return [Move(item, day) for item, day in zip(items, sorted(places), strict=True)]


def by_day(moves: Iterable[Move]) -> list[tuple[date, list[Move]]]:
    """Group the moves by their day, the earliest first."""
    found: dict[date, list[Move]] = {}
    for move in sorted(moves, key=lambda move: (move.to, move.item.due, move.item.key)):
        found.setdefault(move.to, []).append(move)
    return list(found.items())


def opening(late: int, moved: int) -> tuple[str, str]:
    """Return the sentence above the preview, and what follows it."""
    if not late:
        return "Nothing is late.", "There is nothing to plan again."
    first = sentence(f"{count_of(late, 'task is', 'tasks are')} late.")
    if not moved:
        return first, "None of them can wait any longer; begin with the oldest."
    stay = f", {count_of(late - moved, 'stays', 'stay')} for today" if late > moved else ""
    return first, sentence(f"{count_of(moved, 'goes', 'go')} to a later day{stay}. Nothing is saved yet.")
