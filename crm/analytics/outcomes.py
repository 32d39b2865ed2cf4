"""Outcomes without names: what changed between the baseline and the last value of those whose program is over.

A group smaller than five is not shown, because a few numbers can point at one person. Whoever is still in their
program is not counted, neither for nor against; nor is a value taken once, or in another way than at the start.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from crm.clients.measures import EXACT, Change, Measure, Verdict, counted
from crm.clients.series import Series, in_reports

FEWEST = 5  # clients of one measure; below, the group is not shown
REAL = (Change.MEASURABLE, Change.MEANINGFUL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure over all who finished: how many, the middle values, and in how many it changed how."""

    measure: Measure
    side: str
    clients: int
    began: float
    ended: float
    meaningful: int  # for the better, by at least what people value
    measurable: int  # for the better, by more than the error of the test and less than that
    same: int  # no change that is more than the error of the test
    worse: int  # for the worse, by more than the error of the test

    @property
    def title(self) -> str:
        """Return the measure with its side: "Grip strength, left"."""
        return f"{self.measure.title}, {self.side}" if self.side else self.measure.title

    @property
    def unknown(self) -> int:
        """Return in how many no publication says which change is more than error."""
        return self.clients - self.meaningful - self.measurable - self.same - self.worse

    @property
    def span(self) -> str:
        """Return from where to where: "8 to 12.5 stands"; half steps are shown, for the middle of two lies between."""
        unit = self.measure.unit
        return (
            f"{self.shown(self.began)} to {self.shown(self.ended)}{unit if unit in {'°', '%'} else f' {unit}'}".strip()
        )

    def shown(self, value: float) -> str:
        """Return a middle value as the measure writes its own, with one decimal more where it lies between two."""
        decimals = self.measure.decimals
        return f"{value:.{decimals + (round(value, decimals) != round(value, EXACT))}f}"

    @property
    def words(self) -> str:
        """Say it in one line of a letter."""
        counts = (
            (self.meaningful, "with a meaningful change"), (self.measurable, "with a measurable one"),
            (self.same, "without a measurable change"), (self.worse, "with a decline"),
        )  # fmt: skip
        told = ", ".join(f"{count} {words}" for count, words in counts if count)
        return f"{self.title}: {self.clients} clients, median {self.span}" + (f"; {told}" if told else "")


@dataclass(frozen=True, slots=True)
class Summary:
    """All measures of those who finished that may be shown, and the names of those too few have."""

    finished: int
    shown: tuple[Outcome, ...]
    too_few: tuple[str, ...]

    @property
    def lines(self) -> str:
        """Return the list a letter carries, a measure a line; empty where nothing may be shown."""
        return "\n".join(f"- {outcome.words}" for outcome in self.shown)


def summary(people: Iterable[Sequence[Series]]) -> Summary:
    """Sum up the measures of those who finished; one item of `people` is everything of one client."""
    told = list(people)
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for series in told:
        for one in pairs(series):
            groups[one.measure.key, one.side].append(one)
    shown = [_outcome(group) for group in groups.values() if len(group) >= FEWEST]
    too_few = sorted(group[0].title for group in groups.values() if len(group) < FEWEST)
    ordered = sorted(shown, key=lambda one: (-one.clients, one.title))
    return Summary(len(told), tuple(ordered), tuple(too_few))


def pairs(series: Iterable[Series]) -> list[Series]:
    """Return what has two values that may be compared; no pain and no vital signs (H14)."""
    return [one for one in in_reports(series) if one.current is not one.baseline and not one.verdict.why_not]


def _outcome(group: Sequence[Series]) -> Outcome:
    measure, verdicts = group[0].measure, [one.verdict for one in group]
    return Outcome(
        measure=measure,
        side=group[0].side,
        clients=len(group),
        began=median(counted(measure, one.baseline) for one in group),
        ended=median(counted(measure, one.current) for one in group),
        meaningful=sum(_better(told) and told.change is Change.MEANINGFUL for told in verdicts),
        measurable=sum(_better(told) and told.change is Change.MEASURABLE for told in verdicts),
        same=sum(told.change is Change.NONE for told in verdicts),
        worse=sum(told.better is False and told.change in REAL for told in verdicts),
    )


def _better(told: Verdict) -> bool:
    return told.better is True
