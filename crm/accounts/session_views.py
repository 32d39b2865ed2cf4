"""Where somebody is signed in, and how they end it from here."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import session_queries, sessions
from crm.accounts.throttle_service import network_of
from crm.db import db
from crm.web import commit

bp = Blueprint("sessions", __name__)


@bp.get("/account/sessions")
def index() -> ResponseReturnValue:
    return render_template(
        "accounts/sessions.html",
        sessions=session_queries.sessions_of(g.practice.id, g.user.id, now=g.now),
        here=sessions.current().mark,
        network=network_of,
        local=lambda moment: moment.astimezone(ZoneInfo(g.practice.time_zone)),
        idle=timedelta(minutes=g.user.idle_minutes),
    )


@bp.post("/account/sessions/<int:browser_id>/end")
def end(browser_id: int) -> ResponseReturnValue:
    db.session.delete(session_queries.get_session(g.practice.id, g.user.id, browser_id))
    commit()
    flash("That one is signed out.")
    return redirect(url_for("sessions.index"), 303)


@bp.post("/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    sessions.end_all(g.user.id, but=sessions.current().mark)
    commit()
    flash("Everywhere else you are signed out.")
    return redirect(url_for("sessions.index"), 303)
