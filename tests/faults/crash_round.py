"""One round of the crash harness: real `flask worker` processes, killed again and again, then a count of every mail.

Nothing in the product knows of it. The mail server kills at the steps of the conversation; strace kills at the
n-th call by which a worker speaks to its disk, its database or the mail server.
"""

import os
import shutil
import signal
import subprocess
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

import builders
import mailroom
from certificates import Authority
from director import PLAIN_STEPS, Director, trouble_for
from flask import Flask
from smtp_server import Do, Step
from sqlalchemy import delete, func, select
from tally import History, Row
from warm import Warm

from crm.db import db, writing
from crm.outreach import outbox
from crm.outreach.models import Heartbeat, MessageKind, MessageState, OutboxMessage
from crm.outreach.sending import NewMessage
from crm.settings import Settings

START = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)
TURN = timedelta(minutes=3)  # between two workers: most retries come due, nothing is long overdue
PAUSE_IS_OVER = timedelta(minutes=16)
KINDS = [MessageKind.LETTER] * 6 + [MessageKind.DIGEST] * 3 + [MessageKind.NOTICE]
FAR_DAY = "2099-12-31"  # a digest of a day that is over would rightly be dropped
WAITING = (MessageState.QUEUED, MessageState.RETRY)
UNDER_WAY = (MessageState.CLAIMED, MessageState.IN_DATA)
# A commit on SQLite is writes and a sync of the worker's own; on PostgreSQL it is a statement sent and an answer read.
CALLS = {True: ("fdatasync", "pwrite64"), False: ("sendto", "recvfrom")}
BETWEEN_CLEAN_RUNS = 5


@dataclass(frozen=True)
class Ground:
    """Where rounds take place: one database. Without a warm parent each round makes its own, the application ready."""

    app: Flask
    settings: Settings
    authority: Authority
    output: Path
    warm: Warm | None = None

    @property
    def calls(self) -> tuple[str, ...]:
        """The system calls at which a worker on this database is killed."""
        return CALLS[self.settings.is_sqlite]


def strace_is_here() -> bool:
    """Say whether kills at the n-th call are possible."""
    return shutil.which("strace") is not None


