"""A digest as somebody wants it: hour, days, a pause, a sign of life; and the ends of it in the mail itself."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import builders
import mailroom
import morning
import pytest
from dbhash import dbhash
from flask import Flask
from morning import MORNING, pass_at, task, with_work
from smtp_server import SmtpServer
from sqlalchemy import func, select

from crm.accounts.models import User
from crm.db import db, writing
from crm.factory import create_app
from crm.outreach import digest_jobs
from crm.outreach.models import DigestDay, OutboxMessage

WANTED = {"digest_on": "y", "digest_hour": "07:00", "digest_days": ["1", "2", "3", "4", "5"]}


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        builders.user()
        yield app


def set_user(**values: object) -> None:
    with writing():
        for name, value in values.items():
            setattr(builders.user(), name, value)


def wishes() -> tuple[object, ...]:
    db.session.rollback()
    user = db.session.scalar(select(User).execution_options(populate_existing=True))
    return user.digest_on, user.digest_days, user.digest_hour, user.digest_paused_until, user.digest_when_empty


def plain_and_html(server: SmtpServer) -> tuple[str, str]:
    message = server.kept[-1].message
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


def words_of(page: str) -> str:
    """Return the text of HTML as one line."""
    shown = re.sub(r"<(style|title)\b.*?</\1>", "", page, flags=re.DOTALL)
    blocks = re.sub(r"</?(span|b|a)\b[^>]*>", "", shown)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", blocks)).split())


def test_the_two_parts_say_the_same_and_lead_to_the_same(app, server, clock):
    with_work()
    for n in range(16):
        task(f"C22:s1:x{n}", "2026-05-06", channel="card", template="thank-you", source_id=1)
    pass_at(clock, MORNING)
    text, page = plain_and_html(server)
    reading, _, _links = text.partition("The addresses, by number.")
    shown = words_of(page)
    for line in filter(None, map(str.strip, reading.splitlines())):
        said = re.sub(r"^\d+\. ", "", re.sub(r"https?://\S+", "", line)).rstrip(": ")
        for part in re.split(r"(?<=May)\. ", said):
            assert part.lower() in shown.lower(), part
    assert sorted(re.findall(r"http://[^\s]+", text)) == sorted(map(html.unescape, re.findall(r'href="([^"]+)"', page)))
    assert len([line for line in reading.splitlines() if line.strip()]) < 25
    assert len(re.findall(r"^\d+\. ", reading, flags=re.MULTILINE)) == 10
    assert "and 7 more" in reading
    assert "One small step" in reading


@pytest.mark.parametrize("secret", ["<script", "javascript:", "onclick", "src="])
def test_the_html_part_runs_and_fetches_nothing(app, server, clock, secret):
    with_work()
    pass_at(clock, MORNING)
    assert secret not in plain_and_html(server)[1]


def test_a_name_that_looks_like_html_is_only_a_name(app, server, clock):
    with writing():
        builders.source(last_name="<b>Marsh & Co", added_on=date(2026, 4, 1))
    task("C22:s1:1", "2026-05-06", source_id=1)
    pass_at(clock, MORNING)
    text, page = plain_and_html(server)
    assert "<b>Marsh & Co" in text
    assert "&lt;b&gt;Marsh &amp; Co" in page


def test_by_https_a_mail_program_may_unsubscribe_with_one_click(settings, clock, server):
    secure = mailroom.with_server(settings, server.port).model_copy(update={"base_url": "https://desk.example.com"})
    app = create_app(secure, clock)
    with app.app_context():
        builders.user()
        with_work()
        pass_at(clock, MORNING)
        message = server.kept[-1].message
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = re.search(r"<https://desk\.example\.com(/d/\S+/stop)>", str(message["List-Unsubscribe"]))[1]
        program = app.test_client()
        before = dbhash()
        assert "Stop the digest" in program.get(address, base_url="https://desk.example.com").text
        assert dbhash() == before
        answer = program.post(address, data={"List-Unsubscribe": "One-Click"}, base_url="https://desk.example.com")
        assert answer.status_code == 200
        assert wishes()[0] is False
        assert pass_at(clock, "2026-05-07T11:00:30Z") == 0


def test_a_pause_is_chosen_from_the_mail_and_ended_again(app, server, visitor, clock):
    with_work()
    pass_at(clock, MORNING)
    address = next(path for path in morning.addresses(server) if path.endswith("/pause"))
    before = dbhash()
    page = visitor.get(address).text
    assert "Without a pause the next one comes Thu\N{NO-BREAK SPACE}7\N{NO-BREAK SPACE}May." in page
    assert visitor.post(address, data={"days": "4000"}).status_code == 200
    assert visitor.post(address).status_code == 200
    assert dbhash() == before
    assert (
        "The next one comes Wed\N{NO-BREAK SPACE}13\N{NO-BREAK SPACE}May"
        in visitor.post(address, data={"days": "7"}).text
    )
    assert wishes()[3] == date(2026, 5, 13)
    assert [pass_at(clock, f"2026-05-{day:02}T11:00:30Z") for day in range(7, 15)] == [0] * 6 + [1, 1]
    visitor.post(address, data={"days": "3"})
    visitor.post(address, data={"days": "0"})
    assert wishes()[3] is None


@pytest.mark.parametrize("what", ["stop", "pause"])
def test_an_altered_address_gets_the_page_of_a_link_that_does_not_work(app, server, visitor, clock, what):
    with_work()
    pass_at(clock, MORNING)
    [address] = [path for path in morning.addresses(server) if path.endswith(f"/{what}")]
    before, refusal = dbhash(), visitor.get("/a/nonsense").data
    for wrong in (address.replace("/d/MQ", "/d/Mg"), f"/d/x/{what}", f"/d/{'9' * 4000}/{what}", f"/d/MQ.x/{what}"):
        assert visitor.post(wrong, data={"days": "7"}).data == refusal
    assert dbhash() == before


def test_an_empty_morning_is_told_to_those_who_want_a_sign_of_life(app, server, clock):
    set_user(digest_when_empty=True)
    assert pass_at(clock, MORNING) == 1
    assert server.kept[0].message["Subject"] == "Wed 6 May: nothing due"
    assert "Nothing is due today." in plain_and_html(server)[0]
    assert "The addresses" not in plain_and_html(server)[0]
    assert [row.empty for row in db.session.scalars(select(DigestDay))] == [False]
    assert pass_at(clock, "2026-05-09T15:00:00Z") == 0  # Saturday


def test_what_is_urgent_waits_for_the_end_of_a_pause_only(app, server, clock):
    set_user(digest_paused_until=date(2026, 5, 11), digest_days="135")
    with_work(due="2026-05-06")
    task("C34a:C-0142:1", "2026-05-06", rule="C34a", channel="phone", source_id=1)
    assert [pass_at(clock, f"2026-05-{day:02}T15:00:00Z") for day in (6, 8, 9, 10)] == [0] * 4
    assert [pass_at(clock, f"2026-05-{day:02}T15:00:00Z") for day in (11, 12)] == [1, 1]


def test_the_practice_page_saves_each_wish(app, clock):
    owner = builders.signed_in(app)
    answer = owner.post(
        "/practice/digest",
        data={"digest_on": "y", "digest_hour": "06:30", "digest_days": ["2", "6"], "digest_paused_until": "2026-06-01",
              "digest_when_empty": "y"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert wishes() == (True, "26", "06:30", date(2026, 6, 1), True)
    page = owner.get("/practice").text
    assert 'value="2026-06-01"' in page
    clock.now += timedelta(days=60)
    assert 'value="2026-06-01"' not in owner.get("/practice").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"digest_hour": "03:17"}, "Not a valid choice", id="an hour that is none"),
        pytest.param({"digest_days": []}, "Choose at least one day", id="no day"),
        pytest.param({"digest_days": ["8"]}, "not a valid choice", id="a day there is not"),
        pytest.param({"digest_paused_until": "soon"}, "This is not a date", id="no date"),
        pytest.param({"digest_paused_until": "2026-05-06"}, "Choose a day after today", id="a pause that is over"),
    ],
)
def test_a_wish_that_cannot_be_is_named_and_nothing_is_kept(app, change, says):
    owner, before = builders.signed_in(app), wishes()
    answer = owner.post("/practice/digest", data=WANTED | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert wishes() == before


def test_who_never_chose_days_follows_the_practice(app):
    owner = builders.signed_in(app)
    second = builders.user(email="second@example.com")
    with writing():
        second.digest_days = "3"
    practice = {
        "practice_name": "Northside Exercise",
        "time_zone": "America/New_York",
        "cutoff": "15:00",
    }
    assert owner.post("/practice", data=practice | {"work_days": ["2", "3", "4", "5", "6"]}).status_code == 303
    db.session.rollback()
    query = select(User.email, User.digest_days).order_by(User.id)
    assert [tuple(row) for row in db.session.execute(query)] == [
        ("owner@example.com", "23456"), ("second@example.com", "3"),
    ]  # fmt: skip
    assert builders.user(email="third@example.com").digest_days == "23456"


def test_the_next_digest_can_be_read_before_it_comes(app, clock):
    with_work(due="2026-05-07")
    owner, before = builders.signed_in(app), dbhash()
    page = owner.get("/digest/next").text
    assert "Thursday 7 May. Today: one report." in page
    assert 'Report due: <span class="code">C-0142' in page
    assert "/a/" not in page
    assert dbhash() == before


def test_one_users_digest_is_composed_in_the_zone_and_hour_of_the_practice(app, server, clock):
    with writing():
        builders.practice().time_zone = "Pacific/Auckland"
    with_work(due="2026-05-07")
    assert pass_at(clock, "2026-05-06T18:59:30Z") == 0
    assert pass_at(clock, "2026-05-06T19:00:30Z") == 1  # Thursday there


CHANGES = [
    ("America/New_York", date(2026, 3, 8)), ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)), ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)), ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Honolulu", date(2026, 3, 8)), ("Pacific/Honolulu", date(2026, 11, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda value: str(value).replace("/", "-"))
def test_around_a_clock_change_the_queue_holds_one_a_day_at_seven(app, clock, zone, change):
    with writing():
        builders.practice().time_zone = zone
        builders.user().digest_days = "1234567"
    with_work(due=(change - timedelta(days=1)).isoformat())
    midnight = datetime(change.year, change.month, change.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for tick in range(-24 * 6, 48 * 6):  # the pure rule is asked at every one; the queue where it matters
        local = (midnight + timedelta(minutes=10 * tick)).astimezone(ZoneInfo(zone))
        if local.hour == 6 or (local.hour, local.minute) in {
            (2, 0),
            (7, 0),
            (7, 10),
            (23, 50),
        }:  # every ten minutes where it matters
            digest_jobs.queue_digests(now=local.astimezone(UTC))
    rows = db.session.scalars(select(DigestDay).order_by(DigestDay.on)).all()
    assert [row.on for row in rows] == [change + timedelta(days=n) for n in (-1, 0, 1)]
    assert {row.at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for row in rows} == {"07:00"}
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 3


def test_a_moved_practice_gets_no_second_one_for_a_date_it_had(app, server, clock):
    with_work()
    assert pass_at(clock, "2026-05-06T11:00:30Z") == 1
    with writing():
        builders.practice().time_zone = "Pacific/Honolulu"
    assert [pass_at(clock, f"2026-05-06T{hour:02}:00:30Z") for hour in range(12, 24)] == [0] * 12
    assert len(server.kept) == 1
