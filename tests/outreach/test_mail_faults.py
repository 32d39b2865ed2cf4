"""Faults of the mail server, R03 to R11, R20 and R38, as the whole machine meets them: clock, rows, sockets, page."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import builders
import mailroom
import pytest
from certificates import Authority
from flask import Flask
from smtp_server import Do, SmtpServer, Step
from sqlalchemy import delete

from crm.db import db, writing
from crm.factory import create_app
from crm.outreach import jobs, outbox, outbox_queries
from crm.outreach.models import MessageKind, MessageState, OutboxMessage
from crm.outreach.sending import NewMessage
from crm.outreach.worker import Worker

MINUTES = timedelta(minutes=1)


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        yield app


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def wait_until(true: Callable[[], Any]) -> None:
    """Return as soon as something is so; fails after ten seconds."""
    pause = threading.Event()
    assert any(true() or pause.wait(0.01) for _ in range(1000))


def put_many(count: int, now: datetime) -> None:
    """Queue letters in one transaction."""
    practice = builders.practice()
    with writing():
        for number in range(count):
            letter = NewMessage(
                practice.id, f"task:{number:03}", MessageKind.LETTER, "office@example.com", "A letter", "Good morning"
            )
            outbox.enqueue(letter, host="desk.example", now=now)


def arrived_once(server: SmtpServer, count: int) -> bool:
    return len({kept.message_id for kept in server.kept}) == len(server.kept) == count


def outbox_page(app: Flask) -> str:
    """Return the page as the owner sees it: what the test has read before is let go, or it would see no session."""
    db.session.rollback()
    return builders.signed_in(app).get("/outbox").text


def test_a_closed_port_delays_and_nothing_else(settings, app, server, clock):
    """R03: SMTP port closed. Retry with its time, others unaffected; all delivered once when it is back."""
    with SmtpServer() as gone:
        port = gone.port
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now)
    without = mailroom.app_with_server(settings, clock, port)
    with without.app_context():
        assert jobs.send_outbox(now=clock.now) == 1
    assert list(mailroom.states().values()) == ["retry", "queued", "queued"]
    page = outbox_page(app)
    assert "The mail server cannot be reached: connection refused. Tried again today at 10:0" in page
    jobs.send_outbox(now=clock.now + 3 * MINUTES)
    assert set(mailroom.states().values()) == {"sent"}
    assert arrived_once(server, 3)


@pytest.mark.parametrize("step", [Step.CONNECT, Step.RCPT], ids=lambda step: f"R04 silent at {step}")
def test_a_silent_server_holds_up_no_other_job(app, server, clock, step):
    """R04: SMTP accepts, never speaks. Other jobs run meanwhile; then it is tried again. R20: told to stop, it does not
    wait for the server for ever."""
    mailroom.put("task:1", now=clock.now)
    server.at(step, Do.STAY_SILENT)
    worker = Worker(app)
    worker.start(tick_seconds=300)
    server.wait_for(step)
    done = {name: Worker(app).run(name, now=clock.now) for name in ("replan_today", "queue_digests", "housekeeping")}
    assert None not in done.values()
    assert mailroom.states() == {"task:1": "claimed"}
    assert not worker.stop(0.1)  # handed over as it stands; the process ends all the same
    server.closing.set()
    wait_until(lambda: mailroom.states() == {"task:1": "retry"})


@pytest.mark.parametrize("code", [421, 450, 451, 452], ids=lambda code: f"R06 {code}")
@pytest.mark.parametrize("step", [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA, Step.DOT])
def test_a_server_that_says_later_gets_it_at_the_second_try(app, server, clock, step, code):
    """R06: 421, 450, 451, 452 at each step. Retry, no doubling."""
    mailroom.put("task:1", now=clock.now)
    server.at(step, f"{code} later")
    jobs.send_outbox(now=clock.now)
    row = mailroom.rows()["task:1"]
    assert (row.state, row.attempts, row.reply) == ("retry", 1, f"{code} later")
    assert 0.8 * MINUTES <= row.next_at - clock.now <= 1.2 * MINUTES
    assert jobs.send_outbox(now=clock.now) == 0
    jobs.send_outbox(now=clock.now + 5 * MINUTES)
    assert mailroom.states() == {"task:1": "sent"}
    assert arrived_once(server, 1)


@pytest.mark.parametrize("code", [550, 552, 554], ids=lambda code: f"R07 {code}")
@pytest.mark.parametrize("step", [Step.RCPT, Step.DOT])
def test_a_refusal_is_final_and_shown_in_the_servers_words(app, server, clock, step, code):
    """R07: 550, 552, 554 at RCPT or after the dot. Failed at once, the text escaped, no retry."""
    mailroom.put("task:1", now=clock.now)
    server.at(step, f"{code} <b>no such mailbox</b>")
    jobs.send_outbox(now=clock.now)
    assert mailroom.states() == {"task:1": "failed"}
    assert jobs.send_outbox(now=clock.now + timedelta(days=1)) == 0
    page = outbox_page(app)
    assert f"{code} &lt;b&gt;no such mailbox&lt;/b&gt;. It is not tried again by itself." in page
    assert server.kept == []


@pytest.mark.parametrize(
    ("bad", "title"),
    [
        pytest.param({}, "The mail server refuses the password", id="R08 535 at AUTH"),
        pytest.param({"self_signed": True}, "certificate is not accepted</h2>", id="R08 bad certificate"),
    ],
)
def test_a_fault_of_the_channel_costs_one_try_in_a_quarter_of_an_hour(settings, clock, authority, bad, title):
    """R08: 535 at AUTH; bad certificate. Everything waits, one banner. R38: mended, everything leaves once."""
    mail = {"mail_use_tls": True, "mail_ca_file": str(authority.file), "mail_username": "desk@example.com"}
    with SmtpServer(tls=authority.server(**bad), password="secret") as server:
        server.at(Step.AUTH, "535 wrong password", "535 wrong password")
        plain = mailroom.with_server(settings, server.port)
        app = create_app(plain.model_copy(update={**mail, "mail_password": "other"}), clock)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        with app.app_context():
            put_many(200, clock.now)
            browser = builders.signed_in(app)
            for minute in range(0, 30, 5):
                jobs.send_outbox(now=clock.now + minute * MINUTES)
            assert len(server.talks) == 2
            assert set(mailroom.states().values()) == {"queued", "retry"}
            assert {row.attempts for row in mailroom.rows().values()} == {0}
            page = browser.get("/outbox").text
            assert page.count(title) == 1
            assert page.count('id="h-banner"') == 1
            clock.now += 30 * MINUTES
            browser.post("/outbox/try")
            with writing() as session:
                session.execute(delete(OutboxMessage).where(OutboxMessage.key >= "task:010"))  # ten show it as well
    with SmtpServer(tls=authority.server(), password="secret") as mended:
        plain = mailroom.with_server(settings, mended.port)
        app = create_app(plain.model_copy(update={**mail, "mail_password": "secret"}), clock)
        with app.app_context():
            assert jobs.send_outbox(now=clock.now) == 10
            assert set(mailroom.states().values()) == {"sent"}
            assert outbox.heartbeat().channel_paused == ""
        assert arrived_once(mended, 10)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        pytest.param(Step.KEPT, Do.HANG_UP, id="R09 dropped before the 250"),
        pytest.param(Step.DOT, Do.HANG_UP, id="R09 dropped before it was kept"),
        pytest.param(Step.KEPT, "garbage", id="R11 an answer nobody can take for a 250"),
    ],
)
def test_doubt_is_shown_and_never_sent_again_by_the_machine(app, server, clock, step, what):
    """R09, R11: accepted, but no 250 was seen. Unknown, shown, one copy also a day later."""
    mailroom.put("task:1", now=clock.now)
    server.at(step, what)
    for hours in (0, 1, 24):
        jobs.send_outbox(now=clock.now + timedelta(hours=hours))
    assert mailroom.states() == {"task:1": "unknown"}
    assert len(server.kept) == (1 if step is Step.KEPT else 0)
    assert "It is not sent again unless you say so." in outbox_page(app)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        pytest.param(Step.REPLIED, Do.HANG_UP, id="R10 dropped after the 250"),
        pytest.param(Step.QUIT, Do.HANG_UP, id="R10 dropped at QUIT"),
        pytest.param(Step.QUIT, "421 bye", id="R10 an error at QUIT"),
    ],
)
def test_what_got_its_250_is_sent_whatever_comes_after(app, server, clock, step, what):
    """R10: 250, then drops before QUIT. Sent, the next one too."""
    mailroom.put("task:1", now=clock.now)
    mailroom.put("task:2", now=clock.now)
    server.at(step, what)
    jobs.send_outbox(now=clock.now)
    assert set(mailroom.states().values()) == {"sent"}
    assert arrived_once(server, 2)


def test_no_message_is_stuck(app, server, clock):
    """I4: after a pass each one has ended, waits for a moment to come, or is shown to a person."""
    for state in MessageState:
        mailroom.put(f"task:{state}", now=clock.now - timedelta(hours=1))
        mailroom.put(f"digest:1:2026-05-06:{state}", now=clock.now - timedelta(hours=1), kind=MessageKind.DIGEST)
    with writing() as session:
        for key, row in mailroom.rows().items():
            row.state, row.lease_until = MessageState(key.rpartition(":")[2]), clock.now
            session.add(row)
    mailroom.let_leases_run_out()
    server.at(Step.RCPT, "450 later", "550 never", "421 bye")
    jobs.send_outbox(now=clock.now)
    jobs.send_outbox(now=clock.now + 5 * MINUTES)
    ended = {MessageState.SENT, MessageState.CANCELLED}
    stuck = [
        row.key
        for row in mailroom.rows().values()
        if row.state not in {*ended, *outbox_queries.NEEDS_A_PERSON} and row.next_at <= clock.now + 5 * MINUTES
    ]
    assert stuck == []
