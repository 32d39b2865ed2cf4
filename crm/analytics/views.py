"""Insights: what was closed on time, what lay in the chart before the visit, who refers, who has fallen silent."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.analytics import insights, lunch_queries, metrics, queries
from crm.analytics import lunches as around
from crm.analytics.metrics import Ending
from crm.analytics.queries import LOOPS
from crm.db import NotFound
from crm.text import csv_cell, row_id

bp = Blueprint("insights", __name__)
YEAR = timedelta(days=365)
MONTHS = 12
SHOWN = 200  # rows behind a number
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
        months=months,
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
    return render_template("insights/visits.html", found=list(reversed(found))[:SHOWN], count=len(found))


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


def _since() -> date:
    since: date = g.today - YEAR
    return since


def _number(name: str) -> int | None:
    return row_id(request.args.get(name))


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _csv(name: str, head: Iterable[str], told: Iterable[Iterable[str]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([csv_cell(cell) for cell in row] for row in told)
    sent = {"Content-Disposition": f'attachment; filename="{name}-{g.today.isoformat()}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=sent)
