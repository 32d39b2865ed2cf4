"""A user's digest: how tomorrow's reads, and the addresses in a mail by which it rests or ends."""

from datetime import timedelta

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.accounts.models import Practice, User
from crm.db import begin_write, db
from crm.outreach import action_views, digest_jobs, mornings
from crm.outreach.action_links import subscriber_of
from crm.outreach.day_words import day
from crm.outreach.workdays import calendar_of
from crm.text import row_id
from crm.web import commit, csrf


def preview() -> ResponseReturnValue:
    """Show the next digest as it would read from the tasks as they stand."""
    on = mornings.next_morning(mornings.wishes_of(g.user), g.today, calendar_of(g.practice.closed_days))
    return render_template("outreach/digest.html", digest=digest_jobs.written_digest(g.user, on, now=g.now), on=on)


@csrf.exempt  # type: ignore[untyped-decorator]
def stop(token: str) -> ResponseReturnValue:
    """Ask on GET, stop on POST; a mail program posts by itself (RFC 8058)."""
    user = _subscriber(token)
    if user is None:
        return action_views.refused()
    if request.method == "POST":
        user.digest_on = False
        commit()
    return render_template("outreach/digest_stop.html", done=request.method == "POST")


@csrf.exempt  # type: ignore[untyped-decorator]
def pause(token: str) -> ResponseReturnValue:
    """Ask on GET for how long; on POST let the digest rest, or begin again."""
    user = _subscriber(token)
    if user is None:
        return action_views.refused()
    practice = db.session.get_one(Practice, user.practice_id)
    today = practice.local(g.now)
    days = row_id(request.form.get("days"))
    if request.method == "POST" and days in (0, *mornings.PAUSES):
        user.digest_paused_until = today + timedelta(days=days) if days else None
        commit()
    wishes = mornings.wishes_of(user)
    comes = mornings.next_morning(wishes, today, calendar_of(practice.closed_days))
    return render_template(
        "outreach/digest_pause.html", rests=wishes.rests_on(today), comes=day(comes, today), pauses=mornings.PAUSES
    )


def _subscriber(token: str) -> User | None:
    user_id = subscriber_of(token, current_app.config["SECRET_KEY"])
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None or not user.active:
        return None
    if request.method == "POST":
        begin_write(user.practice_id)
    return user
