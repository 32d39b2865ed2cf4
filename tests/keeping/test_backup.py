"""Making a backup: of one moment while others write, with no key in it, and never at the cost of an older one."""

import base64
import io
import json
import re
import sqlite3
import stat
import threading
from contextlib import contextmanager
from datetime import timedelta

import builders
import pytest
from limits import no_file_over
from sqlalchemy import func, select, text

from crm.clients import erasure_service, queries
from crm.crypto import load_keyring
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.acts import FeedCreated
from crm.journal.models import JournalEntry
from crm.keeping import archive, backup_jobs, copying
from crm.keeping import queries as keeping
from crm.keeping.models import KeepingRun, Kind, RunState
from crm.sources.models import Office


def unpacked(path, settings) -> bytes:
    database = io.BytesIO()
    archive.read(path, load_keyring(settings.keyring_path), database)
    return database.getvalue()


@contextmanager
def writers(app, practice_id, now, wanted):
    """Write as fast as it goes in a thread of its own: an office and its entry, together or not at all."""
    enough, stop, failures = threading.Event(), threading.Event(), []

    def write():
        with app.app_context():
            try:
                number = 0
                while not stop.is_set():
                    number += 1
                    with writing(practice_id):
                        db.session.add(Office(practice_id=practice_id, name=f"W{number}"))
                        journal.record(builders.practice(), FeedCreated(feed=number), now=now)
                    if number == wanted:
                        enough.set()
            except BaseException as error:
                failures.append(error)
                enough.set()

    thread = threading.Thread(target=write)
    thread.start()
    enough.wait(30)
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert failures == []


def test_a_backup_made_while_others_write_is_of_one_moment(app, practice, clock, settings, tmp_path):
    desk, practice_id = app.extensions["handoff"].elsewhere, practice.id
    with writers(app, practice_id, clock.now, wanted=60):
        made = [backup_jobs.make(now=clock.now + timedelta(seconds=n)) for n in range(3)]
    counted = []
    for number, one in enumerate(made):
        folder = tmp_path / f"copy{number}"
        folder.mkdir()
        (folder / "handoff.sqlite3").write_bytes(unpacked(one.path, settings))
        assert copying.examine(folder / "handoff.sqlite3") == one.manifest.rows
        with desk(folder).app_context():
            offices = db.session.scalar(select(func.count()).where(Office.name.like("W%")))
            entries = db.session.scalar(select(func.count()).where(JournalEntry.type == "feed_created"))
            db.session.remove()
            db.engine.dispose()
        assert offices == entries
        assert one.manifest.trouble == ""
        counted.append(offices)
    assert counted[0] >= 60
    assert counted == sorted(counted)


