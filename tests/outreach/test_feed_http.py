"""A calendar address over HTTP: shown once, cheap to ask again, gone when withdrawn."""

import re
from datetime import date, timedelta

import builders
import icalendar
import pytest
from sqlalchemy import select, text, update

from crm.accounts.models import User
from crm.clients import service as clients
from crm.clients.models import Visit
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import PackageReady, TaskDone
from crm.outreach import digest_jobs, feed_service
from crm.outreach.models import CalendarFeed, FeedKind, Task
from crm.sources import lunch_service
from crm.sources.queries import get_source


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
    assert address not in owner.get("/calendar/feeds").text
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


def events_of(answer) -> dict[str, tuple[date, str, int]]:
    """Return what a calendar reads: by UID the day, the title and the sequence."""
    assert answer.status_code == 200
    found = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(e["UID"]): (e["DTSTART"].dt, str(e["SUMMARY"]), int(e["SEQUENCE"])) for e in found}


def titles(answer) -> set[str]:
    return {title for _on, title, _sequence in events_of(answer).values()}


@pytest.fixture
def of_kind(app, desk, clock):
    """Make an address of a kind; beside the desk's tasks there are a client with a visit and an agreed lunch."""
    with app.app_context():
        practice = builders.practice()
        user = builders.user(practice)
        with writing():
            source = get_source(practice.id, 1)
            client = builders.client(practice, source=source)
            clients.schedule_visit(practice, client, date(2026, 5, 20), source=source, now=clock.now)
            lunch_service.agree(practice, source, date(2026, 5, 21), now=clock.now, actor=user.id)

    def make(kind: str, **values: object) -> str:
        with app.app_context(), writing():
            where = builders.practice()
            _feed, token = feed_service.create_feed(
                where, builders.user(where), name=kind, kind=FeedKind(kind), now=clock.now, **values
            )
        return f"/cal/{token}.ics"

    return make


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ("all", "Lunch-and-learn with Dr. Helen Marsh", "Follow-up, C-0142"),
        ("all", "Send the introduction package to Dr. Helen Marsh", "Follow-up, C-0142"),
        ("reports", "Follow-up, C-0142", "Lunch-and-learn with Dr. Helen Marsh"),
        (
            "calls",
            "Confirm the lunch-and-learn with Dr. Helen Marsh",
            "Send the introduction package to Dr. Helen Marsh",
        ),
        ("lunches", "Order the lunch for Dr. Helen Marsh", "Send the introduction package to Dr. Helen Marsh"),
    ],
)
def test_an_address_shows_its_kind(of_kind, visitor, kind, there, absent):
    found = titles(visitor.get(of_kind(kind)))
    assert there in found
    assert absent not in found


def test_an_address_without_names_names_nobody(of_kind, visitor):
    for kind in FeedKind:
        feed = visitor.get(of_kind(kind.value, hide_sources=True)).data
        assert b"Marsh" not in feed
        assert b"BEGIN:VEVENT" in feed


def test_an_address_reaches_as_far_as_was_asked(of_kind, visitor, clock):
    short, long = of_kind("all", days_back=7, days_ahead=10), of_kind("all")
    assert "Lunch-and-learn with Dr. Helen Marsh" not in titles(visitor.get(short))
    clock.now += timedelta(days=8)
    assert "Lunch-and-learn with Dr. Helen Marsh" in titles(visitor.get(short))
    clock.now += timedelta(days=40)
    assert titles(visitor.get(short)) < titles(visitor.get(long))


def test_a_visit_that_moves_keeps_its_id_and_raises_its_sequence_and_leaves_when_cancelled(
    app, of_kind, visitor, clock
):
    path = of_kind("reports")
    first = visitor.get(path)
    ((uid, (on, _title, sequence)),) = [e for e in events_of(first).items() if e[1][1].startswith("Follow-up")]
    assert (on, sequence) == (date(2026, 5, 20), 0)

    def then(act, *days) -> None:
        clock.now += timedelta(minutes=5)
        with app.app_context():
            where = builders.practice()
            with writing():
                visit = db.session.scalar(select(Visit))
                act(where, clients.queries.get_client(where.id, visit.client_id), visit, *days, now=clock.now)

    then(clients.move_visit, date(2026, 5, 27))
    moved = visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert events_of(moved)[uid][::2] == (date(2026, 5, 27), 1)
    then(clients.cancel_visit)
    assert uid not in events_of(visitor.get(path, headers={"If-None-Match": moved.headers["ETag"]}))


