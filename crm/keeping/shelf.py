"""The backups that lie in a folder: what a file is called, which is the newest, which may go."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

NAME = re.compile(r"handoff-(\d{8}T\d{6})Z(?:-(\d+))?\.backup")
DAYS, WEEKS, MONTHS = 7, 4, 12
FRESH = timedelta(days=1)  # before the newest: somebody may have made one before and one after a change


def name_for(made_at: datetime, taken: Iterable[str] = ()) -> str:
    """Name a backup by its moment in UTC; a second one of the same second gets a number."""
    stem, others = f"handoff-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}", set(taken)
    name, number = f"{stem}.backup", 2
    while name in others:
        name, number = f"{stem}-{number}.backup", number + 1
    return name


def made_at(name: str) -> datetime | None:
    """Return when a backup of this name was made; None for a file that is not ours."""
    found = NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def newest_first(names: Iterable[str]) -> list[str]:
    """Return those that are backups, newest first."""
    found = [(at, int((NAME.fullmatch(name) or [0, 0])[2] or 1), name) for name in names if (at := made_at(name))]
    return [name for _at, _number, name in sorted(found, reverse=True)]


def surplus(names: Iterable[str]) -> list[str]:
    """Return the backups that may go: all but the fresh ones and the newest of 7 days, 4 weeks and 12 months, in UTC.

    Days, weeks and months without a backup do not count: a machine that was off keeps what it has.
    """
    ordered = newest_first(names)
    kept = {
        *_newest_of(ordered, DAYS, lambda at: at.date()),
        *_newest_of(ordered, WEEKS, lambda at: at.isocalendar()[:2]),
        *_newest_of(ordered, MONTHS, lambda at: (at.year, at.month)),
    }
    newest = made_at(ordered[0]) if ordered else None
    return [name for name in ordered if name not in kept and not _is_fresh(name, newest)]


def _is_fresh(name: str, newest: datetime | None) -> bool:
    at = made_at(name)
    return at is not None and newest is not None and newest - at < FRESH


def _newest_of(ordered: list[str], count: int, period: Callable[[datetime], Any]) -> list[str]:
    first: dict[Any, str] = {}
    for name in ordered:
        if at := made_at(name):
            first.setdefault(period(at), name)
    return list(first.values())[:count]
