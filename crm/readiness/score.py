"""The readiness score: ten areas of 0 to 4 points, weighted to a hundred, and four gates (domain.md 3).

An area's points come from what the product itself holds; where it holds nothing, from what the person says of
themself, which is never more than 2. Score = sum of points / 4 x weight, rounded half up.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MOST = 4
_CONFIG = Path(__file__).resolve().parents[2] / "config" / "readiness.toml"


@dataclass(frozen=True, slots=True)
class Gate:
    """A yes or no that must be yes."""

    key: str
    title: str
    asks: str


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the score: its weight, what 0, 2 and 4 points look like, what raises it and where."""

    key: str
    title: str
    weight: int
    anchors: tuple[str, str, str]
    raises: str
    at: str


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the score and what to call it."""

    first: int
    last: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Raise:
    """What would raise the score: the area and how many points of a hundred it would bring at most."""

    area: Area
    gain: int


@dataclass(frozen=True, slots=True)
class Score:
    """A reading: the sum, its band, the gates still closed, and the three things that raise it most."""

    total: int
    band: Band
    closed: tuple[Gate, ...]
    raises: tuple[Raise, ...]

    @property
    def is_ready(self) -> bool:
        """Say whether the practice may call itself ready: eighty points and every gate open."""
        return self.total >= _READY.first and not self.closed


def _load() -> tuple[dict[str, Gate], dict[str, Area], tuple[Band, ...]]:
    told = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))
    gates = {key: Gate(key, **gate) for key, gate in told["gate"].items()}
    areas = {
        key: Area(key, row["title"], row["weight"], tuple(row["anchors"]), row["raise"], row["at"])
        for key, row in told["area"].items()
    }
    return gates, areas, tuple(Band(*row) for row in told["bands"].values())


GATES, AREAS, BANDS = _load()
_READY = BANDS[-1]


def total(points: Mapping[str, int]) -> int:
    """Return the score, 0 to 100, of points by area; an area that is not told counts 0."""
    quarters = sum(min(max(points.get(key, 0), 0), MOST) * area.weight for key, area in AREAS.items())
    return (quarters * 2 + MOST) // (2 * MOST)


def score(points: Mapping[str, int], gates: Mapping[str, bool]) -> Score:
    """Read a score: the sum, its band, what is closed, and what raises it most (weight times what is missing)."""
    reached = total(points)
    missing = [
        Raise(area, round((MOST - points.get(key, 0)) * area.weight / MOST))
        for key, area in AREAS.items()
        if points.get(key, 0) < MOST
    ]
    missing.sort(key=lambda one: -(MOST - points.get(one.area.key, 0)) * one.area.weight)
    return Score(
        total=reached,
        band=next(band for band in BANDS if band.first <= reached <= band.last),
        closed=tuple(gate for key, gate in GATES.items() if not gates.get(key)),
        raises=tuple(missing[:3]),
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """A reading as a dot of the course: its place in a drawing of 240 by 84, its day and its score."""

    x: int
    y: int
    on: date
    total: int


def course(readings: Sequence[tuple[date, int]]) -> tuple[Dot, ...]:
    """Lay readings out over time, oldest first; one alone stands on the right, where today is."""
    if not readings:
        return ()
    first, last = readings[0][0], readings[-1][0]
    days = max((last - first).days, 1)
    left, wide, floor, high = 16, 204, 62, 46
    return tuple(
        Dot(
            x=left + wide if first == last else left + round(wide * (on - first).days / days),
            y=floor - round(high * reached / 100),
            on=on,
            total=reached,
        )
        for on, reached in readings
    )
