"""Three workers and four web processes on one PostgreSQL, killed at random while people work and mail goes out.

`python tests/faults/chaos.py --minutes 5` prints a tally as JSON; exit code 1 where an invariant was broken.
"""

import argparse
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "faults")]

import builders  # noqa: E402
import mailroom  # noqa: E402
import paperwork  # noqa: E402
from chaos_people import SOURCES, Book, Person  # noqa: E402
from chaos_tally import tally  # noqa: E402
from databases import Postgres  # noqa: E402
from flask import Flask  # noqa: E402
from smtp_server import SmtpServer  # noqa: E402
from warm import Warm  # noqa: E402

from crm.clock import utcnow  # noqa: E402
from crm.crypto import create_keyring  # noqa: E402
from crm.db import db, writing  # noqa: E402
from crm.factory import create_app  # noqa: E402
from crm.outreach.models import MessageKind, MessageState  # noqa: E402
from crm.settings import Settings, load_settings  # noqa: E402

WORKERS, NODES, WEB_PER_NODE, PEOPLE = 3, 2, 2, 3
WELL_ENDED = {0, -signal.SIGTERM}  # the signal itself ends what has only just begun to start
# Seconds between two kills in a short run and in a long one: starting again costs what work would.
PAUSES = ((0.3, 1.2), (1, 5))
MOVING = {MessageState.QUEUED, MessageState.RETRY, MessageState.CLAIMED, MessageState.IN_DATA}


@dataclass
class Nodes:
    """The processes; whatever is killed is started again."""

    warm: Warm
    env: dict[str, str]
    output: Path
    chance: random.Random = field(default_factory=random.Random)
    ports: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    masters: list[int] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=lambda: {"worker": 0, "web process": 0, "web node": 0})

    def start(self) -> None:
        self.ports = [free_port() for _ in range(NODES)]
        self.workers = [self._worker() for _ in range(WORKERS)]
        self.masters = [self.web(port) for port in self.ports]

    def kill_one(self) -> None:
        """Kill a worker, a web process or a whole web node, and start again what nobody else does."""
        what = self.chance.choices(["worker", "web process", "web node"], [5, 3, 2])[0]
        number = self.chance.randrange(WORKERS if what == "worker" else NODES)
        match what:
            case "worker":
                self._kill(self.workers[number])
                self.workers[number] = self._worker()
            case "web node":
                self._kill(self.masters[number])
                self.masters[number] = self.web(self.ports[number])
            case _:
                children = children_of(self.masters[number])
                if not children:
                    return  # it has only just been started
                os.kill(self.chance.choice(children), signal.SIGKILL)
        self.kills[what] += 1

    def end(self) -> list[int]:
        """Tell everything to end; return the exit codes."""
        everybody = self.workers + self.masters
        for pid in everybody:
            os.kill(pid, signal.SIGTERM)
        return [self.warm.wait(pid) for pid in everybody]

    def tick_once(self) -> None:
        """Let two workers tick at once and end."""
        both = [self.warm.start("worker", "--once", env=self.env, output=self.output) for _ in range(2)]
        assert [self.warm.wait(pid) for pid in both] == [0, 0], self.output.read_text()[-3000:]

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.warm.wait(pid)

    def _worker(self) -> int:
        return self.warm.start("worker", env=self.env, output=self.output)

    def web(self, port: int) -> int:
        """Start a web node of two processes on a port; return the id of its first process."""
        env = self.env | {"HANDOFF_BASE_URL": f"http://127.0.0.1:{port}"}
        return self.warm.start("web", "--workers", str(WEB_PER_NODE), env=env, output=self.output)


def children_of(pid: int) -> list[int]:
    """Return the processes a process has forked."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def run(
    app: Flask, settings: Settings, warm: Warm, server: SmtpServer, *, seconds: float, seed: int, output: Path
) -> dict[str, Any]:
    """Let it happen for some seconds, let things settle, and count. Needs an application context."""
    cookies = furnish(app)
    env = mailroom.environment(settings, server.port) | {"HANDOFF_TICK_SECONDS": "1"}
    nodes = Nodes(warm, env, output, random.Random(seed))  # noqa: S311
    nodes.start()
    book, stop = Book(), threading.Event()
    people = [Person(number, nodes.ports, cookie, book, stop) for number, cookie in enumerate(cookies)]
    post = threading.Thread(target=_queue_mail, args=(app, stop), daemon=True)
    began, end = time.monotonic(), time.monotonic() + seconds
    try:
        for thread in (*people, post):
            thread.start()
        while time.monotonic() < end or (not book.referrals and time.monotonic() < end + 60):
            stop.wait(nodes.chance.uniform(*PAUSES[seconds > 30]))
            nodes.kill_one()
    finally:
        stop.set()
        for thread in (*people, post):
            thread.join(30)
        codes = nodes.end()
    _settle(nodes)
    counted = tally(book, server)
    counted["broken"]["bad ends"] = sum(1 for code in codes if code not in WELL_ENDED)
    return {"seconds": round(time.monotonic() - began), "seed": seed, "kills": nodes.kills, **counted}


def furnish(app: Flask) -> list[str]:
    """Make a practice with a source to write about and people to do it; return their session cookies."""
    practice = builders.practice(time_zone="UTC")
    with writing():
        practice.work_days = "1234567"
        db.session.add(practice)
    paperwork.letterhead()
    for number in range(SOURCES):
        paperwork.source(f"Source{number}" if number else "Marsh")
    cookies = []
    for number in range(PEOPLE):
        email = f"person{number}@example.com"
        user = builders.user(practice, email)
        with writing():
            user.digest_hour = "00:00"
            db.session.add(user)
        browser = builders.signed_in(app, email)
        cookie = browser.get_cookie("handoff")
        assert cookie is not None
        cookies.append(f"handoff={cookie.value}")
    return cookies


def _queue_mail(app: Flask, stop: threading.Event) -> None:
    """Put ten messages a second into the outbox."""
    number = 0
    with app.app_context():
        while not stop.wait(0.1):
            kind = MessageKind.LETTER if number % 2 else MessageKind.NOTICE
            mailroom.put(f"chaos:{number}", now=utcnow(), kind=kind, recipient=f"office{number}@example.com")
            number += 1
        db.session.remove()


def _settle(nodes: Nodes) -> None:
    """Do what the three minutes of a lease and a few ticks would."""
    for _ in range(20):
        mailroom.let_leases_run_out()
        nodes.tick_once()
        if not any(row.state in MOVING and row.next_at <= utcnow() for row in mailroom.rows().values()):
            return


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=date.today().toordinal())  # noqa: DTZ011
    options = parser.parse_args()
    database = Postgres()
    try:
        with tempfile.TemporaryDirectory() as folder, SmtpServer() as server, Warm() as warm:
            data = Path(folder) / "var"
            data.mkdir(mode=0o700)
            settings = load_settings(
                data_dir=data,
                database_url=database.new_database(),
                base_url="http://127.0.0.1:8000",
                second_factor="off",
            )
            create_keyring(settings.keyring_path)
            settings.secret_key_path.write_text("a chaos run's own secret key, long enough to sign with\n")
            app = create_app(mailroom.with_server(settings, server.port))
            with app.app_context():
                output = Path(folder) / "output.txt"
                found = run(app, settings, warm, server, seconds=options.minutes * 60, seed=options.seed, output=output)
                db.session.remove()
                db.engine.dispose()
            print(json.dumps(found, indent=1))
            if any(found["broken"].values()):
                print(output.read_text()[-6000:], file=sys.stderr)
                return 1
            return 0
    finally:
        database.close()


if __name__ == "__main__":
    sys.exit(main())
