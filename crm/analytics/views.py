"""Insights: what was closed on time, what lay in the chart before the visit, who refers, who has fallen silent."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.analytics import insights, lunch_queries, metrics, outcome_queries, outcomes, queries
from crm.analytics import lunches as around
from crm.analytics.metrics import Ending
from crm.analytics.queries import LOOPS
from crm.db import NotFound
from crm.text import row_id
from crm.web import sealer, spreadsheet

bp = Blueprint("insights", __name__)
YEAR = timedelta(days=365)
MONTHS = 12
SHOWN = 200  # rows behind a number
OUTCOME_HEAD = (
    "measure", "unit", "clients", "median at start", "median at end", "meaningful", "measurable", "same", "worse",
    "unknown",
)  # fmt: skip
STEPS = {1: "First contact", 2: "Reinforcement", 3: "Phone call", 4: "Documentation", 5: "Lunch-and-learn"}


@bp.get("/insights")
def index() -> ResponseReturnValue:
    since = _since()
    owed = queries.owed(g.practice, since=since)
    referrals = queries.referral_days(g.practice.id)
    touches = queries.touch_days(g.practice, since=since)
    names = queries.names(g.practice.id, {*referrals, *touches, *(one.source_id for one in owed)})
    months = insights.months_until(g.today, MONTHS)
    quiet, thin = insights.quiet_ones(referrals, names, today=g.today)
    by_source = insights.by_source(referrals, touches, months, names)
    return render_template(
        "insights/index.html",
        loops=LOOPS,
        ledger=insights.ledger(
            [(one.loop, one.source_id, one.case) for one in owed], list(LOOPS), names, today=g.today
        ),
        before_visits=metrics.before_visits(queries.visits(g.practice, since=since), today=g.today),
        months=[(month, *insights.month_words(month)) for month in months],
        by_source=by_source,
        totals=[sum(row.counts[place] for row in by_source) for place in range(MONTHS)],
        funnel=metrics.funnel(queries.steps_reached(g.practice.id).values()),
        step_names=STEPS,
        quiet=quiet,
        thin=thin,
        endings=Ending,
    )


@bp.get("/insights/rows")
def rows() -> ResponseReturnValue:
    """Open the rows behind a number of the ledger."""
    loop, ending, source_id = request.args.get("loop", ""), request.args.get("state", ""), _number("source")
    if loop not in LOOPS or (ending and ending not in set(Ending)):
        raise NotFound
    found = [
        (one, one.case.ending(g.today))
        for one in queries.owed(g.practice, since=_since())
        if one.loop == loop and (source_id is None or one.source_id == source_id)
    ]
    found = [(one, told) for one, told in found if not ending or told == ending]
    names = queries.names(g.practice.id, {one.source_id for one, _told in found})
    return render_template(
        "insights/rows.html", title=LOOPS[loop][0], ending=ending, found=found[:SHOWN], count=len(found), names=names
    )


@bp.get("/insights/visits")
def visit_rows() -> ResponseReturnValue:
    """Open the visits behind the number."""
    found = [visit for visit in queries.visits(g.practice, since=_since()) if visit.on < g.today]
    names = queries.names(g.practice.id, {visit.source_id for visit in found if visit.source_id is not None})
    return render_template("insights/visits.html", found=list(reversed(found))[:SHOWN], count=len(found), names=names)


@bp.get("/insights/referrals")
def referral_rows() -> ResponseReturnValue:
    """Open the referrals behind a number: of a source, of a month, or both."""
    source_id, month = _number("source"), request.args.get("month", "")
    months = insights.months_until(g.today, MONTHS)
    if month and month not in months:
        raise NotFound
    found = [
        (of, on, code)
        for of, on, code in queries.referrals_since(g.practice.id, date.fromisoformat(f"{months[0]}-01"))
        if f"{on:%Y-%m}" in (month or months) and source_id in (None, of)
    ]
    return _days("Referrals", insights.month_words(month)[1] if month else "", found)


@bp.get("/insights/touches")
def touch_rows() -> ResponseReturnValue:
    """Open the touches behind a number: all, or those of a source."""
    source_id, months = _number("source"), insights.months_until(g.today, MONTHS)
    found = [
        (of, on, "")
        for of, days in queries.touch_days(g.practice, since=_since()).items()
        for on in days
        if f"{on:%Y-%m}" in months and source_id in (None, of)
    ]
    return _days("Touches", "", sorted(found, key=lambda row: (row[1], row[0]), reverse=True))


@bp.get("/insights/steps")
def step_rows() -> ResponseReturnValue:
    """Open the sources behind a step of the funnel."""
    step = _number("step")
    if step not in STEPS:
        raise NotFound
    reached = queries.steps_reached(g.practice.id)
    names = queries.names(g.practice.id, reached)
    found = insights.stood_at(reached, step, names)
    return render_template(
        "insights/steps.html", step=step, title=STEPS[step], found=found[:SHOWN], count=len(found), names=names
    )


@bp.get("/insights/lunches")
def lunches() -> ResponseReturnValue:
    """Tell what came before and after each lunch that was held; what it cost stands elsewhere and is not asked."""
    told = around.told(lunch_queries.held(g.practice), queries.referral_days(g.practice.id), today=g.today)
    return render_template("insights/lunches.html", told=told, window=around.WINDOW.days)


@bp.get("/insights/ledger.csv")
def ledger_csv() -> ResponseReturnValue:
    owed = queries.owed(g.practice, since=_since())
    names = queries.names(g.practice.id, {one.source_id for one in owed})
    told = [
        (
            names[one.source_id][0], names[one.source_id][1], LOOPS[one.loop][0], one.client_code or "",
            one.due.isoformat(), one.case.until.isoformat(), _iso(one.case.done_on), one.case.ending(g.today).value,
        )
        for one in owed
        if one.source_id in names
    ]  # fmt: skip
    head = ("source", "office", "what", "client", "due", "on time until", "done on", "state")
    return _csv("loops", head, told)


@bp.get("/insights/referrals.csv")
def referrals_csv() -> ResponseReturnValue:
    months = insights.months_until(g.today, MONTHS)
    referrals, touches = queries.referral_days(g.practice.id), queries.touch_days(g.practice, since=_since())
    names = queries.names(g.practice.id, {*referrals, *touches})
    told = [
        (row.name, *map(str, row.counts), str(row.referrals), str(row.touches))
        for row in insights.by_source(referrals, touches, months, names)
    ]
    return _csv("referrals", ("source", *months, "referrals", "touches"), told)


@bp.get("/insights/outcomes")
def outcome_sums() -> ResponseReturnValue:
    """Sum up what changed in those whose program is over, without anybody's name, code or date."""
    return render_template(
        "insights/outcomes.html",
        summary=_summary(),
        still_here=outcome_queries.still_here(g.practice.id),
        fewest=outcomes.FEWEST,
    )


