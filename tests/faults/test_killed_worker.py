"""Real `flask worker` processes: doubt is told apart, a second one does no harm, an end is clean.

Kills at every step are in `test_crashes.py`.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import mailroom
import pytest
from flask import Flask
from smtp_server import Do, SmtpServer, Step
from warm import Warm

from crm.outreach.models import MessageKind
from crm.settings import Settings


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


@pytest.mark.parametrize("step", [Step.DOT, Step.KEPT])
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
