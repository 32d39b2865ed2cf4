"""The clock and its jobs: what a pass over the outbox does with a real mail server, and that nothing stops it."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import builders
import mailroom
import pytest
from flask import Flask
from smtp_server import Do, Step

from crm.db import writing
from crm.outreach import jobs, outbox
from crm.outreach.models import MessageKind
from crm.outreach.sending import NO_SERVER
from crm.outreach.worker import Worker


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        yield app


def test_each_message_is_sent_to_one_recipient_and_counted(app, server, clock):
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now, recipient=f"office{number}@example.com")
    assert jobs.send_outbox(now=clock.now) == 3
    assert set(mailroom.states().values()) == {"sent"}
    assert [kept.recipients for kept in server.kept] == [[f"office{number}@example.com"] for number in range(3)]
    ids = {row.message_id for row in mailroom.rows().values()}
    assert {kept.message_id for kept in server.kept} == ids
    assert jobs.send_outbox(now=clock.now) == 0


def test_sent_is_written_down_before_quit(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    server.at(Step.QUIT, Do.HANG_UP)
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "sent"}


def test_a_greylisted_message_arrives_at_the_second_try(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    server.at(Step.RCPT, "450 greylisted, come back")
    jobs.send_outbox(now=clock.now)
    row = mailroom.rows()["task:1"]
    assert (row.state, row.attempts, row.reply) == ("retry", 1, "450 greylisted, come back")
    assert jobs.send_outbox(now=clock.now) == 0
    jobs.send_outbox(now=clock.now + timedelta(minutes=5))
    assert mailroom.states() == {"task:1": "sent"}
    assert len(server.kept) == 1


def test_a_refused_recipient_fails_at_once_and_the_others_go_out(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    mailroom.put("task:2", now=clock.now)
    server.at(Step.RCPT, "550 no such user")
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "failed", "task:2": "sent"}
    assert mailroom.rows()["task:1"].reply == "550 no such user"


def test_a_poisoned_row_fails_alone(app, server, clock):
    number = mailroom.put("task:1", now=clock.now)
    mailroom.put("task:2", now=clock.now)
    row = mailroom.rows()["task:1"]
    with writing() as session:
        row.subject = "Hello\nBcc: everybody@example.com"
        session.add(row)
    assert row.id == number
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "failed", "task:2": "sent"}
    assert [kept.recipients for kept in server.kept] == [["office@example.com"]]


def test_a_lost_answer_is_doubt_and_never_repeated(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    server.at(Step.KEPT, Do.HANG_UP)
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "unknown"}
    jobs.send_outbox(now=clock.now + timedelta(days=1))
    assert len(server.kept) == 1
    assert mailroom.states() == {"task:1": "unknown"}


def test_a_digest_in_doubt_counts_as_sent(app, server, clock):
    mailroom.put("digest:1:2026-05-06", now=clock.now, kind=MessageKind.DIGEST)
    server.at(Step.KEPT, Do.HANG_UP)
    jobs.send_outbox(now=clock.now)
    row = mailroom.rows()["digest:1:2026-05-06"]
    assert (row.state, row.reply) == ("sent", "not known; counted as sent")


def test_a_server_that_is_down_ends_the_pass(app, server, clock):
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now)
    server.at(Step.CONNECT, "421 come back later")
    assert jobs.send_outbox(now=clock.now) == 1
    assert list(mailroom.states().values()) == ["retry", "queued", "queued"]
    jobs.send_outbox(now=clock.now + timedelta(minutes=2))
    assert set(mailroom.states().values()) == {"sent"}


def test_a_fault_of_the_channel_pauses_everything_with_one_banner(app, server, clock):
    for number in range(20):
        mailroom.put(f"task:{number}", now=clock.now)
    server.at(Step.CONNECT, *["554 go away"] * 2)
    assert jobs.send_outbox(now=clock.now) == 1
    assert jobs.send_outbox(now=clock.now + timedelta(minutes=10)) == 0
    assert len(server.talks) == 1
    with writing():
        assert outbox.heartbeat().channel_paused == "554 go away"
    assert jobs.send_outbox(now=clock.now + timedelta(minutes=15)) == 1
    assert len(server.talks) == 2
    jobs.send_outbox(now=clock.now + timedelta(minutes=31))
    assert set(mailroom.states().values()) == {"sent"}
    with writing():
        assert outbox.heartbeat().channel_paused == ""
    assert len(server.kept) == 20


def test_without_a_mail_server_mail_waits_and_says_so(settings, app, server, clock):
    bare = mailroom.app_with_server(settings, clock, server.port)
    bare.extensions["mail"].server = ""
    with bare.app_context():
        mailroom.put("task:1", now=clock.now)
        assert jobs.send_outbox(now=clock.now) == 0
        row = mailroom.rows()["task:1"]
        assert (row.state, row.reply) == ("held", NO_SERVER)
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "sent"}


def test_two_senders_at_once_send_each_message_once(settings, app, server, clock):
    for number in range(12):
        mailroom.put(f"task:{number}", now=clock.now)
    apps = [mailroom.app_with_server(settings, clock, server.port) for _ in range(2)]
    together = threading.Barrier(2)

    def send(one: Flask) -> None:
        with one.app_context():
            together.wait(5)
            jobs.send_outbox(now=clock.now)

    threads = [threading.Thread(target=send, args=(one,)) for one in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert set(mailroom.states().values()) == {"sent"}
    assert len({kept.message_id for kept in server.kept}) == len(server.kept) == 12


def test_a_sender_that_is_told_to_stop_leaves_the_rest(app, server, clock):
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now)
    assert jobs.send_outbox(now=clock.now, stop=lambda: len(server.kept) == 1) == 1
    assert list(mailroom.states().values()) == ["sent", "queued", "queued"]


def test_every_job_runs_once_and_the_heart_beats(app, server, clock):
    builders.user()
    mailroom.put("task:1", now=clock.now)
    done = Worker(app).run_once(clock.now)
    assert list(done) == [
        "replan_today", "follow_plans", "queue_digests", "send_outbox", "seal_journal", "housekeeping",
        "check_database", "back_up", "reseal",
    ]  # fmt: skip
    assert None not in done.values()
    with writing():
        assert outbox.heartbeat().ticked_at == clock.now


def test_a_failing_job_is_noted_and_the_others_run(app, server, clock):
    worker = Worker(app)
    app.extensions["mail"].server = object()  # no string: the sender breaks
    mailroom.put("task:1", now=clock.now)
    done = worker.run_once(clock.now)
    assert done["send_outbox"] is None
    assert done["housekeeping"] == 1
    with writing():
        assert outbox.heartbeat().details["send_outbox"]["kind"]
    app.extensions["mail"].server = "127.0.0.1"
    worker.run_once(clock.now)
    with writing():
        details = outbox.heartbeat().details
    assert "send_outbox" not in details
    assert details["failures"]["send_outbox"]["count"] == 1
    assert details["runs"]["send_outbox"]["at"] == clock.now.isoformat()


def test_the_clock_ticks_at_once_and_stops_when_told(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    worker = Worker(app)
    worker.start(tick_seconds=300)
    server.wait_for_kept(1)
    assert worker.stop(10)
    assert mailroom.states() == {"task:1": "sent"}