@bp.get("/insights/outcomes/rows")
def outcome_rows() -> ResponseReturnValue:
    """Open the clients behind a sum, for the practice's own eyes; a group too small has no rows either."""
    wanted = (request.args.get("of", ""), request.args.get("side", ""))
    found = [
        (one.code, series)
        for one in outcome_queries.finished(g.practice, sealer())
        for series in outcomes.pairs(one.series)
        if (series.measure.key, series.side) == wanted
    ]
    if len(found) < outcomes.FEWEST:
        raise NotFound
    return render_template("insights/outcome_rows.html", title=found[0][1].title, found=found)


@bp.get("/insights/outcomes.csv")
def outcomes_csv() -> ResponseReturnValue:
    told = [
        (
            one.title, one.measure.unit, str(one.clients), one.shown(one.began), one.shown(one.ended),
            str(one.meaningful), str(one.measurable), str(one.same), str(one.worse), str(one.unknown),
        )
        for one in _summary().shown
    ]  # fmt: skip
    return _csv("outcomes", OUTCOME_HEAD, told)


def _summary() -> outcomes.Summary:
    return outcomes.summary(one.series for one in outcome_queries.finished(g.practice, sealer()))


def _days(title: str, month: str, found: Sequence[tuple[int, date, str]]) -> str:
    names = queries.names(g.practice.id, {source_id for source_id, _on, _code in found})
    known = [row for row in found if row[0] in names]
    return render_template(
        "insights/days.html", title=title, month=month, found=known[:SHOWN], count=len(known), names=names
    )


def _since() -> date:
    since: date = g.today - YEAR
    return since


def _number(name: str) -> int | None:
    return row_id(request.args.get(name))


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _csv(name: str, head: Iterable[str], told: Iterable[Iterable[str]]) -> Response:
    return spreadsheet(f"{name}-{g.today.isoformat()}", head, told)
