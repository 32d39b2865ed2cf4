"""Outcome measures: what each one counts, what change is more than error, what others of that age do.

The figures stand in `config/measures.toml` with the publication each comes from. Nothing here judges a
person: a change is compared with the error of the test and with the smallest change people value.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXACT = 9  # decimals: 1.02 - 0.92 is 0.10, whatever binary fractions say
OUTSIDE_REPORTS = frozenset({"pain", "vital"})  # charted inside, never a headline (H14)


class Change(StrEnum):
    """How two values of one measure differ; the only words we use for it."""

    NONE = "no measurable change"
    MEASURABLE = "measurable change"
    MEANINGFUL = "meaningful change"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The smallest change above the error of the test (MDC), and the smallest people value (MCID), by baseline band."""

    mdc: float | None = None
    mcid: float | None = None
    source: str = ""
    baseline_from: float | None = None
    baseline_to: float | None = None

    def holds_for(self, baseline: float) -> bool:
        """Say whether it is for a client who began at this value; both ends belong to the band."""
        return (self.baseline_from is None or baseline >= self.baseline_from) and (
            self.baseline_to is None or baseline <= self.baseline_to
        )

    @property
    def measurable_from(self) -> float | None:
        """Return the change that is more than error."""
        return self.mdc if self.mdc is not None else self.mcid

    @property
    def meaningful_from(self) -> float | None:
        """Return the change people value; one smaller than the error of the test cannot be told from it."""
        return None if self.mcid is None else max(self.mcid, self.mdc or 0)


@dataclass(frozen=True, slots=True)
class Norm:
    """What others do: `low` to `high` is the middle of an age group, `below` the value under which one is below it.

    `sex` is "f" or "m", empty for both; both ages belong to the band.
    """

    source: str
    sex: str = ""
    age_from: int = 0
    age_to: int = 200
    low: float | None = None
    high: float | None = None
    below: float | None = None
    above: float | None = None
    mean: float | None = None

    @property
    def ages(self) -> str:
        """Return "70 to 74"."""
        return f"{self.age_from} to {self.age_to}" if self.age_to < 200 else f"{self.age_from} and over"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line a publication draws, in its sense and under its name; nobody's value is judged by it."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of everyday function that a value supports; the first that fits is taken."""

    text: str
    at_least: float | None = None
    at_most: float | None = None
    arms: bool | None = None

    def fits(self, value: float, *, arms: bool) -> bool:
        """Say whether a value supports the sentence."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.arms is None or self.arms == arms)
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of config/measures.toml."""

    key: str
    title: str
    unit: str
    better: str  # higher, lower, range (a span is aimed at), none
    area: str  # strength, flexibility, stability, endurance, balance, function, vital, pain
    low: float
    high: float
    decimals: int = 0
    unit_one: str = ""
    asks: tuple[str, ...] = ()  # side, aid, arms, seconds
    arms_count_zero: bool = False
    ordinal: bool = False
    questionnaire: bool = False
    shows: str = ""
    how: str = ""
    thresholds: tuple[Threshold, ...] = ()
    norms: tuple[Norm, ...] = ()
    marks: tuple[Mark, ...] = ()
    says: tuple[Say, ...] = ()

    def shown(self, value: float) -> str:
        """Return a value as it is written, without its unit."""
        return f"{value:.{self.decimals}f}"

    def with_unit(self, value: float) -> str:
        """Return a value with its unit: "8 stands", "0.92 m/s", "112°"."""
        unit = self.unit_one if self.unit_one and value == 1 else self.unit
        return f"{self.shown(value)}{unit}" if unit in {"°", "%"} else f"{self.shown(value)} {unit}".strip()


