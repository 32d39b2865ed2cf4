"""A long day at the desk: requests, mails and kills for hours, and a look at what is left of it.

`python tests/faults/soak.py` runs a day and a night; `--minutes 20` is the short form. Five requests a second, a mail
a minute, a kill -9 of the whole process every ten minutes (`--kill-every`). Prints a line a minute and what was found
at the end; ends with 1 if an answered save is gone, a mail arrived twice or without its row, something is stuck, a
request failed while the process lived, the memory grew by more than a fifth, or SQLite's log passed 64 MB.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import builders  # noqa: E402
import front  # noqa: E402
import mailroom  # noqa: E402
from databases import migrated_sqlite  # noqa: E402
from flask import Flask  # noqa: E402
from smtp_server import SmtpServer  # noqa: E402
from sqlalchemy import select  # noqa: E402

from crm.clients.models import Referral  # noqa: E402
from crm.crypto import create_keyring  # noqa: E402
from crm.db import db, writing  # noqa: E402
from crm.factory import create_app  # noqa: E402
from crm.settings import Settings, load_settings  # noqa: E402

PAGES = ("/", "/pipeline", "/sources", "/clients", "/calendar", "/outbox")
SETTLED = {"sent", "failed", "unknown", "held", "cancelled"}
LOG_LIMIT = 64 * 1024 * 1024
SPAN = 0.2  # seconds between two requests


class Soak:
    """One installation under load."""

    def __init__(self, folder: Path, server: SmtpServer) -> None:
        self.folder, self.server, self.port = folder, server, front.free_port()
        self.settings = _installed(folder / "var")
        self.app: Flask = create_app(self.settings)
        self.counts: Counter[str] = Counter()
        self.saved: list[str] = []
        self.memory: list[float] = []
        self.longest_log = 0
        with self.app.app_context(), writing():
            self.source = builders.source().id
        self.cookie = front.session_of(self.app)

    def start(self) -> None:
        """Start `flask serve` and wait until its clock has ticked."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "MAIL_"))}
        environment |= mailroom.environment(self.settings, self.server.port)
        environment |= {"HANDOFF_BASE_URL": f"http://127.0.0.1:{self.port}", "HANDOFF_TICK_SECONDS": "5"}
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "serve"], env=environment, cwd=ROOT, stdout=log, stderr=log
            )
        self.desk = front.Front(self.process.pid, self.port, warm=None, cookie=self.cookie)  # type: ignore[arg-type]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.desk.get("/readyz").status == 200:
                    return
            except front.GONE:
                time.sleep(0.1)
        raise SystemExit((self.folder / "log").read_text()[-3000:])

    def kill(self) -> None:
        """Kill the process at whatever it does, and start it again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.counts["kills"] += 1
        self.start()

    def request(self, number: int) -> None:
        """Ask for a page, or save a referral at every fifth turn."""
        self.counts["requests"] += 1
        if number % 5:
            answer = self.desk.get(PAGES[number % len(PAGES)])
            self.counts["errors"] += answer.status != 200
            return
        key = str(uuid.uuid4())
        today = datetime.now(UTC).date().isoformat()
        form = {"form_key": key, "source_id": self.source, "method": "fax", "written": "y", "client_class": "",
                "received_on": "2026-01-05" if today > "2026-01-05" else today}  # fmt: skip
        if self.desk.post("/referrals/new", form).status == 303:
            self.saved.append(key)
        else:
            self.counts["errors"] += 1

    def mail(self, number: int) -> None:
        """Queue a letter."""
        with self.app.app_context():
            mailroom.put(f"task:soak:{number}", now=datetime.now(UTC))
            db.session.remove()

    def look(self) -> None:
        """Note memory and the length of SQLite's log, and say so."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        self.memory.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
        log = self.settings.data_dir / "handoff.sqlite3-wal"
        self.longest_log = max(self.longest_log, log.stat().st_size if log.exists() else 0)
        told = {**self.counts, "saved": len(self.saved), "rss_mb": round(self.memory[-1]), "wal": self.longest_log}
        print(json.dumps(told), flush=True)

    def run(self, minutes: float, kill_every: float) -> None:
        """Work through the time, at an even pace."""
        begun = time.monotonic()
        next_kill, next_mail, next_look, number = kill_every * 60, 0.0, 30.0, 0
        while (at := time.monotonic() - begun) < minutes * 60:
            if at >= next_kill:
                self.kill()
                next_kill += kill_every * 60
            if at >= next_mail:
                self.mail(number)
                next_mail += 60
            if at >= next_look:
                self.look()
                next_look += 60
            self.request(number)
            number += 1
            time.sleep(max(0.0, begun + number * SPAN - time.monotonic()) if number * SPAN > at else 0)

    def verdict(self) -> list[str]:
        """Let the last mail go out, stop, and return what is wrong."""
        self.look()
        end = time.monotonic() + 90
        with self.app.app_context():
            while time.monotonic() < end and set(mailroom.states().values()) - SETTLED:
                time.sleep(1)
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(30)
            rows = mailroom.rows()
            kept = Counter(kept.message_id for kept in self.server.kept)
            there = set(db.session.scalars(select(Referral.form_key)))
            found = {
                "answered saves that are gone": len(set(self.saved) - there),
                "mails that arrived twice": sum(count > 1 for count in kept.values()),
                "mails without a row": len(set(kept) - {row.message_id for row in rows.values()}),
                "messages called sent that never arrived": sum(
                    row.state == "sent" and row.message_id not in kept for row in rows.values()
                ),
                "messages that are stuck": sum(row.state not in SETTLED for row in rows.values()),
                "failed requests": self.counts["errors"],
                "an end that was not clean": code,
                "memory grew by a fifth": _grew(self.memory),
                "SQLite's log passed 64 MB": self.longest_log > LOG_LIMIT,
            }
            found["damage"] = db.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() != "ok"
        return [f"{name}: {int(count)}" for name, count in found.items() if count]


def _grew(memory: list[float]) -> bool:
    """Compare the last tenth with what it was once everything had been used, after the first tenth."""
    tenth = max(1, len(memory) // 10)
    return len(memory) >= 10 and max(memory[-tenth:]) > 1.2 * max(memory[tenth : 2 * tenth])


def _installed(folder: Path) -> Settings:
    folder.mkdir(mode=0o700)
    migrated_sqlite(folder)
    settings = load_settings(data_dir=folder, database_url="", base_url="http://localhost", second_factor="off")
    create_keyring(settings.keyring_path)
    settings.secret_key_path.write_text("a soak's own secret key, long enough to sign with\n")
    return settings


def main() -> None:
    """Run it and end with what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--kill-every", type=float, default=10, help="minutes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as folder, SmtpServer() as server:
        soak = Soak(Path(folder), server)
        soak.start()
        try:
            soak.run(options.minutes, options.kill_every)
            troubles = soak.verdict()
        finally:
            if soak.process.poll() is None:
                soak.process.kill()
    print("\n".join(troubles) or "nothing lost, nothing twice, nothing stuck, no leak")
    sys.exit(bool(troubles))


if __name__ == "__main__":
    main()
