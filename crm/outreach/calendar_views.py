"""The calendar page: addresses to subscribe to, and what the next weeks hold."""

from datetime import timedelta
from urllib.parse import quote

from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.journal import service as journal
from crm.journal.acts import FeedCreated, FeedRevoked
from crm.outreach import agenda_queries, feed_queries, feed_service, task_rows
from crm.outreach.forms import FeedForm
from crm.web import commit, invalid

WEEKS = 3


def calendar() -> ResponseReturnValue:
    return _page(FeedForm(formdata=None))


def add_feed() -> ResponseReturnValue:
    form = FeedForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    feed, token = feed_service.create_feed(
        g.practice, g.user, name=form.name.data, hide_sources=form.hide_sources.data, now=g.now
    )
    journal.record(g.practice, FeedCreated(feed=feed.id), now=g.now, actor=g.user.id)
    commit()
    # The address is shown in this answer and never again, so no redirect: nothing keeps it on the way.
    return _page(FeedForm(formdata=None), shown=(feed.id, token))


def rotate_feed(feed_id: int) -> ResponseReturnValue:
    feed = feed_queries.get_feed(g.practice.id, g.user.id, feed_id)
    token = feed_service.rotate_feed(feed)
    journal.record(g.practice, FeedCreated(feed=feed.id), now=g.now, actor=g.user.id)
    commit()
    return _page(FeedForm(formdata=None), shown=(feed.id, token))


def revoke_feed(feed_id: int) -> ResponseReturnValue:
    feed = feed_queries.get_feed(g.practice.id, g.user.id, feed_id)
    feed_service.revoke_feed(feed, now=g.now)
    journal.record(g.practice, FeedRevoked(feed=feed.id), now=g.now, actor=g.user.id)
    commit()
    flash("The address no longer works. Calendars drop its events at their next look.")
    return redirect(url_for("outreach.calendar"), 303)


def _page(form: FeedForm, shown: tuple[int, str] | None = None) -> str:
    until = g.today + timedelta(weeks=WEEKS)
    items = [i for i in agenda_queries.open_items(g.practice.id, until=until, today=g.today) if i.due >= g.today]
    days: dict[object, list[task_rows.TaskRow]] = {}
    for item in items[:120]:
        days.setdefault(item.due, []).append(task_rows.row(item, g.today))
    return render_template(
        "outreach/calendar.html",
        form=form,
        feeds=feed_queries.feeds_of(g.user.id),
        shown_id=shown[0] if shown else None,
        addresses=_addresses(shown[1]) if shown else None,
        days=days,
        more=max(0, len(items) - 120),
    )


def _addresses(token: str) -> dict[str, str]:
    """Return one address in the forms calendars take it."""
    https = current_app.extensions["handoff"].settings.base_url + url_for("public.feed", token=token)
    webcal = "webcal:" + https.partition(":")[2]
    return {
        "plain": https,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(https, safe='')}",
    }
