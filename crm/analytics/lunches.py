"""Referrals before and after a lunch-and-learn, as counts; an open window says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class HeldLunch:
    """A lunch that was held: its day, with whom, and the sources who sat at the table."""

    on: date
    source_id: int
    name: str
    at_table: frozenset[int]


@dataclass(frozen=True, slots=True)
class Around:
    """Referrals in the 90 days before a day, and in the 90 that begin with it; `open_until` while those still run."""

    before: int
    after: int
    open_until: date | None = None


def around(days: Iterable[date], on: date, *, today: date) -> Around:
    """Count the days before and after `on`: a referral handed over at the lunch itself comes after it."""
    told = list(days)
    last = on + WINDOW - timedelta(days=1)
    return Around(
        before=sum(on - WINDOW <= day < on for day in told),
        after=sum(on <= day <= min(last, today) for day in told),
        open_until=last if today < last else None,
    )


def told(
    held: Iterable[HeldLunch], referrals: Mapping[int, Sequence[date]], *, today: date
) -> list[tuple[HeldLunch, Around]]:
    """Return each lunch with the referrals of the sources at its table, newest first."""
    found = [
        (lunch, around((day for one in lunch.at_table for day in referrals.get(one, ())), lunch.on, today=today))
        for lunch in held
    ]
    return sorted(found, key=lambda row: (row[0].on, row[0].name), reverse=True)
