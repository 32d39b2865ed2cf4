"""An installation of the benchmark: filled, started, looked into."""

import csv
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import client_file
import dataset
from sqlalchemy import func, select

from crm.accounts import service as accounts
from crm.accounts.models import Practice, User
from crm.clients import queries as client_queries
from crm.clock import local_date
from crm.db import db, writing
from crm.factory import create_app
from crm.outreach import circle_queries, digest_jobs, feed_service
from crm.outreach import service as outreach
from crm.outreach.models import Task, TaskStatus
from crm.settings import load_settings
from crm.sources import npi

ROOT = Path(__file__).resolve().parents[2]
FLASK = str(ROOT / ".venv" / "bin" / "flask")
PASSWORD = "a long enough passphrase"


class Installation:
    """A data folder of its own, with a practice of size, one for the feed and one for the digest."""

    def __init__(self, folder: Path, port: int, scale: int) -> None:
        self.folder, self.port = folder, port
        self.sources, self.clients, self.worked_with = 100_000 // scale, 5_000 // scale, 2_000 // scale
        self.environment = {**os.environ, "HANDOFF_DATA_DIR": str(folder / "var"), "PORT": str(port)}
        self.environment.pop("HANDOFF_DATABASE_URL", None)
        subprocess.run([FLASK, "init"], env=self.environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self.app = create_app(load_settings(data_dir=folder / "var", base_url=f"http://127.0.0.1:{port}"))

    def fill(self, now: datetime) -> None:
        """Load the data set; the big practice's tasks come from its events, by the replay."""
        with self.app.app_context():
            password_hash = accounts.hashed(PASSWORD)
            with writing():
                practice = db.session.scalar(select(Practice))
                practice.name = "Bench Practice"
                accounts.create_user(
                    practice, accounts.Person("owner@example.com", "Owner"), password_hash=password_hash
                )
                dataset.add_sources(practice, self.sources, self.worked_with, now)
                dataset.add_clients(practice, self.clients, self.worked_with, now)
                self.long_source = dataset.add_long_office(practice, now)
            self.practice_id = practice.id
            dataset.replay_all(practice.id, now)
            today = local_date(now, practice.time_zone)
            self.client_path = self._full_client(now, today)
            self.feeds = {events: self._feed(events, now, today) for events in (2000, 5000)}
            self._digest_user(today)
            self.now = now
            with db.engine.connect() as connection:
                connection.connection.dbapi_connection.execute("ANALYZE")

    def _feed(self, events: int, now: datetime, today: date) -> str:
        with writing():
            other = accounts.create_practice(f"Feed of {events}", "America/New_York")
            user = accounts.create_user(other, accounts.Person(f"feed{events}@example.com", "Feed"))
            dataset.add_tasks(other, events, today, spread=300)
            _feed, token = feed_service.create_feed(other, user, name="Bench", hide_sources=False, now=now)
        return f"/cal/{token}.ics"

    def _full_client(self, now: datetime, today: date) -> str:
        with writing(self.practice_id):
            practice = db.session.get_one(Practice, self.practice_id)
            client = client_queries.get_client(practice.id, self.clients)
            client_file.fill(practice, client, self.app.extensions["handoff"].sealer(), now=now, today=today)
            return f"/clients/{client.code}"

    def _digest_user(self, today: date) -> None:
        with writing():
            other = accounts.create_practice("Digest Practice", "America/New_York")
            accounts.create_user(other, accounts.Person("digest@example.com", "Digest"))
            dataset.add_tasks(other, 1000, today, spread=1)

    def summary(self) -> str:
        """Say how much there is."""
        with self.app.app_context():
            count = db.session.scalar(select(func.count()).select_from(Task).where(Task.status == TaskStatus.OPEN))
        return f"{self.sources} sources, {self.clients} clients, {count} open tasks"

    def in_process_figures(self) -> Iterator[tuple[str, float]]:
        """Measure what has no page: a replay of five years, and a digest of 1,000 items."""
        with self.app.app_context():
            practice = db.session.get_one(Practice, self.practice_id)
            circle = circle_queries.circle_around(practice.id, {self.long_source}, ())
            events = [event.event for event in circle_queries.events_in(practice, circle)]
            today = local_date(self.now, practice.time_zone)
            yield "replay_5_years_events", float(len(events))
            yield "replay_5_years_engine", _best(lambda: outreach.plan_circle(practice, circle, events, today=today))

            def whole() -> None:
                with writing(practice.id):
                    outreach.replan(practice, {self.long_source}, (), now=self.now)

            yield "replay_5_years_with_database", _best(whole)
            reader = db.session.scalar(select(User).where(User.email == "digest@example.com"))
            yield "digest_1000_items", _best(lambda: digest_jobs.digest_of(reader, today, now=self.now))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve the installation until the block ends."""
        with (self.folder / "server.log").open("wb") as log:
            server = subprocess.Popen([FLASK, "serve"], env=self.environment, cwd=ROOT, stdout=log, stderr=log)
            try:
                self._wait()
                yield server
            except BaseException:
                print((self.folder / "server.log").read_text()[-4000:], flush=True)
                raise
            finally:
                server.terminate()
                server.wait(20)

    def _wait(self) -> None:
        for _ in range(200):
            try:
                urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).read()
            except (URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise SystemExit((self.folder / "server.log").read_text())

    def raise_revision(self) -> None:
        """Let every feed look changed, as any tick on a list would."""
        with sqlite3.connect(self.folder / "var" / "handoff.sqlite3", timeout=10) as connection:
            connection.execute("UPDATE practice SET task_revision = task_revision + 1")

    @staticmethod
    def memory_of(server: subprocess.Popen[bytes]) -> float:
        """Return a process's resident memory in MB."""
        status = Path(f"/proc/{server.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def output(self, arguments: list[str]) -> str:
        """Run a command and return what it printed."""
        done = subprocess.run(
            [FLASK, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write_list(self, rows: int) -> Path:
        """Write a made-up list in the registry's form."""
        path = self.folder / "list.csv"
        header = [
            "NPI", "Provider Last Name (Legal Name)", "Provider First Name", "Provider Credential Text",
            "Healthcare Provider Taxonomy Code_1", "Full Street Address",
            "Provider Business Practice Location Address City Name",
            "Provider Business Practice Location Address State Name",
            "Provider Business Practice Location Address Postal Code",
        ]  # fmt: skip
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for number in range(rows):
                nine = f"1{number:08}"
                name = f"{dataset.LAST[number % 15].upper()}{number}"
                place = [f"{number // 3} MAIN ST", "FAIRFIELD", "OR", "97000"]
                npi_number = nine + npi.check_digit(nine)
                first = dataset.FIRST[number % 26].upper()
                writer.writerow([npi_number, name, first, "MD", "ORTHOPAEDIC SURGERY", *place])
        return path


def _best(act: object, times: int = 7) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()  # type: ignore[operator]
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[len(taken) // 2]
