"""Real `flask worker` processes, killed at each step of the conversation or started twice by mistake."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import mailroom
import pytest
from certificates import Authority
from flask import Flask
from smtp_server import Do, SmtpServer, Step
from warm import Warm

from crm.outreach.models import MessageKind
from crm.settings import Settings

BEFORE_DATA = [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT]
WITH_TLS = [Step.STARTTLS, Step.TLS, Step.AUTH]
AFTER_DATA = [Step.DATA, Step.BODY, Step.DOT, Step.KEPT]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


class Desk:
    """Starts workers on one test's database and mail server."""

    def __init__(self, warm: Warm, settings: Settings, server: SmtpServer, output: Path) -> None:
        self.warm, self.server, self.output = warm, server, output
        self.env = mailroom.environment(settings, server.port)

    def start(self, now: str = "2026-05-06T14:00:00Z") -> int:
        return self.warm.start("worker", "--once", "--now", now, env=self.env, output=self.output)

    def run(self) -> None:
        assert self.warm.wait(self.start()) == 0, self.output.read_text()

    def run_until_killed(self) -> None:
        pid = self.start()
        self.server.victim.set_result(pid)
        assert self.warm.wait(pid) == -signal.SIGKILL, self.output.read_text()
        self.server.victim = Future()
        mailroom.let_leases_run_out()


@pytest.fixture
def desk(warm, settings, server, tmp_path, app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield Desk(warm, settings, server, tmp_path / "output.txt")


def kept_once(server: SmtpServer) -> bool:
    return all(count == 1 for count in Counter(kept.message_id for kept in server.kept).values())


@pytest.mark.parametrize("step", BEFORE_DATA)
def test_killed_before_data_everything_is_sent_once_by_the_next_worker(desk, server, clock, step):
    mailroom.put("task:1", now=clock.now)
    mailroom.put("digest:1:2026-05-06", now=clock.now, kind=MessageKind.DIGEST)
    server.at(step, Do.KILL)
    desk.run_until_killed()
    desk.run()
    assert mailroom.states() == {"task:1": "sent", "digest:1:2026-05-06": "sent"}
    assert len(server.kept) == 2
    assert kept_once(server)


@pytest.mark.parametrize("step", WITH_TLS)
def test_killed_while_it_encrypts_or_signs_in_nothing_is_lost(desk, server, clock, authority, step):
    server.tls, server.password = authority.server(), "secret"
    desk.env |= {
        "MAIL_USE_TLS": "true",
        "MAIL_CA_FILE": str(authority.file),
        "MAIL_USERNAME": "desk@example.com",
        "MAIL_PASSWORD": "secret",
    }
    mailroom.put("task:1", now=clock.now)
    server.at(step, Do.KILL)
    desk.run_until_killed()
    desk.run()
    assert mailroom.states() == {"task:1": "sent"}
    assert len(server.kept) == 1


@pytest.mark.parametrize("step", AFTER_DATA)
def test_killed_after_data_the_doubt_is_shown_and_nothing_is_repeated(desk, server, clock, step):
    mailroom.put("task:1", now=clock.now)
    mailroom.put("digest:1:2026-05-06", now=clock.now, kind=MessageKind.DIGEST)
    mailroom.put("task:2", now=clock.now)
    server.at(step, Do.KILL, Do.KILL)
    desk.run_until_killed()
    desk.run_until_killed()
    desk.run()
    assert mailroom.states() == {"task:1": "unknown", "digest:1:2026-05-06": "sent", "task:2": "sent"}
    assert mailroom.rows()["digest:1:2026-05-06"].reply == "not known; counted as sent"
    assert kept_once(server)
    assert len(server.kept) == (3 if step is Step.KEPT else 1)


@pytest.mark.parametrize(("step", "after"), [(Step.REPLIED, {"sent", "unknown"}), (Step.QUIT, {"sent"})])
def test_killed_after_the_answer_it_is_sent_or_in_doubt_but_never_twice(desk, server, clock, step, after):
    mailroom.put("task:1", now=clock.now)
    server.at(step, Do.KILL)
    desk.run_until_killed()
    desk.run()
    assert mailroom.states()["task:1"] in after
    assert len(server.kept) == 1


def test_two_workers_started_by_mistake_send_nothing_twice(desk, server, clock):
    for number in range(6):
        mailroom.put(f"task:{number}", now=clock.now)
    both = [desk.start(), desk.start()]
    assert [desk.warm.wait(pid) for pid in both] == [0, 0], desk.output.read_text()
    assert set(mailroom.states().values()) == {"sent"}
    assert len(server.kept) == 6
    assert kept_once(server)


def test_a_worker_that_is_told_to_end_finishes_its_message(desk, server, clock):
    """R20: SIGTERM with a mail in flight."""
    mailroom.put("task:1", now=clock.now)
    pid = desk.warm.start("worker", env=desk.env, output=desk.output)
    server.wait_for_kept(1)
    os.kill(pid, signal.SIGTERM)
    assert desk.warm.wait(pid) == 0, desk.output.read_text()
    assert mailroom.states() == {"task:1": "sent"}
    assert len(server.kept) == 1


def test_a_worker_that_is_told_to_end_in_the_middle_of_a_message_hands_it_over(desk, server, clock):
    """R20: SIGTERM with a mail in flight and a slow server. Exit 0; the next worker sends it, once."""
    mailroom.put("task:1", now=clock.now)
    server.at(Step.RCPT, Do.STAY_SILENT)
    pid = desk.warm.start("worker", env=desk.env, output=desk.output)
    server.wait_for(Step.RCPT)
    os.kill(pid, signal.SIGTERM)
    server.closing.set()
    assert desk.warm.wait(pid) == 0, desk.output.read_text()
    assert mailroom.states() == {"task:1": "retry"}
    assert server.kept == []