def test_a_backup_says_what_is_in_it(practice, run, backups, settings):
    told = json.loads(run(args=["backup", "--json"]).output)
    (path,) = backups()
    assert told["file"] == str(path)
    assert told["bytes"] == path.stat().st_size
    manifest = told["manifest"]
    assert manifest["rows"]["client"] == 2
    assert manifest["heads"].keys() == {practice.uuid}
    schema = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    assert (manifest["schema"], manifest["key_id"], manifest["erased"]) == (schema, "k001", [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.backup_path.stat().st_mode) == 0o700
    assert [p.name for p in settings.backup_path.iterdir() if p != path] == [".lock"]


def test_no_key_is_in_a_backup_and_no_word_is_readable(practice, run, backups, settings):
    assert run(args=["backup"]).exit_code == 0
    plain = unpacked(backups()[0], settings)
    keys = [*load_keyring(settings.keyring_path).keys.values(), settings.secret_key_path.read_bytes().strip()]
    for content in (plain, backups()[0].read_bytes()):
        for key in keys:
            for shape in (key, base64.b64encode(key), key.hex().encode()):
                assert shape not in content
        assert b"Canaryteller" not in content
    assert b"C-0101" in plain
    assert b"C-0101" not in backups()[0].read_bytes()


def test_a_full_disk_keeps_the_older_backups_and_says_so(practice, run, backups, settings, owner):
    assert run(args=["backup"]).exit_code == 0
    before = [(path.name, path.read_bytes()) for path in backups()]
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with no_file_over(200_000):
        refused = run(args=["backup"])
    assert refused.exit_code == 1
    assert re.search("full|could not be copied", refused.output)
    assert [(path.name, path.read_bytes()) for path in backups()] == before
    assert sorted(path.name for path in settings.backup_path.iterdir()) == [".lock", before[0][0]]
    page = owner.get("/").text
    assert "Your data needs a look" in page
    assert "A backup failed: " in page
    assert run(args=["doctor"]).exit_code == 1


def test_the_clock_makes_one_a_night_and_tries_the_newest_once_a_week(practice, clock, backups):
    with writing():
        practice.created_at = clock.now - timedelta(days=1)
    for _tick in range(3):
        backup_jobs.back_up(now=clock.now)
    assert len(backups()) == 1
    rows = db.session.scalars(select(KeepingRun).order_by(KeepingRun.id)).all()
    assert [(row.kind, row.state, row.trouble) for row in rows] == [
        (Kind.BACKUP, RunState.OK, ""), (Kind.REHEARSAL, RunState.OK, ""),
    ]  # fmt: skip
    assert backup_jobs.back_up(now=clock.now + timedelta(days=1)) == 1
    assert len(backups()) == 2


def test_a_backup_is_made_as_soon_as_somebody_is_erased(practice, clock, backups):
    with writing():
        practice.created_at = clock.now - timedelta(days=1)
    backup_jobs.back_up(now=clock.now)
    with writing(practice.id):
        later = clock.now + timedelta(minutes=5)
        erasure_service.erase(practice, queries.get_client_by_code(practice.id, "C-0101"), now=later)
    assert backup_jobs.back_up(now=clock.now + timedelta(minutes=6)) == 1
    assert len(backups()) == 2


def test_a_backup_that_cannot_be_restored_is_found_on_trial(practice, run, clock, backups, owner):
    with writing():
        practice.created_at = clock.now - timedelta(days=8)
    assert backup_jobs.back_up(now=clock.now) == 2
    content = bytearray(backups()[0].read_bytes())
    content[-5] ^= 1
    backups()[0].write_bytes(content)
    with writing():
        db.session.execute(db.delete(KeepingRun).where(KeepingRun.kind == Kind.REHEARSAL))
    assert backup_jobs.back_up(now=clock.now) == 0
    failed = keeping.latest()[Kind.REHEARSAL, RunState.FAILED]
    assert "cut off or damaged" in failed.trouble
    assert "could not be restored on trial" in owner.get("/practice").text


def test_a_journal_that_was_changed_is_backed_up_and_told_of(practice, run, backups, owner, on_postgres):
    guard = "ALTER TABLE journal_entry DISABLE TRIGGER ALL" if on_postgres else "DROP TRIGGER journal_entry_no_update"
    with writing():
        journal.record(practice, FeedCreated(feed=1), now=practice.created_at)
    with writing():
        db.session.execute(text(guard))
        db.session.execute(text("UPDATE journal_entry SET payload = '{}' WHERE type = 'feed_created'"))
    done = run(args=["backup"])
    assert done.exit_code == 0
    assert len(backups()) == 1
    assert "The journal was changed" in done.output
    assert "The journal was changed" in owner.get("/practice").text


def test_without_its_key_no_backup_is_made(practice, run, settings, backups):
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    refused = run(args=["backup"])
    assert refused.exit_code == 1
    assert "put it back from your recovery copy" in refused.output
    assert backups() == []


def test_the_clocks_backup_of_two_machines_is_made_by_one(practice, clock, backups):
    """The other one noted that it had begun."""
    with writing():
        practice.created_at = clock.now - timedelta(days=1)
        db.session.add(KeepingRun(kind=Kind.BACKUP, at=clock.now))
    assert backup_jobs.back_up(now=clock.now + timedelta(minutes=1)) == 0
    assert backups() == []


@pytest.mark.sqlite
def test_what_a_killed_backup_left_is_swept_away(practice, run, settings, backups):
    left = settings.backup_path / ".making-killed"
    left.mkdir(parents=True)
    sqlite3.connect(left / "handoff.sqlite3").close()
    assert run(args=["backup"]).exit_code == 0
    assert not left.exists()