@dataclass(frozen=True, slots=True)
class Battery:
    """The measures a niche begins with (domain.md 9.4)."""

    key: str
    title: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as it was measured; `row` is where it is on file."""

    measure: str
    value: float
    on: date
    side: str = ""
    aid: str = ""
    arms: bool = False
    seconds: float | None = None
    note: str = ""
    row: int = 0

    @property
    def series(self) -> tuple[str, str]:
        """Return what it may be compared within: left is never compared with right."""
        return self.measure, self.side


@dataclass(frozen=True, slots=True)
class Verdict:
    """What changed between two values; `change` None where they cannot be compared or no threshold is known."""

    change: Change | None
    delta: float
    better: bool | None = None  # in the better direction
    why_not: str = ""
    source: str = ""

    @property
    def words(self) -> str:
        """Return the change in our words: "Meaningful change", "Measurable change for the worse"."""
        if self.change is None:
            return ""
        worse = self.change is not Change.NONE and self.better is False
        return self.change.value.capitalize() + (" for the worse" if worse else "")


def counted(measure: Measure, reading: Reading) -> float:
    """Return the value that counts: a chair stand done with the arms counts none (CDC STEADI)."""
    return 0 if measure.arms_count_zero and reading.arms else reading.value


def refusal(measure: Measure, value: float) -> str:
    """Say why a value cannot be; empty where it can."""
    if measure.low <= value <= measure.high:
        return ""
    return f"{measure.title} lies between {measure.shown(measure.low)} and {measure.with_unit(measure.high)}."


def threshold_for(measure: Measure, baseline: float) -> Threshold | None:
    """Return the thresholds for a client who began at this value."""
    return next((t for t in measure.thresholds if t.holds_for(baseline)), None)


def compare(measure: Measure, baseline: Reading, current: Reading) -> Verdict:
    """Compare a value with the one at the start.

    A threshold that is reached exactly counts as passed. With an MCID alone, a smaller change is not
    measurable; with an MDC alone nothing is called meaningful. Values taken with different aids, or
    one with the arms and one without where arms do not count as none, are not compared.
    """
    before, now = counted(measure, baseline), counted(measure, current)
    delta = round(now - before, EXACT)
    if baseline.series != current.series:
        return Verdict(None, delta, why_not="Another side.")
    if baseline.aid != current.aid:
        return Verdict(None, delta, why_not="Not compared: walked with another aid than at the start.")
    if baseline.arms != current.arms and not measure.arms_count_zero:
        return Verdict(None, delta, why_not="Not compared: the arms were used once only.")
    if measure.better not in {"higher", "lower"}:
        return Verdict(None, delta)
    better = None if delta == 0 else (delta > 0) == (measure.better == "higher")
    threshold = threshold_for(measure, before)
    if threshold is None or threshold.measurable_from is None:
        return Verdict(None, delta, better)
    return Verdict(_change(threshold, abs(delta)), delta, better, source=threshold.source)


def _change(threshold: Threshold, size: float) -> Change:
    measurable, meaningful = threshold.measurable_from, threshold.meaningful_from
    if meaningful is not None and size >= meaningful:
        return Change.MEANINGFUL
    return (
        Change.MEASURABLE
        if measurable is not None and size >= measurable and threshold.mdc is not None
        else Change.NONE
    )


def age_on(born: date, on: date) -> int:
    """Return how many birthdays somebody has had by a day, counting that day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def norm_for(measure: Measure, age: int | None, sex: str) -> Norm | None:
    """Return the norm of an age and sex; None where there is none, or the age is not known."""
    return next(
        (n for n in measure.norms if age is not None and n.age_from <= age <= n.age_to and n.sex in {"", sex}),
        None,
    )


def norm_words(measure: Measure, norm: Norm, value: float) -> str:
    """Say where a value lies among others of that age, and no more than the table does: not below is not average."""
    ages = norm.ages
    if norm.low is not None and norm.high is not None:
        place = "below" if value < norm.low else "above" if value > norm.high else "within"
        return f"{place} the middle range for {ages}, {measure.shown(norm.low)} to {measure.with_unit(norm.high)}"
    if norm.below is not None:
        edge, less = measure.with_unit(norm.below), value < norm.below
        return f"below average for {ages}: under {edge}" if less else f"not below average for {ages}: {edge} or more"
    if norm.above is not None and value > norm.above:
        return f"slower than average for {ages}: over {measure.with_unit(norm.above)}"
    if norm.mean is not None:
        return f"average for {ages} is {measure.with_unit(norm.mean)}"
    return "" if norm.above is None else f"not slower than average for {ages}: {measure.with_unit(norm.above)} or less"


def function_words(measure: Measure, reading: Reading) -> str:
    """Return the sentence of everyday function a value supports; empty where none does."""
    value = counted(measure, reading)
    return next((say.text for say in measure.says if say.fits(value, arms=reading.arms)), "")


def _load() -> tuple[Mapping[str, Measure], Mapping[str, Battery]]:
    read = tomllib.loads((ROOT / "config" / "measures.toml").read_text(encoding="utf-8"))
    measures = {key: _measure(key, dict(row)) for key, row in read["measure"].items()}
    batteries = {key: Battery(key, row["title"], tuple(row["measures"])) for key, row in read["battery"].items()}
    return measures, batteries


def _measure(key: str, row: dict[str, Any]) -> Measure:
    return Measure(
        key=key,
        asks=tuple(row.pop("asks", ())),
        thresholds=tuple(Threshold(**t) for t in row.pop("threshold", ())),
        norms=tuple(_norm(n) for n in row.pop("norm", ())),
        marks=tuple(Mark(**m) for m in row.pop("mark", ())),
        says=tuple(Say(**s) for s in row.pop("say", ())),
        **row,
    )


def _norm(row: dict[str, Any]) -> Norm:
    ages = row.pop("ages", (0, 200))
    return Norm(age_from=ages[0], age_to=ages[1], **row)


MEASURES, BATTERIES = _load()