class Round:
    """Use in a `with` block; needs an application context and an outbox of its own."""

    def __init__(self, ground: Ground, *, seed: str, tls: bool = False) -> None:
        self.ground, self.random, self.tls = ground, Random(seed), tls  # noqa: S311 - a run must be repeatable
        self.now = START
        self.history = History()
        self.runs = 0
        self.server = Director()
        if tls:
            self.server.tls, self.server.password = ground.authority.server(), "secret"

    def __enter__(self) -> "Round":
        self.ends = ExitStack()
        self.ends.enter_context(self.server)
        self.env = mailroom.environment(self.ground.settings, self.server.port)
        if self.tls:
            self.env |= {
                "MAIL_USE_TLS": "true",
                "MAIL_CA_FILE": str(self.ground.authority.file),
                "MAIL_USERNAME": "desk@example.com",
                "MAIL_PASSWORD": "secret",
            }
        self.warm = self.ground.warm or self.ends.enter_context(Warm(self.env))
        return self

    def __exit__(self, *_error: object) -> None:
        self.ends.close()
        with writing():
            db.session.execute(delete(OutboxMessage))
            db.session.execute(delete(Heartbeat))

    def kill_at_steps(self, *, mails: int, kills: int) -> None:
        """Queue mails and kill a worker at each step in turn, other troubles strewn in."""
        steps = cycle(self.random.sample(list(Step) if self.tls else PLAIN_STEPS, 13 if self.tls else 10))
        step = next(steps)
        for _turn in range(kills * 3):  # a trouble may end a pass before the kill
            done = len(self.history.kills)
            if done == kills:
                break
            self._queue(max(mails * (done + 1) // kills - len(self.history.queued), 0))
            if talks := self._due():
                plan = trouble_for(talks, random=self.random, tls=self.tls)
                plan[self.random.randrange(talks)] = (step, Do.KILL)
                if self._run(plan, where=step.value):
                    step = next(steps)
            elif len(self.history.queued) < mails:
                self._queue(1)
            self.now += TURN
        self._queue(mails - len(self.history.queued))

    def kill_at_calls(self, at: tuple[int, int] = (0, 1), *, every: int = 1, mails: int, kills: int) -> tuple[int, int]:
        """Kill a worker at its n-th call of a kind, n = 1, 2, 3 ... until a run completes; then at the next kind's.

        `at`: the number of the kind and the n to begin with. Returns where the next round goes on.
        """
        kind, number = at
        for _turn in range(kills * 2):
            done = len(self.history.kills)
            if done == kills:
                break
            self._queue(1)
            call = self.ground.calls[kind]
            if self._run({}, where=call, call=(call, number)):
                number += every
                if done % BETWEEN_CLEAN_RUNS == BETWEEN_CLEAN_RUNS - 1:
                    self._queue(mails * (done + 1) // kills - len(self.history.queued))
                    self._run({})
            else:
                kind, number = (kind + 1) % len(self.ground.calls), 1
            self.now += TURN
        self._queue(mails - len(self.history.queued))
        return kind, number

    def finish(self) -> History:
        """Let clean workers work off what is left, over days if it must be, and return what was seen."""
        for _day in range(8):
            self.now += TURN
            self._run({})
            if not self._left():
                break
            self.now += timedelta(hours=15)
        self._look()
        return self.history

    def _queue(self, count: int) -> None:
        practice = builders.practice()
        with writing(practice.id):
            for _ in range(count):
                number = len(self.history.queued)
                kind = self.random.choice(KINDS)
                message = NewMessage(
                    practice_id=practice.id,
                    key=f"digest:{number}:{FAR_DAY}" if kind is MessageKind.DIGEST else f"{kind.value}:{number}",
                    kind=kind,
                    recipient=f"m{number}@example.com",
                    subject="A message",
                    text="Good morning\n" * self.random.randint(1, 40),
                )
                made = outbox.enqueue(message, host="desk.example", now=self.now)
                row = db.session.get_one(OutboxMessage, made)
                self.history.queued[row.message_id] = row.recipient

    def _run(self, plan: dict[int, tuple[Step, str]], *, where: str = "", call: tuple[str, int] | None = None) -> bool:
        """Run one worker to its end or its death; return whether it was killed."""
        self.runs += 1
        self.server.begin(plan)
        deeds = len(self.server.deeds)
        moment = self.now.isoformat()
        pid = self.warm.start(
            "worker", "--once", "--now", moment, env=self.env, output=self.ground.output, traced=call is not None
        )
        self.server.victim.set_result(pid)
        tracer = _trace(pid, *call) if call else None
        code = self.warm.wait(pid)
        if tracer:
            tracer.communicate(timeout=10)
        self.server.victim = Future()
        if code not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"a worker ended with {code}:\n{self.ground.output.read_text()[-3000:]}")
        new = self.server.deeds[deeds:]
        if any("535" in deed.what for deed in new):
            self.now += PAUSE_IS_OVER
        for deed in new:
            self._note(self.server.recipient(deed.talk), doubt=deed.leaves_doubt)
        killed = code != 0
        if killed:
            self._note_death(where, doubt=call is not None)
        return killed

    def _note(self, recipient: str, *, doubt: bool) -> None:
        if recipient:
            self.history.cut.add(recipient)
        if recipient and doubt:
            self.history.in_doubt.add(recipient)

    def _note_death(self, where: str, *, doubt: bool) -> None:
        """Note whose mail was under way; at a call of its own only the open conversation tells it."""
        open_one = self.server.left_open()
        if doubt:
            self._note(open_one, doubt=True)
        db.session.rollback()
        under_way = db.session.scalar(select(OutboxMessage.recipient).where(OutboxMessage.state.in_(UNDER_WAY)))
        recipient = under_way or open_one
        self._note(recipient, doubt=False)
        self.history.kills.append((where, recipient))
        if not self.ground.settings.is_sqlite:
            mailroom.let_leases_run_out()

    def _due(self) -> int:
        return self._count(OutboxMessage.state.in_(WAITING), OutboxMessage.next_at <= self.now) + self._count(
            OutboxMessage.state == MessageState.CLAIMED
        )

    def _left(self) -> int:
        return self._count(OutboxMessage.state.in_((*WAITING, *UNDER_WAY)))

    def _count(self, *where: object) -> int:
        db.session.rollback()
        count: int = db.session.scalar(select(func.count()).select_from(OutboxMessage).where(*where))
        return count

    def _look(self) -> None:
        for row in mailroom.rows().values():
            self.history.rows[row.message_id] = Row(row.recipient, row.state, row.reply)
        self.history.kept.update(kept.message_id for kept in self.server.kept)
        self.history.refusals = {deed.what for deed in self.server.deeds}


def _trace(pid: int, call: str, number: int) -> subprocess.Popen[bytes]:
    """Let strace kill a process that waits for it, as it enters its n-th `call`."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-o", os.devnull,
         "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert tracer.stderr
    said = tracer.stderr.readline()
    if b"attached" not in said:
        os.kill(pid, signal.SIGKILL)
        raise RuntimeError(f"strace cannot watch a process here: {said.decode()}")
    return tracer
