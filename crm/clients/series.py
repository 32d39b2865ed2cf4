"""The values of one measure over time: where it began, where it is, what that means in our three words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.clients.chart import Point, Trend
from crm.clients.measures import (
    MEASURES,
    OUTSIDE_REPORTS,
    Change,
    Measure,
    Norm,
    Reading,
    Verdict,
    age_on,
    compare,
    counted,
    function_words,
    norm_for,
    norm_words,
    threshold_for,
)

FRESH = timedelta(days=10)  # how old the newest value of a report may be (H15)
_RANK = {Change.MEANINGFUL: 0, Change.MEASURABLE: 1, Change.NONE: 2, None: 3}
_ORDER = {key: place for place, key in enumerate(MEASURES)}


@dataclass(frozen=True, slots=True)
class Series:
    """One measure on one side, oldest value first; `baseline` is where the present count begins."""

    measure: Measure
    side: str
    readings: tuple[Reading, ...]
    baseline: Reading
    norm: Norm | None = None

    @property
    def current(self) -> Reading:
        """Return the newest value."""
        return self.readings[-1]

    @property
    def verdict(self) -> Verdict:
        """Return what changed since the baseline; one value alone is no change."""
        if self.baseline is self.current:
            return Verdict(None, 0)
        return compare(self.measure, self.baseline, self.current)

    @property
    def title(self) -> str:
        """Return the measure with its side: "Grip strength, left"."""
        return f"{self.measure.title}, {self.side}" if self.side else self.measure.title

    @property
    def span(self) -> str:
        """Return from where to where: "8 to 13 stands", or the one value."""
        measure = self.measure
        now = measure.with_unit(counted(measure, self.current))
        return now if self.baseline is self.current else f"{measure.shown(counted(measure, self.baseline))} to {now}"

    @property
    def meaning(self) -> str:
        """Return what stands behind the value: what it lets one do, or what the test shows."""
        return function_words(self.measure, self.current) or (
            f"Shows {self.measure.shows}." if self.measure.shows else ""
        )

    @property
    def norm_words(self) -> str:
        """Say where the newest value lies among others of that age; empty where no table has it.

        The tables are of people who rose without their arms.
        """
        if self.norm is None or (self.current.arms and not self.measure.arms_count_zero):
            return ""
        return norm_words(self.measure, self.norm, counted(self.measure, self.current))

    @property
    def notes(self) -> str:
        """Return what was noted beside the newest value."""
        now = self.current
        arms = "with the arms, which counts as none" if self.measure.arms_count_zero else "with the arms"
        said = (now.aid, arms if now.arms else "", f"{now.seconds:g} s on the next" if now.seconds else "")
        return ", ".join(part for part in said if part)


def series_of(
    readings: Iterable[Reading], *, baseline_on: date | None = None, born_on: date | None = None, sex: str = ""
) -> list[Series]:
    """Group values by measure and side, in the order of the catalogue.

    A series begins with its last value up to the day the baseline was completed last, else with its first
    one. Measures that are not in the catalogue any more are left out.
    """
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.measure in MEASURES:
            groups[reading.series].append(reading)
    made = [
        _series(key, sorted(group, key=lambda r: (r.on, r.row)), baseline_on, born_on, sex)
        for key, group in groups.items()
    ]
    return sorted(made, key=lambda s: (_ORDER[s.measure.key], s.side))


def _series(
    key: tuple[str, str], readings: Sequence[Reading], baseline_on: date | None, born_on: date | None, sex: str
) -> Series:
    measure, current = MEASURES[key[0]], readings[-1]
    until = [reading for reading in readings if baseline_on is not None and reading.on <= baseline_on]
    age = age_on(born_on, current.on) if born_on else None
    return Series(measure, key[1], tuple(readings), until[-1] if until else readings[0], norm_for(measure, age, sex))


def in_reports(series: Iterable[Series]) -> list[Series]:
    """Return what a report may lead with: no pain and no vital signs (H14)."""
    return [one for one in series if one.measure.area not in OUTSIDE_REPORTS]


def headline(series: Iterable[Series]) -> Series | None:
    """Return the measure that changed most by our three words; among equals the first of the catalogue."""
    return min(in_reports(series), key=lambda s: (_RANK[s.verdict.change], s.verdict.better is False), default=None)


def newest_on(series: Iterable[Series]) -> date | None:
    """Return the day of the newest value a report may use."""
    return max((one.current.on for one in in_reports(series)), default=None)


def trend_of(series: Series, code: str, *, target: float | None = None) -> Trend:
    """Return a series as a chart, with the edges of what is measurable and meaningful from its baseline."""
    measure = series.measure
    start = counted(measure, series.baseline)
    threshold = threshold_for(measure, start) if measure.better in {"higher", "lower"} else None
    sign = 1 if measure.better == "higher" else -1
    measurable = threshold.mdc if threshold else None
    meaningful = threshold.meaningful_from if threshold else None
    norm = series.norm
    since = series.readings[series.readings.index(series.baseline) :]
    return Trend(
        title=f"{series.title}, {code}",
        unit=measure.unit,
        points=tuple(Point(r.on, value := counted(measure, r), measure.shown(value)) for r in since),
        better=measure.better,
        measurable_from=None if measurable is None else round(start + sign * measurable, 6),
        meaningful_from=None if meaningful is None else round(start + sign * meaningful, 6),
        norm=_norm_span(norm),
        norm_words=f"middle range for {norm.ages}" if norm and norm.low is not None else "",
        target=target,
        target_words="goal" if target is not None else "",
    )


def _norm_span(norm: Norm | None) -> tuple[float | None, float | None] | None:
    return (norm.low, norm.high) if norm and norm.low is not None and norm.high is not None else None
