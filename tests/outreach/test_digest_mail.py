"""The digest as it lies in a mailbox, and on which mornings it gets there."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import builders
import mailroom
import pytest
from flask import Flask, current_app
from smtp_server import SmtpServer
from sqlalchemy import select

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import digest_jobs, jobs
from crm.outreach.models import DigestDay, Task, TaskStatus

MORNING = "2026-05-06T11:00:30Z"  # Wednesday, half a minute past seven in New York
NAME, DIAGNOSIS = "Wilhelmina Quagmire", "M17.11 unilateral osteoarthritis"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        builders.user()
        yield app


def task(key: str, due: str, *, rule: str = "C22", channel: str = "letter", **values: object) -> None:
    with writing():
        made = Task(
            practice_id=builders.practice().id,
            key=key,
            rule=rule,
            due=date.fromisoformat(due),
            window_end=date.fromisoformat(due),
            status=TaskStatus.OPEN,
            channel=channel,
            trigger="referral_received",
            trigger_on=date(2026, 5, 4),
            anchor_on=date(2026, 5, 4),
            **values,
        )
        db.session.add(made)


def with_work(due: str = "2026-05-06") -> None:
    """Let one report to Dr. Marsh about C-0142 be due."""
    sealer = current_app.extensions["handoff"].sealer()
    with writing():
        source = builders.source(added_on=date(2026, 4, 1), next_due_on=date.fromisoformat(due))
        client = builders.client(source=source)
        sealed = sealer.seal({"name": NAME, "diagnosis": DIAGNOSIS}, table="client", row=client.uuid)
        client.sealed = sealed
    task("C42:C-0142:1", due, rule="C42", source_id=source.id, client_id=client.id)


def pass_at(clock, iso: str) -> int:
    now = clock.set(iso)
    decided = digest_jobs.queue_digests(now=now)
    jobs.send_outbox(now=now)
    return decided


def days() -> list[tuple[str, bool]]:
    rows = db.session.scalars(select(DigestDay).order_by(DigestDay.on)).all()
    return [(row.on.isoformat(), row.empty) for row in rows]


def test_the_digest_lies_in_the_mailbox_with_counts_and_codes_only(app, server, clock):
    with_work()
    task("C30:s1", "2026-05-04", rule="C10", channel="phone", source_id=1)
    assert pass_at(clock, MORNING) == 1
    [kept] = server.kept
    message = kept.message
    assert kept.recipients == ["owner@example.com"]
    assert message["Subject"].endswith(": 1 overdue, 1 today")
    text = message.get_body(("plain",)).get_content()
    assert "C-0142" in text
    assert "Dr. Helen Marsh" in text
    assert "http://localhost/sources/" in text
    assert len(text.strip().splitlines()) < 25 + 4
    whole = kept.content.decode() + text + message.get_body(("html",)).get_content()
    for secret in (NAME, *NAME.split(), "W.Q.", "M17.11", "osteoarthritis"):
        assert secret not in whole


def test_the_digest_needs_no_keys(app, server, clock, settings):
    with_work()
    settings.keyring_path.rename(settings.keyring_path.with_name("gone"))
    app.extensions["handoff"]._sealer = None
    assert pass_at(clock, MORNING) == 1
    assert len(server.kept) == 1


def test_it_comes_once_a_day_whatever_runs_twice(app, server, clock):
    with_work()
    assert [pass_at(clock, at) for at in (MORNING, MORNING, "2026-05-06T20:00:00Z")] == [1, 0, 0]
    assert pass_at(clock, "2026-05-07T11:00:30Z") == 1
    assert len(server.kept) == 2
    assert set(mailroom.states()) == {"digest:1:2026-05-06", "digest:1:2026-05-07"}


def test_it_does_not_come_before_its_hour(app, server, clock):
    with_work()
    assert pass_at(clock, "2026-05-06T10:59:30Z") == 0
    assert days() == []


def test_an_empty_day_is_recorded_and_nothing_is_sent(app, server, clock):
    assert pass_at(clock, MORNING) == 1
    assert days() == [("2026-05-06", True)]
    assert server.kept == []
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.type, entry.payload) == ("digest_recorded", {"user": 1, "on": "2026-05-06", "empty": True})


def test_after_an_outage_one_digest_comes_not_one_for_each_day(app, server, clock):
    with_work()
    pass_at(clock, MORNING)
    pass_at(clock, "2026-05-12T15:00:00Z")
    assert days() == [("2026-05-06", False), ("2026-05-12", False)]
    assert len(server.kept) == 2


@pytest.mark.parametrize(
    ("at", "comes"),
    [
        pytest.param("2026-05-09T15:00:00Z", False, id="Saturday"),
        pytest.param("2026-05-25T15:00:00Z", False, id="Memorial Day"),
        pytest.param("2026-05-08T15:00:00Z", False, id="a closed day"),
        pytest.param("2026-05-11T15:00:00Z", True, id="Monday"),
    ],
)
def test_it_comes_on_working_days(app, server, clock, at, comes):
    with writing():
        builders.practice().closed_days = ["2026-05-08"]
    with_work(due=at[:10])
    assert pass_at(clock, at) == int(comes)
    assert len(server.kept) == int(comes)


def test_on_a_day_off_it_comes_when_something_is_urgent(app, server, clock):
    with_work(due="2026-05-09")
    assert pass_at(clock, "2026-05-09T15:00:00Z") == 0
    task("C34a:C-0142:1", "2026-05-09", rule="C34a", channel="phone", source_id=1)
    assert pass_at(clock, "2026-05-09T15:30:00Z") == 1
    assert "1 urgent" in server.kept[0].message["Subject"]


@pytest.mark.parametrize("value", [{"digest_on": False}, {"active": False}])
def test_nobody_gets_a_digest_who_does_not_want_or_may_not(app, server, clock, value):
    with_work()
    with writing():
        for name, to in value.items():
            setattr(builders.user(), name, to)
    assert pass_at(clock, MORNING) == 0


def test_each_user_gets_an_own_one_at_an_own_hour(app, server, clock):
    with_work()
    second = builders.user(email="second@example.com")
    with writing():
        second.digest_hour = "09:30"
    assert pass_at(clock, MORNING) == 1
    assert pass_at(clock, "2026-05-06T13:30:00Z") == 1
    assert [kept.recipients for kept in server.kept] == [["owner@example.com"], ["second@example.com"]]


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("first", [datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)])
def test_around_a_clock_change_there_is_one_a_day_at_seven_local(app, clock, zone, first):
    with writing():
        builders.practice().time_zone = zone
        builders.practice().work_days = "1234567"
    with_work(due=first.date().isoformat())
    for hour in range(3 * 24 + 12):
        digest_jobs.queue_digests(now=first + timedelta(hours=hour))
    rows = db.session.scalars(select(DigestDay).order_by(DigestDay.on)).all()
    local = [row.at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for row in rows]
    assert len({row.on for row in rows}) == len(rows) >= 3
    assert set(local[1:]) == {"07:00"}


def test_a_digest_that_waited_past_its_day_is_overtaken(app, server, clock):
    with_work()
    app.extensions["mail"].server = ""
    pass_at(clock, MORNING)
    pass_at(clock, "2026-05-07T11:00:30Z")
    assert mailroom.states() == {"digest:1:2026-05-06": "cancelled", "digest:1:2026-05-07": "held"}
    app.extensions["mail"].server = "127.0.0.1"
    pass_at(clock, "2026-05-07T12:00:00Z")
    assert mailroom.states() == {"digest:1:2026-05-06": "cancelled", "digest:1:2026-05-07": "sent"}
    assert len(server.kept) == 1


def test_the_command_shows_the_text_of_a_day(app, server, clock):
    with_work()
    shown = app.test_cli_runner().invoke(
        args=["digest", "show", "--user", "owner@example.com", "--on", "2026-05-06", "--json"]
    )
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert "C-0142" in told["text"]
    pass_at(clock, MORNING)
    sent = server.kept[0].message
    assert told["subject"] == sent["Subject"]
    assert told["text"].split() == sent.get_body(("plain",)).get_content().split()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (["--user", "nobody@example.com", "--on", "2026-05-06"], "user"),
        (["--user", "owner@example.com", "--on", "yesterday"], "on"),
    ],
)
def test_the_command_says_which_word_is_wrong(app, arguments, field):
    shown = app.test_cli_runner().invoke(args=["digest", "show", *arguments, "--json"])
    assert shown.exit_code == 2
    assert json.loads(shown.output)["error"]["field"] == field
