"""A calendar address over HTTP: shown once, cheap to ask again, gone when withdrawn."""

import re
from datetime import timedelta

import builders
import pytest
from sqlalchemy import select, text, update

from crm.accounts.models import User
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import PackageReady, TaskDone
from crm.outreach import digest_jobs
from crm.outreach.models import CalendarFeed, Task


@pytest.fixture
def desk(app, clock):
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice)
            journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)


@pytest.fixture
def address(desk, owner) -> str:
    page = owner.post("/calendar/feeds", data={"name": "My phone"}).text
    return re.search(r"/cal/crmf_[\w-]{43}\.ics", page)[0]


def test_an_address_is_shown_once_and_kept_nowhere(app, owner, address):
    assert address not in owner.get("/calendar").text
    token = address.removeprefix("/cal/").removesuffix(".ics")
    with app.app_context():
        for name in db.metadata.tables:
            assert token not in str(db.session.execute(text(f'SELECT * FROM "{name}"')).all())  # noqa: S608


def test_what_did_not_change_is_not_sent_again(app, visitor, address, clock):
    first = visitor.get(address)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, max-age=300"
    again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert visitor.head(address).status_code == 200
    with app.app_context():
        task = db.session.scalar(select(Task).where(Task.rule == "C10"))
        with writing():
            journal.record(builders.practice(), TaskDone(key=task.key), now=clock.now, source_id=task.source_id)
    changed = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert b"introduction package" in first.data
    assert b"introduction package" not in changed.data


@pytest.mark.parametrize("how", ["withdrawn", "unknown", "renewed", "of somebody disabled"])
def test_an_address_that_does_not_work_says_the_same_whatever_the_reason(app, owner, visitor, address, how):
    nothing = visitor.get("/cal/crmf_never.ics")
    path = address
    match how:
        case "withdrawn":
            owner.post("/calendar/feeds/1/revoke")
        case "renewed":
            owner.post("/calendar/feeds/1/rotate")
        case "of somebody disabled":
            with app.app_context(), writing():
                db.session.execute(update(User).values(active=False))
        case "unknown":
            path = address.replace("crmf_", "crmf_x")
    gone = visitor.get(path)
    assert (gone.status_code, gone.data) == (404, nothing.data)


def test_who_fetched_last_is_told_by_family_and_written_rarely(app, visitor, address, clock):
    visitor.get(address, headers={"User-Agent": "Mozilla/5.0 Thunderbird/140.1 secret"})
    clock.now += timedelta(minutes=1)
    visitor.get(address, headers={"User-Agent": "Google-Calendar-Importer"})
    with app.app_context():
        feed = db.session.scalar(select(CalendarFeed))
        assert feed.fetched_by == "Thunderbird"
        assert feed.fetched_at == clock.now - timedelta(minutes=1)


def test_a_page_elsewhere_cannot_embed_it(visitor, address):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    assert visitor.get(address, headers=headers).status_code == 403


def test_one_poisoned_row_breaks_nothing(app, owner, visitor, address, clock):
    with app.app_context(), writing():
        db.session.execute(update(Task).where(Task.rule == "C01").values(rule="C99", channel="xyz", reason="?"))
        db.session.execute(text("UPDATE practice SET task_revision = task_revision + 1"))
    feed = visitor.get(address).data
    assert b"introduction package" in feed
    assert feed.count(b"BEGIN:VEVENT") == 2
    for path in ("/", "/pipeline", "/sources/1", "/calendar"):
        page = owner.get(path)
        assert page.status_code == 200, path
    with app.app_context():
        on = journal.local_day(builders.practice(), clock.now) + timedelta(days=9)
        mail = digest_jobs.digest_of(builders.user(), on, now=clock.now)
        assert "A task" in mail.text
