"""Somebody else has the database open: holds it, reads it for long, writes into it, or acts on the same task."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager

import builders
import mailroom
import pytest
from sqlalchemy import select, text

import crm.db
from crm.db import db, writing
from crm.journal import audit_cli
from crm.journal import service as journal
from crm.journal.acts import ManualTaskAdded
from crm.journal.models import JournalEntry
from crm.outreach import manual, outbox, service, upkeep_jobs
from crm.outreach.models import Task
from crm.outreach.worker import Worker

LOCK_FILE = (
    "import fcntl, sys; handle = open(sys.argv[1], 'a'); fcntl.flock(handle, 2); print('held', flush=True); input()"
)


@pytest.fixture
def app(settings, clock, server):
    with mailroom.desk_with_a_source(settings, clock, server.port) as app:
        yield app


@contextmanager
def another_program(settings):
    """Open the database as a program of its own does."""
    db.session.remove()
    with closing(sqlite3.connect(settings.data_dir / "handoff.sqlite3", isolation_level=None)) as connection:
        yield connection


@pytest.mark.sqlite
def test_a_database_held_for_a_moment_is_waited_for(app, owner, settings):
    with another_program(settings) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = []
        saving = threading.Thread(
            target=lambda: answers.append(owner.post("/quick-add", data=mailroom.A_TASK).status_code)
        )
        saving.start()
        saving.join(0.5)
        assert answers == []
        other.execute("ROLLBACK")
        saving.join(10)
    assert answers == [303]


@pytest.mark.sqlite
def test_a_database_held_for_long_is_said_with_a_time_to_try_again(app, owner, server, settings, monkeypatch):
    now = app.extensions["handoff"].clock()
    mailroom.put("task:1", now=now)
    monkeypatch.setattr(crm.db, "PRAGMAS", [*crm.db.PRAGMAS, ("busy_timeout", "50")])
    db.session.remove()
    db.engine.dispose()
    with another_program(settings) as other:
        other.execute("BEGIN IMMEDIATE")
        page = owner.post("/quick-add", data=mailroom.A_TASK)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert owner.get("/").status_code == 200
        assert Worker(app).run("send_outbox", now=now) is None
        assert server.talks == []
        other.execute("ROLLBACK")
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303
    assert Worker(app).run("send_outbox", now=now) == 1


@pytest.mark.sqlite
def test_a_command_that_writes_for_long_is_said_in_the_same_way(app, owner, clock, settings, monkeypatch):
    monkeypatch.setattr(crm.db, "PATIENCE", 0.05)
    command = [sys.executable, "-c", LOCK_FILE, str(settings.data_dir / "write.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        page = owner.post("/quick-add", data=mailroom.A_TASK)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert Worker(app).run("send_outbox", now=clock.now) is None
        holder.communicate("\n")
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303


@pytest.mark.sqlite
def test_a_reader_that_never_ends_is_noted_before_the_log_fills_the_disk(app, clock, settings, monkeypatch):
    monkeypatch.setattr(upkeep_jobs, "WAL_LIMIT", 20_000)
    worker = Worker(app)
    with another_program(settings) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM source").fetchone()
        for number in range(8):
            mailroom.put(f"task:{number}", now=clock.now)
        assert worker.run("housekeeping", now=clock.now) is None
        with writing():
            assert outbox.heartbeat().details["housekeeping"]["kind"] == "LogTooLong"
        other.execute("COMMIT")
    assert worker.run("housekeeping", now=clock.now) == 1
    with writing():
        assert outbox.heartbeat().details.keys() == {"runs", "failures"}  # it fails no more


@pytest.mark.sqlite
def test_what_another_program_writes_is_seen_and_an_edited_entry_is_named(app, owner, clock, settings):
    practice = builders.practice()
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303
    with another_program(settings) as other:
        other.execute("UPDATE source SET last_name = 'Quillfeather'")
    assert "Quillfeather" in owner.get("/sources/1").text
    assert audit_cli.verdict_of(practice)[0].holds
    with another_program(settings) as other:
        for (trigger,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {trigger}")
        seq = other.execute("SELECT max(seq) FROM journal_entry").fetchone()[0]
        other.execute("UPDATE journal_entry SET actor = 99 WHERE seq = ?", [seq])
    verdict = audit_cli.verdict_of(practice)[0]
    assert (verdict.holds, verdict.bad_seq) == (False, seq)


def test_two_browsers_act_on_one_task_and_one_of_them_wins(app, clock):
    key = a_task(clock)
    browsers, together, answers = [builders.signed_in(app) for _ in range(6)], threading.Barrier(6), []

    def act(browser):
        together.wait(5)
        answers.append(browser.post(f"/tasks/{key}/done", headers={"HX-Request": "true"}).text)

    threads = [threading.Thread(target=act, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 6
    assert sum("That was done already." in answer for answer in answers) == 5
    assert all("Undo" in answer or "done already" in answer for answer in answers)
    done = select(JournalEntry.seq).where(JournalEntry.type == "task_done")
    assert len(db.session.scalars(done).all()) == 1
    db.session.rollback()
    assert db.session.execute(text("SELECT status FROM task")).scalar() == "done"


def a_task(clock) -> str:
    """Add a task by hand and return its key."""
    practice = builders.practice()
    with writing(practice.id):
        details = manual.Details("call", builders.day("2026-05-08"), 1, None)
        task: Task = service.add_manual_task(practice, details, sealed=None, task_uuid="u", now=clock.now)
        journal.record(practice, ManualTaskAdded(key=task.key, due="2026-05-08"), now=clock.now, source_id=1)
        return str(task.key)
