"""The sentences of a report, each made from rows on file: what was measured, what it lets one do, goals, plan, limits.

Nothing is said here that no row says. Each line names the rows it was made from, so that a number in a
report can be followed back to the day it was measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crm.clients.goals import GoalTold, Progress, sentence
from crm.clients.measures import Change, counted
from crm.clients.record import Health, Plan
from crm.clients.record_models import GoalStatus
from crm.clients.series import Series, headline, in_reports

AREAS = ("strength", "flexibility", "stability", "endurance", "balance")
NOT_MEASURED = "not measured"
A_ROW, ALL_SENTENCES = 2, 4  # of a page that has one line for each area
_RANK = {Change.MEANINGFUL: 0, Change.MEASURABLE: 1, Change.NONE: 2, None: 3}


@dataclass(frozen=True, slots=True)
class Line:
    """Words for one placeholder, and the rows they were made from ("measurement:12")."""

    placeholder: str
    text: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalOnFile:
    """A goal with how far it has come; `row` is its id."""

    row: int
    told: GoalTold
    due_on: date
    status: GoalStatus
    progress: Progress


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file about a client when a report is begun. Sheets with the id of the version they were read from."""

    series: Sequence[Series] = ()
    goals: Sequence[GoalOnFile] = ()
    plan: Plan | None = None
    plan_row: int = 0
    health: Health | None = None
    health_row: int = 0
    flag: tuple[int, dict[str, str]] | None = None  # row and words of the newest red flag


def lines(on_file: OnFile, *, closing: bool = False) -> list[Line]:
    """Return what the desk can say by itself. `closing`: goals are told as met or not met."""
    found = [
        *_measured(on_file.series),
        *_goals(on_file.goals, closing=closing),
        *_plan(on_file),
        *_limits(on_file),
        *_flag(on_file),
    ]
    return [line for line in found if line.text]


def outdated(series: Iterable[Series]) -> list[str]:
    """Return what earlier states of these measures read like: a text that still says it was filled in before."""
    return [
        _dated(Series(one.measure, one.side, one.readings[:end], one.baseline))
        for one in in_reports(series)
        for end in range(one.readings.index(one.baseline) + 1, len(one.readings))
    ]


def every_measure(series: Sequence[Series]) -> Line:
    """Return each measure from its baseline to now, one a line; pain is never among them (H14)."""
    shown = in_reports(series)
    return Line("measures", "\n".join(f"- {_dated(one)}" for one in shown), _rows(shown))


def _measured(series: Sequence[Series]) -> list[Line]:
    shown = in_reports(series)
    lead = headline(shown)
    if lead is None:
        return []
    by_change = sorted(shown, key=lambda one: _RANK[one.verdict.change])
    made = [Line("measure", _dated(lead), _rows([lead])), _function(by_change, lead)]
    for area in AREAS:
        of_area = [one for one in by_change if one.measure.area == area][:A_ROW]
        text = "; ".join(_short(one, lead) for one in of_area)
        made.append(Line(area, text or NOT_MEASURED, _rows(of_area) or _rows([lead])))
    pain = [one for one in series if one.measure.area == "pain"]
    made += [Line("pain", f"{_value(one)} on {_day(one.current.on)}", _rows([one])) for one in pain]
    if len(lead.readings) > 1:
        made.append(Line("chart", f"[chart: {lead.measure.key}{' ' + lead.side if lead.side else ''}]", _rows([lead])))
    return made


def _function(series: Sequence[Series], lead: Series) -> Line:
    """Say what the values let one do; measures of everyday function stand here with their numbers."""
    said: dict[str, list[Series]] = {}
    for one in series:
        text = f"{_short(one, lead)}." if one.measure.area == "function" else one.meaning
        if text and not text.startswith("Shows "):
            said.setdefault(text, []).append(one)
    kept = dict(list(said.items())[:ALL_SENTENCES])
    if not kept:  # the test alone: what it is about
        shows = f", which shows {lead.measure.shows}" if lead.measure.shows else ""
        kept = {f"{lead.title}{shows}: {lead.span}.": [lead]}
    return Line("function", " ".join(kept), tuple(row for group in kept.values() for row in _rows(group)))


