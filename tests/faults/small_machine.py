"""A small machine: one core, little memory, a list of 20,000 rows, a desk with 10,000 contacts.

`python tests/faults/small_machine.py` bounds each process's address space (`--limit`, in MB; a process of several
threads maps more than it uses), takes it down to one core, imports the list, serves the desk, opens its pages, and
prints the most memory each of the two really used. Ends with 1 where that is over 256 MB or a page did not come.
"""

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "bench")]

import builders  # noqa: E402
import front  # noqa: E402
from setup import Installation  # noqa: E402
from sqlalchemy import insert, select  # noqa: E402

from crm.accounts import queries as accounts  # noqa: E402
from crm.db import writing  # noqa: E402
from crm.sources.models import Contact, ContactRole, Source  # noqa: E402

ROWS, CONTACTS, MOST = 20_000, 10_000, 256
PAGES = ("/", "/sources", "/sources?page=100", "/pipeline", "/clients", "/calendar", "/search?q=mar")


class Small:
    """Starts processes that have little to live on."""

    def __init__(self, desk: Installation, limit: int) -> None:
        self.desk, self.limit = desk, limit

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start `flask COMMAND` within the limits."""
        return subprocess.Popen(
            [sys.executable, "-m", "flask", *command],
            env={**self.desk.environment, "MALLOC_ARENA_MAX": "2"},
            cwd=ROOT,
            preexec_fn=self._bind,  # noqa: PLW1509 - there are no other threads here
            stdout=subprocess.DEVNULL,
        )

    def _bind(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (self.limit * 1024 * 1024,) * 2)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    def import_list(self, path: Path) -> float:
        """Import a list and return the most memory that took, in MB."""
        process = self.start("import", "sources", str(path))
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit("the import did not fit")
        return used.ru_maxrss / 1024

    def serve(self) -> tuple[float, list[str]]:
        """Serve the desk, open its pages, and return the most memory it took and the pages that did not come."""
        cookie = front.session_of(self.desk.app)
        process = self.start("serve")
        try:
            desk = front.Front(process.pid, self.desk.port, warm=None, cookie=cookie)  # type: ignore[arg-type]
            _wait(desk)
            bad = [path for path in PAGES for _ in range(5) if desk.get(path, seconds=60).status != 200]
            status = Path(f"/proc/{process.pid}/status").read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0, bad


def _wait(desk: front.Front) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if desk.get("/readyz").status == 200:
                return
        except front.GONE:
            time.sleep(0.1)
    raise SystemExit("it did not start")


def _add_contacts(desk: Installation) -> None:
    """Give every other source somebody at its desk."""
    with desk.app.app_context(), writing() as session:
        sources = session.execute(select(Source.id, Source.practice_id).order_by(Source.id).limit(CONTACTS)).all()
        rows = [
            {"practice_id": row.practice_id, "source_id": row.id, "name": "Ana Ruiz", "role": ContactRole.FRONT_DESK}
            for row in sources
        ]
        session.execute(insert(Contact), rows)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=640, help="MB of address space")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="small") as folder:
        desk = Installation(Path(folder), front.free_port(), scale=1)
        small = Small(desk, options.limit)
        imported = small.import_list(desk.write_list(ROWS))
        with desk.app.app_context():
            builders.user(accounts.first_practice())
        _add_contacts(desk)
        served, bad = small.serve()
    told = {"rows": ROWS, "contacts": CONTACTS, "import_mb": round(imported), "serve_mb": round(served), "bad": bad}
    print(json.dumps(told))
    sys.exit(bool(bad) or max(imported, served) > MOST)


if __name__ == "__main__":
    main()
