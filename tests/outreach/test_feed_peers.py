"""The feed in other people's programs: four parsers, a synchroniser and a calendar read the same days."""

import json
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import builders
import icalendar
import pytest
import recurring_ical_events
import vobject
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from crm import demo
from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import feed_service
from crm.outreach.models import FeedKind, Task, TaskStatus

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
Events = list[tuple[str, str, str]]


@pytest.fixture
def address(app, clock) -> str:
    """The path of a feed on the sample practice."""
    with app.app_context():
        practice = builders.practice()
        user = builders.user(practice)
        with writing():
            demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
            _feed, token = feed_service.create_feed(practice, user, name="Phone", hide_sources=False, now=clock.now)
    return f"/cal/{token}.ics"


@pytest.fixture
def feed(visitor, address) -> bytes:
    response = visitor.get(address)
    assert response.status_code == 200
    return response.data


def by_icalendar(feed: bytes) -> Events:
    events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    return sorted((str(e["UID"]), e["DTSTART"].dt.isoformat(), str(e["SUMMARY"])) for e in events)


def by_vobject(feed: bytes) -> Events:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendar = vobject.readOne(feed.decode())
    return sorted((e.uid.value, e.dtstart.value.isoformat(), e.summary.value) for e in calendar.vevent_list)


def by_recurring_ical_events(feed: bytes) -> Events:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(feed)).between(date(2025, 1, 1), date(2029, 1, 1))
    return sorted((str(e["UID"]), e["DTSTART"].dt.isoformat(), str(e["SUMMARY"])) for e in found)


def by_ical_js(feed: bytes, folder: Path) -> Events:
    path = folder / "feed.ics"
    path.write_bytes(feed)
    command = ["node", str(ROOT / "tests" / "peers" / "ical_dump.mjs"), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted((uid, day, summary) for uid, day, summary in json.loads(done.stdout))


def test_four_parsers_read_the_open_tasks(app, feed, tmp_path):
    read = by_icalendar(feed)
    assert by_vobject(feed) == read
    assert by_recurring_ical_events(feed) == read
    assert by_ical_js(feed, tmp_path) == read
    with app.app_context():
        open_ones = db.session.scalars(select(Task.due).where(Task.status == TaskStatus.OPEN)).all()
    lunch = next(event for event in read if event[2].startswith("Lunch-and-learn"))
    assert sorted(day for _uid, day, _summary in read) == sorted([*(due.isoformat() for due in open_ones), lunch[1]])


@pytest.mark.usefixtures("address")
def test_four_parsers_read_the_same_of_every_kind(app, visitor, clock, tmp_path):
    for kind in FeedKind:
        with app.app_context(), writing():
            practice = builders.practice()
            _feed, token = feed_service.create_feed(
                practice, builders.user(practice), name="One", kind=kind, hide_sources=True, now=clock.now
            )
        feed = visitor.get(f"/cal/{token}.ics").data
        read = by_icalendar(feed)
        assert read, kind
        assert by_vobject(feed) == by_recurring_ical_events(feed) == by_ical_js(feed, tmp_path) == read


def test_no_line_is_too_long_and_nothing_but_events_is_told(feed):
    lines = feed.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    names = {line.split(b":")[0].split(b";")[0] for line in lines if line and not line.startswith(b" ")}
    assert names <= {
        b"BEGIN", b"END", b"VERSION", b"PRODID", b"CALSCALE", b"X-WR-CALNAME", b"REFRESH-INTERVAL", b"X-PUBLISHED-TTL",
        b"UID", b"DTSTAMP", b"LAST-MODIFIED", b"SEQUENCE", b"DTSTART", b"DTEND", b"SUMMARY", b"DESCRIPTION", b"STATUS",
        b"TRANSP", b"CLASS",
    }  # fmt: skip


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_synchroniser_and_a_calendar_show_the_right_days(app, address, feed, tmp_path, zone):
    with _subscribed(app, address, tmp_path, zone) as look:
        listed = look()
    expected = sorted(f"{day}|{summary}" for _uid, day, summary in by_icalendar(feed))
    assert sorted(listed) == expected


def test_a_calendar_drops_what_is_done_or_called_off_and_follows_what_moved(app, owner, address, tmp_path):
    with app.app_context():
        keys = dict(
            db.session.execute(select(Task.rule, Task.key).where(Task.status == TaskStatus.OPEN)).tuples().all()
        )
        lunch = db.session.scalar(select(JournalEntry).where(JournalEntry.type == "ll_scheduled"))
        source_id, lunch_id = lunch.source_id, lunch.payload["id"]
    with _subscribed(app, address, tmp_path, "America/New_York") as look:
        before = {line.partition("|")[2]: line.partition("|")[0] for line in look()}
        owner.post(f"/tasks/{keys['C22']}/done")
        owner.post(f"/sources/{source_id}/lunch/{lunch_id}/moved", data={"moved_to": "2026-06-09"})
        after = {line.partition("|")[2]: line.partition("|")[0] for line in look()}
        owner.post(f"/sources/{source_id}/lunch/{lunch_id}/cancelled", data={"cancelled-on": "2026-05-06"})
        off = {line.partition("|")[2] for line in look()}
    card, meal = (
        next(title for title in before if title.startswith(words)) for words in ("Write a thank-you", "Lunch-and-learn")
    )
    assert card not in after
    assert before[meal] != after[meal] == "2026-06-09"
    assert meal not in off
    assert not any("the lunch" in title for title in off)
    assert off < set(after)


@contextmanager
def _subscribed(app: Flask, address: str, folder: Path, zone: str) -> Iterator[Callable[[], list[str]]]:
    """Serve the desk and give what a synchroniser and a calendar make of the address each time they look."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield lambda: _synchronised(f"http://127.0.0.1:{server.server_port}{address}", folder, zone)
    finally:
        server.shutdown()
        thread.join()


def _synchronised(url: str, folder: Path, zone: str) -> list[str]:
    """Fetch the feed with vdirsyncer and list it with khal, both in `zone`."""
    calendar = folder / "calendar"
    (folder / "vdirsyncer").write_text(
        f"""[general]
status_path = "{folder}/status"
[pair desk]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{calendar}"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
    )
    (folder / "khal").write_text(
        f"""[calendars]
[[desk]]
path = {calendar}
type = calendar
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = {zone}
default_timezone = {zone}
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
    )
    home = {
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
    }
    environment = {**os.environ, **home, "TZ": zone, "VDIRSYNCER_CONFIG": str(folder / "vdirsyncer")}

    def run(*command: str) -> str:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    if not (folder / "status").exists():
        run(str(BIN / "vdirsyncer"), "discover")
    run(str(BIN / "vdirsyncer"), "sync")
    show = ("list", "--day-format", "", "--format", "{start-date}|{title}", "2025-06-01", "900d")
    out = run(str(BIN / "khal"), "-c", str(folder / "khal"), *show)
    return [line.strip() for line in out.splitlines() if "|" in line]
