"""How many messages leave in a minute and in a day: what waits, why and until when, at the very boundary."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import builders
import mailroom
import paperwork
import pytest
from flask import Flask

from crm.db import begin_write, writing
from crm.factory import create_app
from crm.outreach import jobs, limit_queries, outbox
from crm.outreach.limits import MailLimits
from crm.outreach.models import MessageKind

NOW = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)


def ago(*seconds: int) -> list[datetime]:
    return [NOW - timedelta(seconds=number) for number in seconds]


@pytest.mark.parametrize(
    ("limits", "left", "seconds"),
    [
        pytest.param(MailLimits(0, 0), ago(*range(500)), None, id="no limit"),
        pytest.param(MailLimits(3, 0), ago(1, 2), None, id="room for one more"),
        pytest.param(MailLimits(3, 0), ago(1, 2, 59), 1, id="full until the oldest is a minute old"),
        pytest.param(MailLimits(3, 0), ago(1, 2, 60), None, id="a minute ago is over"),
        pytest.param(MailLimits(3, 0), ago(0, 1, 2, 3, 4), 58, id="more than the limit left: the third last counts"),
        pytest.param(MailLimits(0, 2), ago(10, 86_399), 1, id="a day, not yet over"),
        pytest.param(MailLimits(0, 2), ago(10, 86_400), None, id="a day ago is over"),
        pytest.param(MailLimits(2, 2), ago(10, 20), 86_380, id="both are full: the longer wait"),
    ],
)
def test_a_letter_waits_until_there_is_room(limits, left, seconds):
    wait = limits.wait(left, NOW)
    assert (wait and (wait.until - NOW).total_seconds()) == seconds


def limited(settings, clock, port: int, **limits: int) -> Flask:
    with_server = mailroom.with_server(settings, port).model_copy(update=limits)
    app = create_app(with_server, clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = limited(settings, clock, server.port, mail_per_minute=3, mail_per_day=5)
    with app.app_context():
        yield app


def test_what_is_over_the_limit_waits_with_its_reason_and_all_of_it_leaves_in_the_end(app, server, clock):
    start = clock.now
    for number in range(7):
        mailroom.put(f"task:{number}", now=start)
    jobs.send_outbox(now=start)
    assert list(mailroom.states().values()) == ["sent"] * 3 + ["queued"] * 4
    waiting = mailroom.rows()["task:3"]
    assert waiting.reply == "3 messages a minute is the limit (MAIL_PER_MINUTE)."
    assert (waiting.next_at, waiting.attempts) == (start + timedelta(minutes=1), 0)
    jobs.send_outbox(now=start + timedelta(seconds=59))
    assert len(server.kept) == 3
    jobs.send_outbox(now=start + timedelta(seconds=60))
    assert len(server.kept) == 5
    waiting = mailroom.rows()["task:5"]
    assert waiting.reply == "5 messages within 24 hours is the limit (MAIL_PER_DAY)."
    assert waiting.next_at == start + timedelta(days=1)
    jobs.send_outbox(now=start + timedelta(days=1) - timedelta(seconds=1))
    assert len(server.kept) == 5
    jobs.send_outbox(now=start + timedelta(days=1))
    assert set(mailroom.states().values()) == {"sent"}
    assert len({kept.message_id for kept in server.kept}) == len(server.kept) == 7


def test_a_digest_leaves_on_a_full_day_and_counts(app, server, clock):
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now)
    jobs.send_outbox(now=clock.now)
    clock.now += timedelta(seconds=30)
    mailroom.put("digest:1:2026-05-06", now=clock.now, kind=MessageKind.DIGEST)
    mailroom.put("notice:1", now=clock.now, kind=MessageKind.NOTICE)
    mailroom.put("task:3", now=clock.now)
    jobs.send_outbox(now=clock.now)
    states = mailroom.states()
    assert (states["digest:1:2026-05-06"], states["notice:1"], states["task:3"]) == ("sent", "sent", "queued")
    assert mailroom.rows()["task:3"].reply.startswith("5 messages within 24 hours")


def test_word_of_a_change_in_status_is_never_late_for_a_limit(app, server, clock):
    builders.user()
    paperwork.letterhead()
    for number in range(5):
        mailroom.put(f"task:{number}", now=clock.now)
    jobs.send_outbox(now=clock.now)
    jobs.send_outbox(now=clock.now + timedelta(minutes=1))
    clock.now += timedelta(minutes=2)
    desk = paperwork.Desk(app, builders.signed_in(app))
    source_id = paperwork.source()
    paperwork.client(source_id)
    desk.send(desk.approved(key="message-note", source=source_id, client="C-0142"), "email", agreed="y")
    with writing():
        paperwork.newest(paperwork.Document).key = "change-in-status"
    mailroom.put("task:ordinary", now=clock.now)
    jobs.send_outbox(now=clock.now)
    urgent = next(row for key, row in mailroom.rows().items() if key.endswith("email1"))
    assert (urgent.state, mailroom.states()["task:ordinary"]) == ("sent", "queued")


@pytest.mark.postgresql
def test_two_workers_count_one_after_the_other(settings, app, server, clock):
    mailroom.put("task:0", now=clock.now)
    mailroom.put("task:1", now=clock.now)
    other = limited(settings, clock, server.port, mail_per_minute=1)

    def send() -> None:
        with other.app_context():
            jobs.send_outbox(now=clock.now)

    beside = threading.Thread(target=send)
    with writing():
        assert outbox.claim_next(now=clock.now) is not None
        begin_write(limit_queries.LIMIT_LOCK)
        beside.start()
        beside.join(0.3)  # it would be over by now, had it not to wait for what this one decides
        assert beside.is_alive()
    beside.join(30)
    assert mailroom.states() == {"task:0": "claimed", "task:1": "queued"}
    assert server.kept == []
