"""The long run of the crash harness: rounds of killed workers on each database until the figures are reached.

Prints a line a round and writes faults.json after each; started again it goes on from there. Ends with 1 where a mail
was lost, doubled or unexpected, or in doubt without a reason.
"""

import argparse
import json
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(ROOT / "tests" / "faults")]

from certificates import Authority  # noqa: E402
from crash_round import Ground, Round, strace_is_here  # noqa: E402
from databases import Postgres, migrated_sqlite  # noqa: E402
from sqlalchemy import text  # noqa: E402
from tally import Tally  # noqa: E402

from crm.crypto import create_keyring  # noqa: E402
from crm.db import db  # noqa: E402
from crm.factory import create_app  # noqa: E402
from crm.settings import load_settings  # noqa: E402

DATABASES = ("sqlite", "postgresql")
KILLS_A_ROUND = 40
ROUND_AT_CALLS = 4  # every fourth round kills at the n-th system call instead of at a step


@contextmanager
def ground_on(database: str) -> Iterator[Ground]:
    """Prepare a database of its own in a folder of its own, both gone afterwards."""
    postgres = Postgres() if database == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory(prefix="handoff-faults-") as name:
            folder = Path(name)
            data = folder / "var"
            data.mkdir(mode=0o700)
            url = postgres.new_database() if postgres else ""
            if not postgres:
                migrated_sqlite(data)
            settings = load_settings(data_dir=data, database_url=url, base_url="http://localhost")
            create_keyring(settings.keyring_path)
            settings.secret_key_path.write_text("a key for this run alone, long enough to sign with\n")
            app = create_app(settings)
            with app.app_context():
                yield Ground(app, settings, Authority(folder), folder / "output.txt")
                db.session.remove()
                db.engine.dispose()
    finally:
        if postgres:
            postgres.close()


class Run:
    """One database's share: its figures so far, and the next round."""

    def __init__(self, database: str, state: dict[str, Any], *, mails: int, kills: int, seed: int) -> None:
        self.database, self.state, self.mails, self.kills, self.seed = database, state, mails, kills, seed
        self.tally = Tally.read(state.get("tally", {}))
        self.rounds, self.runs = state.get("rounds", 0), state.get("workers", 0)
        self.seconds, self.at_call = state.get("seconds", 0.0), tuple(state.get("at_call", (0, 1)))

    @property
    def is_done(self) -> bool:
        """Say whether the figures are reached."""
        return self.tally.kills >= self.kills and self.tally.mails >= self.mails

    def play(self, ground: Ground) -> None:
        """Play the next round and add it to the figures."""
        start, number = time.monotonic(), self.rounds
        ground.output.write_text("")
        left = max(self.kills - self.tally.kills, 0)
        kills = min(KILLS_A_ROUND, left)
        mails = max((self.mails - self.tally.mails) * kills // left if left else self.mails - self.tally.mails, kills)
        at_calls = strace_is_here() and number % ROUND_AT_CALLS == ROUND_AT_CALLS - 1
        with Round(ground, seed=f"{self.seed}:{self.database}:{number}", tls=number % 2 == 0) as played:
            if at_calls:
                self.at_call = played.kill_at_calls(self.at_call, mails=mails, kills=kills)
            else:
                played.kill_at_steps(mails=mails, kills=kills)
            self.tally.add(played.finish())
            self.runs += played.runs
        self.rounds += 1
        self.seconds += time.monotonic() - start

    def figures(self) -> dict[str, Any]:
        """Return what faults.json says of this database; enough to go on from."""
        return {
            "complete": self.is_done,
            "rounds": self.rounds,
            "workers": self.runs,
            "seconds": round(self.seconds, 1),
            "mails_per_second": round(self.tally.mails / self.seconds, 2) if self.seconds else 0,
            "kills_per_second": round(self.tally.kills / self.seconds, 2) if self.seconds else 0,
            "violations": self.tally.violations,
            "at_call": self.at_call,
            "tally": self.tally.written(),
        }

    def line(self) -> str:
        """Tell where the run stands."""
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.tally.verdicts.items()))
        return (
            f"{self.database}: {self.tally.mails}/{self.mails} mails, {self.tally.kills}/{self.kills} kills, "
            f"{self.seconds:.0f} s: {told}; violations {self.tally.violations}"
        )


def versions(ground: Ground) -> dict[str, str]:
    """Return what ran."""
    strace = "not here: no kills at the n-th system call"
    if strace_is_here():
        strace = subprocess.check_output(["strace", "--version"], text=True).splitlines()[0]
    if ground.settings.is_sqlite:
        database = {"sqlite": sqlite3.sqlite_version}
    else:
        database = {"postgresql": db.session.execute(text("SHOW server_version")).scalar_one()}
    return database | {
        "python": platform.python_version(),
        "strace": strace,
        "system": f"{platform.system()} {platform.release()}",
        "cores": str(os.cpu_count()),
    }


def options_from(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000, help="on each database")
    parser.add_argument("--kills", type=int, default=2_000, help="on each database")
    parser.add_argument("--small", action="store_true", help="500 mails and 100 kills on each database")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=ROOT / "faults.json")
    options = parser.parse_args(arguments)
    if options.small:
        options.mails, options.kills = 500, 100
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run until every database has its figures; return the exit code."""
    options = options_from(arguments)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(1))  # so that a PostgreSQL of ours ends too
    databases = options.database or list(DATABASES)
    told = _found(options, databases)
    if told["databases"]:
        print(f"# going on from {options.output.name}")
    if not strace_is_here():
        print("# strace is not here: kills at the n-th sync, write and statement are LEFT OUT; install strace for them")
    for database in databases:
        run = Run(database, told["databases"].get(database, {}), **told["asked"])
        if run.is_done:
            print(run.line())
            continue
        with ground_on(database) as ground:
            told["versions"] |= versions(ground)
            while not run.is_done:
                run.play(ground)
                print(run.line(), flush=True)
                told["databases"][database] = run.figures()
                told["complete"] = all(told["databases"].get(name, {}).get("complete") for name in DATABASES)
                _write(options.output, told)
    wrong = [line for name in databases for line in told["databases"][name]["tally"]["wrong"]]
    print("\n".join(wrong) or "# nothing lost, doubled or unexpected; no doubt but where a kill or a drop explains it")
    return 1 if wrong else 0


def _found(options: argparse.Namespace, databases: list[str]) -> dict[str, Any]:
    """Return what an earlier run of the same figures left unfinished, or a fresh beginning."""
    asked = {"mails": options.mails, "kills": options.kills, "seed": options.seed}
    if options.output.is_file():
        told: dict[str, Any] = json.loads(options.output.read_text())
        done = [told["databases"].get(name, {}).get("complete") for name in databases]
        if told["asked"] == asked and not all(done):
            return told
    return {"asked": asked, "complete": False, "versions": {}, "databases": {}}


def _write(path: Path, what: dict[str, Any]) -> None:
    """Put the figures in place at once, so that a run killed while writing can go on."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(what, indent=1) + "\n")
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
