"""A chart in words: what was measured when, said as plain sentences and as rows of a table."""

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import isclose

from crm.outreach.day_words import MONTHS, number, sentence

LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ALL_SAID = 5  # more values than this are summed up
MINUS = "\N{MINUS SIGN}"
_DECIMALS = re.compile(r"\d\.(\d+)")


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement; `shown` is the value as people write it."""

    on: date
    value: float
    shown: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over time, in order of date; the first point is the baseline.

    `measurable_from` and `meaningful_from` are values, not changes. `norm` is the span others of that age
    are in; an end that is None is open.
    """

    title: str
    unit: str
    points: tuple[Point, ...]
    better: str  # higher, lower, range, none
    measurable_from: float | None = None
    meaningful_from: float | None = None
    norm: tuple[float | None, float | None] | None = None
    norm_words: str = ""
    target: float | None = None
    target_words: str = ""

    @property
    def baseline(self) -> Point:
        """Return the first measurement, with which the others are compared."""
        return self.points[0]

    def rises_to(self, edge: float) -> bool:
        """Say whether what lies beyond an edge lies above it."""
        if self.better in {"higher", "lower"}:
            return self.better == "higher"
        return edge >= self.baseline.value


def baseline_and_now(trend: Trend) -> Trend:
    """Return the trend without what lies between."""
    return replace(trend, points=(trend.points[0], trend.points[-1])) if len(trend.points) > 1 else trend


def is_over_a_year(points: tuple[Point, ...]) -> bool:
    """Say whether dates need their year to be told apart."""
    return bool(points) and (points[-1].on - points[0].on).days > 365


def short_day(on: date, *, year: bool) -> str:
    """Return "13 Mar", or "13 Mar 2026"."""
    return f"{on.day} {MONTHS[on.month - 1]}{f' {on.year}' if year else ''}"


def long_day(on: date, *, year: bool) -> str:
    """Return "13 March", or "13 March 2026"."""
    return f"{on.day} {LONG_MONTHS[on.month - 1]}{f' {on.year}' if year else ''}"


def shown_like(points: tuple[Point, ...], value: float) -> str:
    """Write a value with as many decimals as the measurements have, two more where it would not be true without."""
    least = _decimals(points)
    exact = (places for places in range(least, least + 3) if isclose(round(value, places), value, abs_tol=1e-9))
    written = f"{value:.{next(exact, least + 2)}f}".replace("-", MINUS)
    return written.removeprefix(MINUS) if not re.search("[1-9]", written) else written


def norm_span(trend: Trend) -> str:
    """Return "12 to 17", "12 or more", "17 or less", or nothing."""
    low, high = trend.norm or (None, None)
    if low is not None and high is not None:
        return f"{shown_like(trend.points, low)} to {shown_like(trend.points, high)}"
    if low is not None:
        return f"{shown_like(trend.points, low)} or more"
    return "" if high is None else f"{shown_like(trend.points, high)} or less"


def target_said(trend: Trend) -> str:
    """Return the words at the line of the target."""
    return trend.target_words or ("" if trend.target is None else f"target {shown_like(trend.points, trend.target)}")


def rows(trend: Trend) -> list[tuple[str, str, str]]:
    """Return date, value and change since the baseline of every measurement; the baseline has no change."""
    year = is_over_a_year(trend.points)
    first, *later = trend.points
    return [
        (short_day(first.on, year=year), first.shown, ""),
        *((short_day(p.on, year=year), p.shown, _signed(trend.points, p.value - first.value)) for p in later),
    ]


def description(trend: Trend) -> str:
    """Say the chart in plain sentences, for those who do not see it."""
    said = [told(trend.points, trend.unit), _thresholds(trend)]
    if trend.better == "lower":
        said.append("Lower is better.")
    if span := norm_span(trend):
        said.append(f"{sentence(trend.norm_words) or 'Usual'}: {span}.")
    if trend.target is not None:
        said.append(f"{sentence(target_said(trend))}.")
    return " ".join(part for part in said if part)


def told(points: tuple[Point, ...], unit: str = "") -> str:
    """Say the course of the values in one sentence."""
    year = is_over_a_year(points)
    first, last = points[0], points[-1]
    begin = f"{_with_unit(first.shown, unit)} on {long_day(first.on, year=year)}"
    if len(points) == 1:
        return f"{begin}, the baseline."
    values = [point.value for point in points]
    if min(values) == max(values):
        end = long_day(last.on, year=year)
        return f"Stayed at {_with_unit(first.shown, unit)} from {long_day(first.on, year=year)} to {end}."
    if len(points) > ALL_SAID:
        low, high = (pick(points, key=lambda point: point.value).shown for pick in (min, max))
        ends = f"{_verb([values[0], values[-1]])} {begin} to {last.shown} on {long_day(last.on, year=year)}"
        return f"{ends}; {number(len(points))} measurements between {low} and {high}."
    stops = [f"{point.shown} on {long_day(point.on, year=year)}" for point in points[1:]]
    return f"{_verb(values)} {begin} to {_listed(stops)}."


def _verb(values: list[float]) -> str:
    steps = [after - before for before, after in pairwise(values)]
    if all(step >= 0 for step in steps) and any(steps):
        return "Rose from"
    return "Fell from" if all(step <= 0 for step in steps) and any(steps) else "Went from"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _thresholds(trend: Trend) -> str:
    edges = {"measurable": trend.measurable_from, "meaningful": trend.meaningful_from}
    said = {word: shown_like(trend.points, edge) for word, edge in edges.items() if edge is not None}
    if len(set(said.values())) == 2:
        return f"A change is measurable from {said['measurable']} and meaningful from {said['meaningful']}."
    if not said:
        return ""
    return f"A change is {' and '.join(said)} from {next(iter(said.values()))}."


def _with_unit(shown: str, unit: str) -> str:
    return f"{shown}{unit}" if unit in {"°", "%"} else f"{shown} {unit}".strip()


def _signed(points: tuple[Point, ...], change: float) -> str:
    written = shown_like(points, change)
    return f"+{written}" if change > 0 and re.search("[1-9]", written) else written


def _decimals(points: tuple[Point, ...]) -> int:
    return max((len(found[1]) for point in points if (found := _DECIMALS.search(point.shown))), default=0)
