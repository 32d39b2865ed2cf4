"""The page of calendar addresses: made, shown once, renewed, withdrawn."""

from urllib.parse import quote

import segno
from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import notices_service as notices
from crm.accounts.notice_words import Notice
from crm.journal import service as journal
from crm.journal.acts import FeedCreated, FeedRevoked
from crm.outreach import feed_kinds, feed_queries, feed_service
from crm.outreach.forms import FeedForm
from crm.outreach.models import CalendarFeed, FeedKind
from crm.settings import LOOPBACK
from crm.web import commit, invalid


def feeds() -> ResponseReturnValue:
    return _page(FeedForm(formdata=None))


def add_feed() -> ResponseReturnValue:
    form = FeedForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    feed, token = feed_service.create_feed(
        g.practice,
        g.user,
        name=form.name.data,
        kind=FeedKind(form.kind.data),
        hide_sources=form.hide_sources.data,
        days_back=form.days_back.data,
        days_ahead=form.days_ahead.data,
        now=g.now,
    )
    return _shown_once(feed, token)


def rotate_feed(feed_id: int) -> ResponseReturnValue:
    feed = feed_queries.get_feed(g.practice.id, g.user.id, feed_id)
    return _shown_once(feed, feed_service.rotate_feed(feed, now=g.now))


def _shown_once(feed: CalendarFeed, token: str) -> str:
    """Show a new address in this answer and never again, so no redirect: nothing keeps it on the way."""
    journal.record(g.practice, FeedCreated(feed=feed.id), now=g.now, actor=g.user.id)
    base_url = current_app.extensions["handoff"].settings.base_url
    notices.tell(g.user, Notice.NEW_FEED, now=g.now, base_url=base_url)
    commit()
    return _page(FeedForm(formdata=None), feed, token)


def revoke_feed(feed_id: int) -> ResponseReturnValue:
    feed = feed_queries.get_feed(g.practice.id, g.user.id, feed_id)
    feed_service.revoke_feed(feed, now=g.now)
    journal.record(g.practice, FeedRevoked(feed=feed.id), now=g.now, actor=g.user.id)
    commit()
    flash("The address no longer works. Calendars drop its events at their next look.")
    return redirect(url_for("outreach.calendar_feeds"), 303)


def _page(form: FeedForm, shown: CalendarFeed | None = None, token: str = "") -> str:
    feeds = feed_queries.feeds_of(g.user.id)
    settings = current_app.extensions["handoff"].settings
    return render_template(
        "outreach/feeds.html",
        form=form,
        feeds=feeds,
        idle={feed.id for feed in feeds if feed_kinds.is_idle(feed.created_at, feed.fetched_at, g.now)},
        shown=shown,
        addresses=_addresses(token, settings.base_url) if shown else None,
        only_here=settings.hostname in LOOPBACK,
        kinds=feed_kinds.WORDS,
        ahead=feed_kinds.AHEAD,
    )


def _addresses(token: str, base_url: str) -> dict[str, str]:
    """Return one address in the forms calendars take it, and as a picture for a phone's camera."""
    https = base_url + url_for("public.feed", token=token)
    webcal = "webcal:" + https.partition(":")[2]
    return {
        "plain": https,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(https, safe='')}",
        "code": segno.make_qr(webcal, error="m").svg_data_uri(scale=4, border=3, light="#fff"),
    }
