"""Look each night whether SQLite's file is whole, and empty its log; what is damaged is written to no more."""

import os
import sqlite3
from datetime import datetime

from flask import current_app

from crm.console import settings
from crm.db import DAMAGED, db
from crm.keeping import queries
from crm.keeping.models import Kind
from crm.keeping.runs_jobs import Failed, Outcome, run
from crm.keeping.standing import Clock, is_due, week_is_over
from crm.outreach.upkeep_jobs import alone

PATIENCE_MS = 200  # for readers, while nobody can write


def check_database(*, now: datetime) -> int:
    """Check the database once a night, thoroughly once a week. Returns 1 where that was done and it is whole.

    Damage stops all writing, on every page and in every job, until a backup is restored. PostgreSQL looks after itself.
    """
    clock = queries.clock_of(now)
    if clock is None or not settings().is_sqlite or (settings().data_dir / DAMAGED).exists():
        return 0
    kind = Kind.FULL_CHECK if week_is_over(queries.latest(), Kind.FULL_CHECK, now) else Kind.QUICK_CHECK
    return run(kind, lambda _now: _checked(kind), lambda: _is_due(clock), now)


def _is_due(clock: Clock) -> bool:
    """Say whether neither of the two was done this night."""
    latest = queries.latest()
    return all(is_due(latest, kind, clock) for kind in (Kind.QUICK_CHECK, Kind.FULL_CHECK))


def _checked(kind: Kind) -> Outcome:
    if trouble := damage(thorough=kind == Kind.FULL_CHECK):
        stop_writing(trouble)
        raise Failed(f"the database is damaged: {trouble}")
    with alone() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("PRAGMA busy_timeout=5000")
    return Outcome(size=(settings().data_dir / "handoff.sqlite3").stat().st_size if not settings().database_url else 0)


def damage(*, thorough: bool) -> str:
    """Ask SQLite whether its file is whole; return the first thing it finds, or nothing."""
    db.session.remove()
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        found = cursor.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    finally:
        connection.close()
    return "" if found == "ok" else " ".join(str(found).split())


def stop_writing(trouble: str) -> None:
    """Leave the note that keeps everybody from writing to this database."""
    path = settings().data_dir / DAMAGED
    at = current_app.extensions["handoff"].clock()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{at:%Y-%m-%d %H:%M} UTC: {trouble}\n")
