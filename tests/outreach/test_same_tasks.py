"""Today, digest and feed are three readings of one list, also around midnight and both clock changes."""

import re
from datetime import timedelta

import builders
import icalendar
import pytest
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import (
    AssessmentDone,
    ClientAdded,
    PackageReady,
    RedFlag,
    ReferralReceived,
    SessionHeld,
    VisitScheduled,
)
from crm.outreach import digest_jobs, feed_service, jobs, kinds
from crm.outreach.models import Task, TaskStatus
from crm.sources.models import Source

MOMENTS = [
    pytest.param("America/New_York", "2026-03-07T23:59:00-05:00", id="New York, the evening before spring"),
    pytest.param("America/New_York", "2026-03-08T00:01:00-05:00", id="New York, the morning of spring"),
    pytest.param("America/New_York", "2026-03-08T23:59:00-04:00", id="New York, the evening of spring"),
    pytest.param("America/New_York", "2026-03-09T00:01:00-04:00", id="New York, the morning after spring"),
    pytest.param("America/New_York", "2026-10-31T23:59:00-04:00", id="New York, the evening before autumn"),
    pytest.param("America/New_York", "2026-11-01T00:01:00-04:00", id="New York, the morning of autumn"),
    pytest.param("America/New_York", "2026-11-01T23:59:00-05:00", id="New York, the evening of autumn"),
    pytest.param("America/New_York", "2026-11-02T00:01:00-05:00", id="New York, the morning after autumn"),
    pytest.param("Pacific/Auckland", "2026-04-04T23:59:00+13:00", id="Auckland, the evening before autumn"),
    pytest.param("Pacific/Auckland", "2026-04-05T00:01:00+13:00", id="Auckland, the morning of autumn"),
    pytest.param("Pacific/Auckland", "2026-04-06T00:01:00+12:00", id="Auckland, the morning after autumn"),
    pytest.param("Pacific/Auckland", "2026-09-26T23:59:00+12:00", id="Auckland, the evening before spring"),
    pytest.param("Pacific/Auckland", "2026-09-27T00:01:00+12:00", id="Auckland, the morning of spring"),
    pytest.param("Pacific/Auckland", "2026-09-28T00:01:00+13:00", id="Auckland, the morning after spring"),
]


def open_desk(app, clock, zone: str) -> str:
    """Let a week of work happen before the moment; return a feed's path. Needs an application context."""
    practice = builders.practice(time_zone=zone)
    user = builders.user(practice)
    with writing():
        marsh = builders.source(practice, office=builders.office(practice))
        okafor = builders.source(practice, "Daniel", "Okafor")
        client = builders.client(practice, source=marsh)
        visit_on = (clock.now + timedelta(days=9)).date().isoformat()
        events = (
            (6, PackageReady(source=f"s{okafor.id}")),
            (5, ReferralReceived(source=f"s{marsh.id}", id="r1", client=client.code)),
            (5, ClientAdded(client=client.code)),
            (3, AssessmentDone(client=client.code)),
            (2, SessionHeld(client=client.code)),
            (
                1,
                VisitScheduled(client=client.code, id="v1", visit_on=visit_on),
            ),
            (0, RedFlag(client=client.code)),
        )
        journal.record_all(
            practice,
            [journal.Happening(event, clock.now - timedelta(days=days)) for days, event in events],
            now=clock.now,
        )
        _feed, token = feed_service.create_feed(practice, user, name="Phone", hide_sources=False, now=clock.now)
    return f"/cal/{token}.ics"


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text).replace("\N{NO-BREAK SPACE}", " ")).strip()


@pytest.mark.parametrize(("zone", "moment"), MOMENTS)
def test_the_three_tell_the_same(app, owner_of, clock, zone, moment):
    clock.set(moment)
    with app.app_context():
        path = open_desk(app, clock, zone)
        jobs.replan_today(now=clock.now)
        practice = db.session.scalar(select(Practice))
        today = journal.local_day(practice, clock.now)
        mail = digest_jobs.digest_of(builders.user(practice), today, now=clock.now)
        names = {source.id: source.display_name for source in db.session.scalars(select(Source))}
        due = {task.key: task for task in db.session.scalars(select(Task).where(Task.status == TaskStatus.OPEN))}
    browser = owner_of(app)
    page = browser.get("/").text
    feed = icalendar.Calendar.from_ical(browser.get(path).data).walk("VEVENT")

    listed = {key for key in due if f'id="t-{key.replace(":", "-")}"' in page}
    assert listed == set(due)  # all that is open stands on the page
    told = sorted((event["DTSTART"].dt, str(event["SUMMARY"])) for event in feed)
    assert len(told) == len(due)
    assert [day for day, _title in told] == sorted(task.due for task in due.values())

    pressing = [task for task in due.values() if task.due <= today or task.rule in {"C34a", "C34b"}]
    assert pressing
    text = plain(mail.text)
    for task in pressing[:10]:
        title = kinds.outside_title(task.rule, source=names.get(task.source_id), client="C-0142")
        assert title in text, title
        assert (task.due, title) in told
    heading = plain(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1])
    assert heading == f"{today:%A} {today.day} {today:%B}"
    assert heading in text


@pytest.fixture
def owner_of():
    return builders.signed_in