def _dated(one: Series) -> str:
    """Return a measure from its baseline to now, each with its day."""
    now, words = one.current, one.verdict.words.lower()
    if one.baseline is now:
        return f"{one.title} {_value(one)}{_noted(one)} on {_day(now.on)}"
    start = one.measure.shown(counted(one.measure, one.baseline))
    said = f"{one.title} {start} on {_day(one.baseline.on)}, {_value(one)}{_noted(one)} on {_day(now.on)}"
    return f"{said} ({words})" if words else said


def _short(one: Series, lead: Series) -> str:
    """Return a measure in a few words; its day only where it was not measured with the one above."""
    words = one.verdict.words.lower()
    said = f"{one.title} {one.span}{_noted(one)}"
    if one.current.on != lead.current.on:
        said += f" on {one.current.on:%B} {one.current.on.day}"
    return f"{said} ({words})" if words else said


def _value(one: Series) -> str:
    return one.measure.with_unit(counted(one.measure, one.current))


def _noted(one: Series) -> str:
    return f", {one.notes}" if one.notes else ""


def _rows(series: Iterable[Series]) -> tuple[str, ...]:
    """Return the rows a line was made from: where it began and where it is."""
    found = [f"measurement:{reading.row}" for one in series for reading in (one.baseline, one.current)]
    return tuple(dict.fromkeys(found))


def _goals(goals: Sequence[GoalOnFile], *, closing: bool) -> list[Line]:
    told = []
    for goal in goals:
        if closing:
            word = "Met" if goal.status is GoalStatus.MET else "Not met"
            numbers = f" ({goal.progress.words})" if goal.progress.words else ""
            if goal.status is not GoalStatus.DROPPED:
                told.append((f"- {word}: {goal.told.activity.rstrip('.')}{numbers}", goal))
        elif goal.status is GoalStatus.OPEN:
            told.append((f"- {sentence(goal.told, goal.due_on, goal.progress)}", goal))
    rows = [f"goal:{goal.row}" for _text, goal in told]
    rows += [f"measurement:{goal.progress.row}" for _text, goal in told if goal.progress.row]
    return [Line("goals", "\n".join(text for text, _goal in told), tuple(rows))]


def _plan(on_file: OnFile) -> list[Line]:
    plan = on_file.plan
    if plan is None:
        return []
    often = ", ".join(part for part in (plan.frequency, f"for {plan.duration}" if plan.duration else "") if part)
    consists = ", ".join(plan.categories).lower()
    parts = (
        f"{often}: {consists}." if often and consists else f"{often or consists.capitalize()}.",
        f"{plan.progression.rstrip('.')}." if plan.progression else "",
    )
    text = " ".join(part for part in parts if part and part != ".")
    return [Line("plan", text[:1].upper() + text[1:], (f"client_sheet:{on_file.plan_row}",))]


def _limits(on_file: OnFile) -> list[Line]:
    health = on_file.health
    if health is None:
        return []
    limits = health.limits
    by = f" (set by {limits.set_by})" if limits.set_by and limits.words else ""
    said = f"{limits.words[:1].upper()}{limits.words[1:]}{by}"
    avoid = health.contraindications.rstrip(".") + (
        f" ({health.contraindications_by})" if health.contraindications and health.contraindications_by else ""
    )
    text = ". ".join(part for part in (said, avoid) if part)
    return [Line("limits", text or "none on file; please tell me of any", (f"client_sheet:{on_file.health_row}",))]


def _flag(on_file: OnFile) -> list[Line]:
    if on_file.flag is None:
        return []
    row, words = on_file.flag
    return [Line(name, text, (f"red_flag:{row}",)) for name, text in words.items()]


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"
