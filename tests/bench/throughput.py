"""How many mails a second leave for a server on this machine, on both databases; what an idle tick costs."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import builders  # noqa: E402
import mailroom  # noqa: E402
from databases import Postgres, migrated_sqlite  # noqa: E402
from smtp_server import SmtpServer  # noqa: E402
from sqlalchemy import update  # noqa: E402
from warm import Warm  # noqa: E402

from crm.accounts.models import Practice  # noqa: E402
from crm.clock import utcnow  # noqa: E402
from crm.crypto import create_keyring  # noqa: E402
from crm.db import db, writing  # noqa: E402
from crm.factory import create_app  # noqa: E402
from crm.outreach import outbox  # noqa: E402
from crm.outreach.models import MessageKind  # noqa: E402
from crm.outreach.sending import NewMessage  # noqa: E402
from crm.outreach.worker import Worker  # noqa: E402
from crm.settings import Settings, load_settings  # noqa: E402

MAILS = 200


def figures(installation: Any = None) -> Iterator[tuple[str, float, str]]:
    """Yield name, value and unit of each figure."""
    with Warm() as warm:
        with _fresh() as settings:
            migrated_sqlite(settings.data_dir)
            yield "outbox_sqlite", _mails_per_second(settings, warm, workers=1), "mails_per_s"
        database = Postgres()
        try:
            for workers in (1, 2, 3):
                with _fresh(database.new_database()) as settings:
                    rate = _mails_per_second(settings, warm, workers=workers)
                yield f"outbox_postgresql_{workers}_worker{'s' if workers > 1 else ''}", rate, "mails_per_s"
        finally:
            database.close()
    if installation is not None:
        yield "tick_with_nothing_due", _tick(installation), "ms"


@contextmanager
def _fresh(url: str = "") -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        data.mkdir(mode=0o700)
        settings = load_settings(data_dir=data, database_url=url, base_url="http://localhost")
        create_keyring(settings.keyring_path)
        settings.secret_key_path.write_text("a key of the benchmark, long enough to sign with\n")
        yield settings


def _mails_per_second(settings: Settings, warm: Warm, *, workers: int) -> float:
    """Let running workers find a heap of mail at once; count from the first that arrives to the last."""
    with SmtpServer() as server:
        app = create_app(mailroom.with_server(settings, server.port))
        env = mailroom.environment(settings, server.port) | {"HANDOFF_TICK_SECONDS": "1"}
        with app.app_context():
            builders.practice()
            pids = [warm.start("worker", env=env, output=Path(os.devnull)) for _ in range(workers)]
            try:
                for number in range(workers):  # each has come up as soon as somebody takes its letter
                    mailroom.put(f"first:{number}", now=utcnow(), kind=MessageKind.NOTICE)
                server.wait_for_kept(workers)
                _fill()
                server.wait_for_kept(workers + 1)
                start, before = time.perf_counter(), len(server.kept)
                mailroom.wait_until(lambda: len(server.kept) >= MAILS + workers, seconds=60)
                rate = (len(server.kept) - before) / (time.perf_counter() - start)
            finally:
                for pid in pids:
                    os.kill(pid, signal.SIGTERM)
                for pid in pids:
                    warm.wait(pid)
                db.session.remove()
                db.engine.dispose()
    return rate


def _fill() -> None:
    practice = builders.practice()
    with writing(practice.id):
        for number in range(MAILS):
            message = NewMessage(practice.id, f"bench:{number}", MessageKind.NOTICE, "a@example.com", "Hello", "Hello")
            outbox.enqueue(message, host="localhost", now=utcnow())


def _tick(installation: Any) -> float:
    """Return how long all jobs take where today is planned and nothing is due, in milliseconds: the median of five."""
    app = installation.app
    with app.app_context():
        with writing():
            db.session.execute(update(Practice).values(replanned_on="9999-12-31"))
        worker = Worker(app)
        worker.run_once(utcnow())  # digests of the day
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            worker.run_once(utcnow())
            taken.append((time.perf_counter() - start) * 1000)
        with writing():
            db.session.execute(update(Practice).values(replanned_on=""))
        db.session.remove()
    return sorted(taken)[2]


if __name__ == "__main__":
    for figure in figures():
        print(*figure, flush=True)