def test_a_lunch_whose_move_is_taken_back_still_raises_its_sequence(app, of_kind, owner, visitor, clock):
    path = of_kind("lunches")
    uid = next(uid for uid, event in events_of(visitor.get(path)).items() if event[1].startswith("Lunch-and-learn"))
    with app.app_context():
        where = builders.practice()
        with writing():
            source = get_source(where.id, 1)
            (lunch,) = lunch_service.lunches_of(where.id, source.id)
            seq = lunch_service.move(where, source, lunch, date(2026, 5, 28), now=clock.now, actor=1).seq
    assert events_of(visitor.get(path))[uid][::2] == (date(2026, 5, 28), 1)
    owner.post(f"/undo/{seq}")
    assert events_of(visitor.get(path))[uid][::2] == (date(2026, 5, 21), 2)
    owner.post("/sources/1/lunch/l1/cancelled", data={"cancelled-on": "2026-05-06"})
    assert uid not in events_of(visitor.get(path))


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "poison",
    [
        "UPDATE task SET due = '2026-05-99' WHERE rule = 'C51a'",
        "UPDATE task SET changed_at = 'yesterday' WHERE rule = 'C51a'",
        "UPDATE task SET status = 'opened', due = due WHERE rule = 'C51a'",
        "UPDATE task SET revision = 'two' WHERE rule = 'C51a'",
        "UPDATE task SET channel = x'00ff', template = 7 WHERE rule = 'C51a'",
    ],
)
def test_a_row_that_cannot_be_read_harms_no_other(app, of_kind, owner, visitor, poison):
    path = of_kind("all")
    before = titles(visitor.get(path))
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql(poison)
        connection.exec_driver_sql("UPDATE practice SET task_revision = task_revision + 1")
    after = titles(visitor.get(path))
    assert before - after <= {"Confirm the lunch-and-learn with Dr. Helen Marsh"}
    for view in ("", "?view=agenda&month=2026-05", "/feeds"):
        assert owner.get("/calendar" + view).status_code == 200


def test_a_calendar_that_asks_without_end_is_told_to_wait_and_one_that_remembers_is_not(visitor, address, clock):
    first = visitor.get(address)
    answers = [visitor.get(address).status_code for _ in range(60)]
    assert answers == [200] * 59 + [429]
    refused = visitor.get(address)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert visitor.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    clock.now += timedelta(minutes=1)
    assert visitor.get(address).status_code == 200


def test_the_page_of_addresses_says_what_each_holds_and_asks_about_a_forgotten_one(owner, visitor, address, clock):
    shown = owner.post(
        "/calendar/feeds", data={"name": "Wall", "kind": "reports", "days_back": 7, "days_ahead": 30}
    ).text
    assert 'src="data:image/svg+xml' in shown
    assert "webcal://" in shown
    assert "calendar.google.com" in shown
    visitor.get(address, headers={"User-Agent": "Google-Calendar-Importer"})
    page = owner.get("/calendar/feeds").text
    assert "last fetched today by Google Calendar" in page
    assert "Reports; 7 days back, one month ahead; not fetched yet" in page
    assert "Still needed?" not in page
    clock.now += timedelta(days=90)
    assert owner.get("/calendar/feeds").text.count("Still needed?") == 2


@pytest.mark.parametrize("wrong", [{"kind": "everything"}, {"days_ahead": "9999"}, {"name": ""}])
def test_an_address_of_no_kind_or_reach_is_refused(app, owner, wrong):
    answer = owner.post("/calendar/feeds", data={"name": "Wall"} | wrong)
    assert answer.status_code == 422
    assert "/cal/crmf_" not in answer.text


def test_a_command_makes_an_address_of_a_kind(app, of_kind, visitor):
    run = app.test_cli_runner().invoke
    made = run(args=["feed", "create", "--user", "owner@example.com", "--kind", "lunches"])
    assert made.exit_code == 0, made.output
    path = made.output.strip().removeprefix("http://localhost")
    assert "Order the lunch for Dr. Helen Marsh" in titles(visitor.get(path))
    nobody = run(args=["feed", "create", "--user", "nobody@example.com", "--json"])
    assert (nobody.exit_code, nobody.output.count('"field": "user"')) == (2, 1)


def test_a_day_that_was_refused_is_forgotten_when_the_next_one_is_asked(app, desk, owner):
    with app.app_context():
        key = db.session.scalar(select(Task.key).where(Task.rule == "C01"))
    htmx = {"HX-Request": "true"}
    refused = owner.post(f"/tasks/{key}/snooze", data={"to": "2026-05-07"}, headers=htmx)
    assert (refused.status_code, "choose a later day" in refused.text) == (422, True)
    past = owner.post(f"/tasks/{key}/snooze", data={"to": "2026-05-05"}, headers=htmx)
    assert (past.status_code, "That day is past" in past.text) == (422, True)
    taken = owner.post(f"/tasks/{key}/snooze", data={"to": "2026-05-12"}, headers=htmx)
    assert (taken.status_code, "Put off to Tue" in taken.text) == (200, True)
