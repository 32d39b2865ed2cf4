"""Another program writes rubbish into a row: that row looks odd, and everything around it goes on."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import builders
import pytest
from sqlalchemy import JSON, String, Table, update

from crm import demo
from crm.accounts.models import Practice, UserSession
from crm.column_types import Choice, UtcDateTime
from crm.db import Base, db, writing
from crm.outreach import digest_jobs, feed_service, jobs

pytestmark = pytest.mark.sqlite
PAGES = ("/", "/pipeline", "/sources", "/clients", "/calendar", "/outbox", "/quick-add")
RUBBISH = {Choice: "rubbish", UtcDateTime: "not a time", JSON: "{not json"}
KEYS = {
    "uuid",
    "key",
    "code",
    "rule",
    "token_hash",
    "fs_uniquifier",
    "message_id",
    "time_zone",
    "form_key",
    "name",
    "npi",
}


@pytest.fixture
def desk(app, owner, clock, settings):
    """The sample practice with a calendar, whose address is returned; no connection is open."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
            _feed, token = feed_service.create_feed(
                practice, builders.user(), name="Phone", hide_sources=False, now=clock.now
            )
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        at_rest()
    return f"/cal/{token}.ics"


def at_rest():
    """Let go of the database, so that its file can be written from outside."""
    db.session.remove()
    db.engine.dispose()


def poison(file: Path, table: Table) -> int:
    """Write rubbish into each typed column of two rows, and a NUL into their texts, like a program that asks nobody.

    Returns how many rows there were to poison.
    """
    columns = {}
    for column in table.columns:
        if column.primary_key or column.foreign_keys or column.name in KEYS:
            continue
        if (kind := type(column.type)) in RUBBISH:
            columns[column.name] = RUBBISH[kind]
        elif isinstance(column.type, String):
            columns[column.name] = "a\0b"
    if not columns:
        return 0
    sets = ", ".join(f'"{name}" = ?' for name in columns)
    rows = f'SELECT rowid FROM "{table.name}" ORDER BY rowid LIMIT 2'  # noqa: S608 - names of our own tables
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        update = f'UPDATE "{table.name}" SET {sets} WHERE rowid IN ({rows})'  # noqa: S608
        return other.execute(update, [*columns.values()]).rowcount


def survived(app, owner, feed: str, now) -> str:
    """Return what a poisoned row took with it, or nothing."""
    died = [path for path in (*PAGES, feed) if owner.get(path).status_code != 200]
    with app.app_context():
        digest = digest_jobs.digest_of(builders.user(), now.date(), now=now).text
        jobs.replan_today(now=now + timedelta(days=1))
        replanned_on = db.session.query(Practice).one().replanned_on
        at_rest()
    return (
        " ".join(died) + ("" if "C-01" in digest else " digest") + ("" if replanned_on == "2026-05-07" else " replay")
    )


def test_a_poisoned_row_takes_nothing_else_with_it(app, owner, desk, settings, clock):
    file, poisoned, died = settings.data_dir / "handoff.sqlite3", 0, {}
    whole, cookie = file.read_bytes(), owner.get_cookie("handoff").value
    for table in Base.metadata.sorted_tables:
        for name in ("handoff.sqlite3-wal", "handoff.sqlite3-shm"):
            file.with_name(name).unlink(missing_ok=True)
        file.write_bytes(whole)
        if poison(file, table):
            poisoned += 1
            owner.set_cookie("handoff", cookie)
            if what := survived(app, owner, desk, clock.now):
                died[table.name] = what
    # That address is withdrawn, as one whose end cannot be read; that session is over, and the calendar needs none.
    assert died == {"calendar_feed": desk, "user_session": " ".join(PAGES)}
    assert poisoned > 15


@pytest.mark.parametrize("contents", ["a\0b", "", "[1]", "{}", '{"_user_id": 7}', '{"x": {" b": 1}}'])
def test_a_session_whose_row_cannot_be_read_is_over_and_one_signs_in_anew(app, owner, contents):
    with app.app_context():
        with writing():
            db.session.execute(update(UserSession).values(contents=contents))
        at_rest()
    assert owner.get("/sources").location == "/login"
    assert owner.get("/login").status_code == 200
    with app.app_context():
        assert db.session.query(UserSession).count() == 0
        at_rest()
