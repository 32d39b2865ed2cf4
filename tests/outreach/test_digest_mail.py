"""The digest as it lies in a mailbox, and on which mornings it gets there."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import builders
import mailroom
import pytest
from flask import Flask
from morning import MORNING, NAME, pass_at, task, with_work
from sqlalchemy import select

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import digest_jobs
from crm.outreach.models import DigestDay

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "digest"


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        builders.user()
        yield app


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
    assert "http://localhost/tasks/C30:s1" in text
    whole = kept.content.decode() + text + message.get_body(("html",)).get_content()
    for secret in (NAME, *NAME.split(), "W.Q.", "M17.11", "osteoarthritis"):
        assert secret not in whole


@pytest.mark.parametrize("ending", ["txt", "html"])
def test_a_full_digest_reads_as_the_golden_one(app, ending):
    with writing():
        builders.user().fs_uniquifier = "a" * 32  # so that its links are the same at every run
    with_work()
    task("C30:C-0142:1", "2026-05-04", rule="C30", channel="phone", source_id=1, client_id=1)
    task("C34a:C-0142:1", "2026-05-06", rule="C34a", channel="phone", source_id=1, client_id=1)
    for n in range(12):
        task(f"C22:s1:{n}", "2026-05-06", channel="card", template="thank-you", source_id=1)
    mail = digest_jobs.digest_of(builders.user(), date(2026, 5, 6), now=datetime.fromisoformat(MORNING))
    written = {"txt": f"{mail.subject}\n\n{mail.text}", "html": mail.html}[ending]
    assert written.rstrip() + "\n" == (GOLDEN / f"full.{ending}").read_text(encoding="utf-8")


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
        args=["digest", "show", "--user", "owner@example.com", "--on", "2026-05-06", "--now", MORNING, "--json"]
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
