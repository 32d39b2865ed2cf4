"""What the outside may ask for: a calendar feed by its secret address, and whether the desk is alive.

Nothing here can open client data; a feed works with the key file gone.
"""

from collections import OrderedDict
from contextlib import suppress
from datetime import timedelta
from threading import Lock

from flask import Response, current_app, g, make_response, request
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from crm import clock
from crm.db import Damaged, db, writing
from crm.outreach import agenda_queries, calendar_feed, feed_queries
from crm.outreach.agenda import AgendaItem
from crm.outreach.digest import path_of
from crm.outreach.feed_queries import FeedInfo
from crm.outreach.feed_service import client_family, digest_of
from crm.outreach.models import CalendarFeed, Heartbeat

KEPT_BLOCKS, KEPT_FEEDS = 50_000, 64
NOTE_EVERY = timedelta(minutes=5)
SILENT = timedelta(minutes=5)


class Kept:
    """The bytes last made, by key, so many of them, for all threads of this process."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._bytes: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """Return what was kept under a key."""
        with self._lock:
            found = self._bytes.get(key)
            if found is not None:
                self._bytes.move_to_end(key)
            return found

    def keep(self, key: tuple[object, ...], made: bytes) -> bytes:
        """Keep and return what was made; the longest unused goes."""
        with self._lock:
            self._bytes[key] = made
            while len(self._bytes) > self._most:
                self._bytes.popitem(last=False)
        return made


blocks, bodies = Kept(KEPT_BLOCKS), Kept(KEPT_FEEDS)


def feed(token: str) -> Response:
    """Answer a calendar; an unknown, withdrawn or disabled address gives the same 404 in the same bytes."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site" and request.headers.get("Sec-Fetch-Dest") == "image":
        return _plain("Not for pages.\n", 403)
    info = feed_queries.find_by_hash(digest_of(token))
    if info is None:
        return _plain("There is no calendar at this address.\n", 404)
    today = clock.local_date(g.now, info.time_zone)
    tag = calendar_feed.revision(
        info.practice_uuid, info.feed_id, info.task_revision, info.practice_name, info.name, info.hide_sources, today
    )
    _note_fetch(info)
    if tag in request.if_none_match:
        response = make_response("", 304)
    else:
        body = bodies.get((info.feed_id, tag)) or bodies.keep((info.feed_id, tag), _body(info))
        response = make_response(body)
        response.headers["Content-Type"] = "text/calendar; charset=utf-8"
        response.headers["Content-Disposition"] = 'inline; filename="handoff.ics"'
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _body(info: FeedInfo) -> bytes:
    today = clock.local_date(g.now, info.time_zone)
    items = agenda_queries.open_items(info.practice_id, today=today)
    made = (_block(item, info) for item in items)
    return calendar_feed.to_ics(made, name=f"{info.practice_name or 'Handoff'}: {info.name}")


def _block(item: AgendaItem, info: FeedInfo) -> bytes:
    key = (info.practice_uuid, item.key, item.revision, item.changed_at, item.source_name, info.hide_sources)
    if (kept := blocks.get(key)) is not None:
        return kept
    settings = current_app.extensions["handoff"].settings
    made = calendar_feed.event_block(
        item,
        calendar_id=info.practice_uuid,
        host=settings.hostname,
        url=settings.base_url + path_of(item),
        hide_sources=info.hide_sources,
    )
    return blocks.keep(key, made)


def _note_fetch(info: FeedInfo) -> None:
    """Remember who fetched and when, at most every few minutes: the one thing this GET writes."""
    family = client_family(request.headers.get("User-Agent", ""))
    if info.fetched_at and g.now - info.fetched_at < NOTE_EVERY:
        return
    with suppress(Damaged), writing():  # a calendar is read even where nothing may be written
        db.session.execute(
            update(CalendarFeed).where(CalendarFeed.id == info.feed_id).values(fetched_at=g.now, fetched_by=family)
        )


def _plain(words: str, status: int) -> Response:
    response = make_response(words, status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def healthz() -> Response:
    """Say that the process answers."""
    return _plain("ok\n", 200)


def readyz() -> Response:
    """Say whether the database answers and the clock ticks."""
    try:
        db.session.execute(text("SELECT 1"))
        ticked = db.session.scalar(select(Heartbeat.ticked_at).limit(1))
    except SQLAlchemyError:
        return _plain("the database does not answer\n", 503)
    if ticked is None or g.now - ticked > SILENT:
        return _plain("the clock does not tick\n", 503)
    return _plain("ready\n", 200)
