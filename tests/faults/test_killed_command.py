"""A command is killed at one of its writes: all of what it does is there, or nothing, and it can be run again."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import builders
import pytest
import strace
from flask_migrate import downgrade

from crm import demo
from crm.db import db, writing

pytestmark = pytest.mark.sqlite
LIST = Path(__file__).parent.parent / "sources" / "lists" / "registry.csv"
WRITES = (2, 40, 150, 1000)  # a command that has fewer comes to its end


class Desk:
    """Runs commands on the data folder of a test, some of them to their death."""

    def __init__(self, settings, warm, folder) -> None:
        self.warm, self.folder = warm, folder
        self.file = settings.data_dir / "handoff.sqlite3"
        self.env = {"HANDOFF_DATA_DIR": str(settings.data_dir)}

    def run(self, *command, kill_at=None) -> tuple[int, str]:
        """Run a command, killed at its n-th write where one is named; return how it ended and what it said."""
        pipe = self.folder / "said"
        os.mkfifo(pipe)
        pid = self.warm.start(*command, env=self.env, output=pipe)  # it waits until somebody reads the pipe
        try:
            if kill_at is None:
                said = pipe.read_text()
            else:
                with strace.attached(pid, *strace.kill_at("pwrite64", kill_at)):
                    said = pipe.read_text()
        finally:
            pipe.unlink()
        return self.warm.wait(pid), said

    def all_or_nothing(self, *command, done) -> int:
        """Kill a command at later and later writes until one comes to its end; return how often it was killed."""
        before = self.content()
        for killed, nth in enumerate(WRITES):
            code, said = self.run(*command, kill_at=nth)
            if code != -signal.SIGKILL:
                assert code == 0, said
                assert self.asked(done)
                return killed
            if self.content() != before:  # the commit was through, what came after it was cut off
                assert self.asked(done)
                return killed + 1
        raise AssertionError("it has more writes than the test knows of")

    def content(self) -> list[str]:
        """Return all that the database holds, as statements."""
        with closing(sqlite3.connect(self.file)) as found:
            assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return list(found.iterdump())

    def asked(self, question) -> object:
        """Ask the database for one value."""
        with closing(sqlite3.connect(self.file)) as found:
            return found.execute(question).fetchone()[0]


@pytest.fixture
def desk(app, settings, warm, tmp_path, clock):
    """The sample practice and its commands."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
        yield Desk(settings, warm, tmp_path)


def at_rest():
    """Let no connection of the test lie open beside the commands."""
    db.session.remove()
    db.engine.dispose()


def test_an_import_that_is_killed_leaves_nothing_or_all(desk):
    at_rest()
    killed = desk.all_or_nothing("import", "sources", str(LIST), done="SELECT count(*) = 1 FROM import_batch")
    assert killed >= 2
    code, said = desk.run("import", "sources", str(LIST))
    assert code == 0, said
    assert desk.asked("SELECT count(*) - count(DISTINCT npi) FROM source WHERE npi IS NOT NULL AND npi != ''") == 0


def test_an_erasure_that_is_killed_leaves_nothing_or_all(desk):
    at_rest()
    done = (
        "SELECT (SELECT count(*) FROM erasure WHERE code = 'C-0101') = 1"
        " AND (SELECT count(*) FROM client WHERE code = 'C-0101') = 0"
    )
    assert desk.all_or_nothing("client", "erase", "C-0101", "--yes", done=done) >= 2


def test_a_migration_that_is_killed_leaves_the_old_form_which_is_refused_with_the_way_out(desk):
    downgrade(revision="0001")
    at_rest()
    code, said = desk.run("init", kill_at=9)
    assert code == -signal.SIGKILL, said
    assert desk.asked("SELECT version_num FROM alembic_version") == "0001"
    code, said = desk.run("worker", "--once")
    assert (code, "run `flask init` first" in said) == (1, True), said
    desk.all_or_nothing(
        "init", done="SELECT version_num > '0001' AND (SELECT count(*) FROM erasure) = 0 FROM alembic_version"
    )
    assert desk.run("init")[0] == 0
    assert desk.run("worker", "--once")[0] == 0
