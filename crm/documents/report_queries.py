"""Gathers what is on file about a client for a report, and draws the chart that goes into it."""

from collections.abc import Callable
from typing import Any, TypeVar

from crm.accounts.models import Practice
from crm.clients import flags, opened_queries, record_queries
from crm.clients.attendance import Attended, attended
from crm.clients.chart import description, trend_svg
from crm.clients.goals import progress
from crm.clients.models import Client
from crm.clients.record import Person
from crm.clients.record_models import Part
from crm.clients.series import Series, in_reports, newest_on, series_of, trend_of
from crm.crypto import Sealer, Unreadable
from crm.documents.facts import Reported
from crm.documents.layout import Chart
from crm.documents.report_words import GoalOnFile, OnFile, lines, outdated
from crm.journal import queries as journal_queries

T = TypeVar("T")


def reported(practice: Practice, client: Client, sealer: Sealer, *, closing: bool) -> Reported:
    """Return what the desk can say by itself in a report about a client; what cannot be read is left out."""
    found = on_file(practice, client, sealer)
    return Reported(
        lines=tuple(lines(found, closing=closing)),
        newest_on=newest_on(found.series),
        outdated=tuple(outdated(found.series)),
        charts={_name(one): _chart(one, client.code) for one in in_reports(found.series) if len(one.readings) > 1},
    )


def on_file(practice: Practice, client: Client, sealer: Sealer) -> OnFile:
    """Return measures, goals, plan, limits and the newest red flag of a client."""
    sheets = record_queries.sheets(practice.id, client.id)

    def part(name: Part) -> Any:
        return _read(lambda: opened_queries.read_part(sheets.get(name), name, sealer))

    person = part(Part.PERSON) or Person()
    plan, health = sheets.get(Part.PLAN), sheets.get(Part.HEALTH)
    readings, _damaged = opened_queries.readings_of(practice, client, sealer)
    series = series_of(
        readings,
        baseline_on=opened_queries.baseline_on(practice, client),
        born_on=person.born_on,
        sex=person.sex,
    )
    return OnFile(
        series=series,
        goals=_goals(practice, client, series, sealer),
        plan=part(Part.PLAN) if plan else None,
        plan_row=plan.id if plan else 0,
        health=part(Part.HEALTH) if health else None,
        health_row=health.id if health else 0,
        flag=_flag(practice, client, sealer),
    )


def attendance(practice: Practice, client: Client) -> Attended:
    """Return a client's sessions, held and missed."""
    entries = journal_queries.entries_of_types(practice.id, client.id, {"session_held", "session_missed"})
    return attended(
        (e.happened_on or practice.local(e.happened_at or e.at), str(e.payload.get("attendance", "attended")))
        for e in entries
    )


def _goals(practice: Practice, client: Client, series: list[Series], sealer: Sealer) -> list[GoalOnFile]:
    by_key = {(one.measure.key, one.side): one for one in series}
    found = []
    for goal in record_queries.goals_of(practice.id, client.id):
        told = _read(lambda goal=goal: opened_queries.open_goal(goal, sealer))  # type: ignore[misc]
        if told is not None:
            found.append(GoalOnFile(goal.id, told, goal.due_on, goal.status, progress(told, by_key)))
    return found


def _flag(practice: Practice, client: Client, sealer: Sealer) -> tuple[int, dict[str, str]] | None:
    for row in record_queries.flags_of(practice.id, client.id)[:1]:
        opened = _read(lambda row=row: sealer.open(row.sealed, table="red_flag", row=row.uuid))  # type: ignore[misc]
        return (row.id, flags.letter_words(opened, row.raised_on)) if opened is not None else None
    return None


def _chart(one: Series, code: str) -> Chart:
    trend = trend_of(one, code)
    return Chart(
        trend_svg(trend, ident="report", print=True),
        f"{one.title}, {one.measure.unit}",
        f"{trend.title}. {description(trend)}",
    )


def _name(one: Series) -> str:
    return f"{one.measure.key} {one.side}".strip()


def _read(opened: Callable[[], T]) -> T | None:
    try:
        return opened()
    except Unreadable:
        return None
