"""The addresses of outreach, one row each."""

from flask import Blueprint
from flask.typing import RouteCallable

from crm.outreach import (
    action_views,
    calendar_views,
    clock_views,
    digest_views,
    feed_page_views,
    feed_views,
    outbox_views,
    probe_views,
    quick_views,
    task_views,
    today_views,
    week_views,
)

bp = Blueprint("outreach", __name__)
public_bp = Blueprint("public", __name__)

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
ADDRESSES: tuple[tuple[str, str, RouteCallable, tuple[str, ...]], ...] = (
    ("/", "today", today_views.today, GET),
    ("/today/more", "more", today_views.more, GET),
    ("/today/week", "week", week_views.week, BOTH),
    ("/today/week/<int:seq>/undo", "undo_week", week_views.undo_week, POST),
    ("/today/calls", "call_sheet", today_views.call_sheet, GET),
    ("/tasks/<key>", "open_task", task_views.open_task, GET),
    ("/tasks/<key>/done", "done", task_views.done, POST),
    ("/tasks/<key>/outcome", "outcome", task_views.outcome, BOTH),
    ("/tasks/<key>/snooze", "snooze", task_views.snooze, BOTH),
    ("/tasks/<key>/skip", "skip", task_views.skip, BOTH),
    ("/undo/<int:seq>", "undo", task_views.undo, POST),
    ("/quick-add", "quick_add", quick_views.quick_add, BOTH),
    ("/quick-add/read", "read_line", quick_views.read_line, POST),
    ("/digest/next", "next_digest", digest_views.preview, GET),
    ("/calendar", "calendar", calendar_views.calendar, GET),
    ("/calendar/day/<on>", "calendar_day", calendar_views.one_day, GET),
    ("/calendar/feeds", "calendar_feeds", feed_page_views.feeds, GET),
    ("/calendar/feeds", "add_feed", feed_page_views.add_feed, POST),
    ("/calendar/feeds/<int:feed_id>/rotate", "rotate_feed", feed_page_views.rotate_feed, POST),
    ("/calendar/feeds/<int:feed_id>/revoke", "revoke_feed", feed_page_views.revoke_feed, POST),
    ("/clock", "clock", clock_views.clock, GET),
    ("/outbox", "outbox", outbox_views.index, GET),
    ("/outbox/try", "try_now", outbox_views.try_now, POST),
    ("/outbox/backlog", "release_backlog", outbox_views.release_backlog, POST),
    ("/outbox/<int:message_id>/release", "release", outbox_views.release, POST),
    ("/outbox/<int:message_id>/arrived", "arrived", outbox_views.arrived, POST),
    ("/outbox/<int:message_id>/again", "send_again", outbox_views.send_again, POST),
    ("/outbox/<int:message_id>/cancel", "cancel", outbox_views.cancel, POST),
)
for address, endpoint, view, methods in ADDRESSES:
    bp.add_url_rule(address, endpoint, view, methods=methods)

public_bp.add_url_rule("/cal/<token>.ics", "feed", feed_views.feed)
public_bp.add_url_rule("/healthz", "healthz", probe_views.healthz)
public_bp.add_url_rule("/readyz", "readyz", probe_views.readyz)
public_bp.add_url_rule("/metrics", "metrics", probe_views.metrics)
public_bp.add_url_rule("/a/<token>", "act", action_views.act, methods=BOTH)
public_bp.add_url_rule("/a/<token>/undo", "undo_action", action_views.undo, methods=POST)
public_bp.add_url_rule("/d/<token>/stop", "stop_digest", digest_views.stop, methods=BOTH)
public_bp.add_url_rule("/d/<token>/pause", "pause_digest", digest_views.pause, methods=BOTH)
