"""The records that have been kept as long as suggested: looked through once a year, erased by nobody but a person."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.clients import retention, retention_queries
from crm.journal import service as journal
from crm.journal.rights_acts import RetentionReviewed
from crm.web import commit

bp = Blueprint("retention", __name__)


@bp.get("/clients/retention")
def index() -> ResponseReturnValue:
    years = current_app.extensions["handoff"].settings.retention_years
    reviewed_on = retention_queries.reviewed_on(g.practice)
    return render_template(
        "clients/retention.html",
        rows=retention_queries.past_their_time(g.practice, years=years, today=g.today),
        years=years,
        reviewed_on=reviewed_on,
        next_on=retention.years_later(reviewed_on, 1) if reviewed_on else None,
    )


@bp.post("/clients/retention/reviewed")
def reviewed() -> ResponseReturnValue:
    journal.record(g.practice, RetentionReviewed(), now=g.now, actor=g.user.id)
    commit()
    flash("Noted. The list comes up again in a year.")
    return redirect(url_for("retention.index"), 303)
