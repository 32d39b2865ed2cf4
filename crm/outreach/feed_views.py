"""What the outside may ask for: a calendar feed by its secret address.

Nothing here can open client data; a feed works with the key file gone.
"""

from collections import Counter, OrderedDict
from contextlib import suppress
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from threading import Lock

import structlog
from flask import Response, current_app, g, make_response, request
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from crm import clock
from crm.accounts.models import Practice
from crm.db import Busy, Damaged, db, writing
from crm.journal import access_service as access
from crm.journal.access_acts import FeedFetched
from crm.outreach import agenda_queries, appointments, calendar_feed, calendar_queries, feed_kinds, feed_queries
from crm.outreach.agenda import AgendaItem
from crm.outreach.appointments import Appointment, What
from crm.outreach.feed_queries import FeedInfo
from crm.outreach.feed_service import FAMILIES, client_family, digest_of
from crm.outreach.models import CalendarFeed
from crm.sources import lunch_queries
from crm.throttle_pages import count_wrong

log = structlog.get_logger()

KEPT_BLOCKS, KEPT_FEEDS = 50_000, 64
ANSWERS_A_MINUTE = 60
NOTE_EVERY = timedelta(minutes=5)


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


class Minute:
    """How many whole answers each feed had in the running minute, in this process; it forgets them with the minute."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._minute, self._answers = 0, Counter[tuple[str, int]]()

    def is_full(self, info: FeedInfo, now: datetime) -> bool:
        """Count one more answer of a feed; say whether it is one too many."""
        minute = int(now.timestamp()) // 60
        with self._lock:
            if minute != self._minute:
                self._minute, self._answers = minute, Counter()
            self._answers[info.practice_uuid, info.feed_id] += 1
            return self._answers[info.practice_uuid, info.feed_id] > self._most


OTHER_PROGRAM = "another program"
KNOWN = {name for _mark, name in FAMILIES}
blocks, bodies, answers = Kept(KEPT_BLOCKS), Kept(KEPT_FEEDS), Minute(ANSWERS_A_MINUTE)
noted = Kept(KEPT_FEEDS * 4)


def feed(token: str) -> Response:
    """Answer a calendar; an unknown, withdrawn or disabled address gives the same 404 in the same bytes."""
    info = feed_queries.find_by_hash(digest_of(token))
    if info is None:
        count_wrong("feed")
        return _plain("There is no calendar at this address.\n", 404)
    tag = _tag(info)
    _note_fetch(info)
    if tag in request.if_none_match:
        response = make_response("", 304)  # cheaper than counting
    elif answers.is_full(info, g.now):
        response = _plain("Asked too often. Once in five minutes is enough.\n", 429)
        response.headers["Retry-After"] = "60"
        return response
    else:
        body = bodies.get((info.feed_id, tag)) or bodies.keep((info.feed_id, tag), _body(info))
        response = make_response(body)
        response.headers["Content-Type"] = "text/calendar; charset=utf-8"
        response.headers["Content-Disposition"] = 'inline; filename="handoff.ics"'
    response.set_etag(tag)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _tag(info: FeedInfo) -> str:
    """Name all that the bytes depend on; who fetched it and when is no part of it."""
    shown = replace(info, fetched_at=None, fetched_by="")
    return calendar_feed.revision(*astuple(shown), clock.local_date(g.now, info.time_zone))


def _body(info: FeedInfo) -> bytes:
    today = clock.local_date(g.now, info.time_zone)
    first, last = today - timedelta(days=info.days_back), today + timedelta(days=info.days_ahead)
    tasks = agenda_queries.open_items(info.practice_id, today=today, since=first, until=last)
    found: list[AgendaItem | Appointment] = [item for item in tasks if feed_kinds.shows(info.kind, item)]
    if What.VISIT in feed_kinds.SHOWN[info.kind]:
        visits = calendar_queries.visits_between(info.practice_id, first, last)
        found += calendar_queries.with_changes(info.practice_id, visits)
    if What.LUNCH in feed_kinds.SHOWN[info.kind]:
        found += lunch_queries.appointments_between(info.practice_id, first, last)
    made = [_block(item, info) for item in found]
    if left_out := made.count(b""):
        log.warning("events_left_out", feed=info.feed_id, count=left_out)
    return calendar_feed.to_ics(made, name=f"{info.practice_name or 'Handoff'}: {info.name}")


def _block(item: AgendaItem | Appointment, info: FeedInfo) -> bytes:
    key = (info.practice_uuid, item.key, item.revision, item.changed_at, item.source_name, info.hide_sources)
    if (kept := blocks.get(key)) is not None:
        return kept
    settings = current_app.extensions["handoff"].settings
    path = appointments.path_of(item) if isinstance(item, Appointment) else f"/tasks/{item.key}"
    made = calendar_feed.event_block(
        item,
        calendar_id=info.practice_uuid,
        host=settings.hostname,
        url=settings.base_url + path,
        hide_sources=info.hide_sources,
    )
    return blocks.keep(key, made)


def _note_fetch(info: FeedInfo) -> None:
    """Remember who fetched and when, every few minutes; in the log once an hour and kind of calendar."""
    family = client_family(request.headers.get("User-Agent", ""))
    caller = family if family in KNOWN else OTHER_PROGRAM  # anybody may call themselves anything
    hour = (info.practice_uuid, info.feed_id, caller, int(g.now.timestamp()) // 3600)
    is_recent = info.fetched_at is not None and g.now - info.fetched_at < NOTE_EVERY
    if is_recent and noted.get(hour):
        return
    # A calendar is read even where nothing may be written.
    with suppress(Busy, Damaged, OperationalError), writing(info.practice_id):
        if not is_recent:
            fetched = {"fetched_at": g.now, "fetched_by": family}
            db.session.execute(update(CalendarFeed).where(CalendarFeed.id == info.feed_id).values(fetched))
        practice = db.session.get_one(Practice, info.practice_id)
        access.note_once(practice, FeedFetched(feed=info.feed_id, caller=caller), now=g.now, within=timedelta(hours=1))
        noted.keep(hour, b"noted")


def _plain(words: str, status: int) -> Response:
    response = make_response(words, status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
