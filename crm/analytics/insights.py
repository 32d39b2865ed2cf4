"""Insights put together: the ledger of loops, visits, months, the funnel and who has fallen silent, as rows to show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm.analytics.metrics import Case, Rhythm, Tally, by_month, rhythm, tally

Named = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One source in the ledger: its tally in each loop; `source_id` None is everybody."""

    source_id: int | None
    name: str
    tallies: Mapping[str, Tally]

    @property
    def total(self) -> Tally:
        """Return the tally over all loops."""
        told = self.tallies.values()
        return Tally(*(sum(getattr(one, name) for one in told) for name in ("on_time", "late", "overdue", "open")))


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One source over the months: its referrals in each, their sum, and how often it was written to, called or seen."""

    source_id: int
    name: str
    counts: tuple[int, ...]
    referrals: int
    touches: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """A source that is silent unlike its own rhythm."""

    source_id: int
    name: str
    rhythm: Rhythm


def ledger(
    cases: Iterable[tuple[str, int, Case]], loops: Sequence[str], names: Named, *, today: date
) -> list[LedgerRow]:
    """Return everybody first, then each source with a case, most cases first; a case is (loop, source, case)."""
    told = list(cases)
    sources: dict[int, dict[str, list[Case]]] = {}
    for loop, source_id, case in told:
        sources.setdefault(source_id, {}).setdefault(loop, []).append(case)
    everybody = {loop: tally((case for of, _source, case in told if of == loop), today=today) for loop in loops}
    rows = [
        LedgerRow(source_id, names[source_id][0], {loop: tally(found.get(loop, ()), today=today) for loop in loops})
        for source_id, found in sources.items()
        if source_id in names
    ]
    rows.sort(key=lambda row: (-_cases(row.total), row.name))
    return [LedgerRow(None, "Everybody", everybody), *rows]


def _cases(told: Tally) -> int:
    return told.on_time + told.late + told.overdue + told.open


def months_until(today: date, count: int) -> list[str]:
    """Return the last months as "2026-05", oldest first, this one included."""
    found = []
    year, month = today.year, today.month
    for _ in range(count):
        found.append(f"{year}-{month:02}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return list(reversed(found))


def month_words(month: str) -> tuple[str, str]:
    """Say a month, short and in full: "2026-05" is "May" and "May 2026"."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first:%b}", f"{first:%B} {first.year}"


def stood_at(reached: Mapping[int, Mapping[int, date]], step: int, names: Named) -> list[tuple[int, date | None]]:
    """Return who the funnel counts at a step, each with the first day it stood there; None where it came in later."""
    told = [(source_id, one.get(step)) for source_id, one in reached.items() if one and max(one) >= step]
    return sorted(told, key=lambda row: (row[1] or date.max, names.get(row[0], ("", ""))[0], row[0]))


def by_source(
    referrals: Mapping[int, Sequence[date]], touches: Mapping[int, Sequence[date]], months: Sequence[str], names: Named
) -> list[MonthRow]:
    """Return each source that referred or was touched in these months, most referrals first."""
    rows = []
    for source_id in sorted({*referrals, *touches}):
        counts = by_month(referrals.get(source_id, ()), months)
        touched = sum(by_month(touches.get(source_id, ()), months)[month] for month in months)
        if source_id in names and (any(counts.values()) or touched):
            told = tuple(counts[month] for month in months)
            row = MonthRow(source_id, names[source_id][0], told, sum(told), touched)
            rows.append(row)
    return sorted(rows, key=lambda row: (-row.referrals, -row.touches, row.name))


def quiet_ones(referrals: Mapping[int, Sequence[date]], names: Named, *, today: date) -> tuple[list[Quiet], int]:
    """Return who is silent unlike their own rhythm, longest first, and how many have too little history to tell."""
    read = {source_id: rhythm(days, today=today) for source_id, days in referrals.items() if source_id in names}
    quiet = [Quiet(source_id, names[source_id][0], told) for source_id, told in read.items() if told and told.quiet]
    return sorted(quiet, key=lambda one: (-one.rhythm.silent, one.name)), sum(told is None for told in read.values())
