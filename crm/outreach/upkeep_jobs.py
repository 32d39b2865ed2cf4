"""What keeps the database itself in order: the clock's own note, SQLite's log, and what was deleted."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import current_app

from crm.accounts import sessions, throttle_service
from crm.db import WAL_LIMIT, db, writing
from crm.outreach import outbox
from crm.outreach.jobs import HEARTBEAT_LOCK
from crm.settings import Settings


def housekeeping(*, now: datetime, runs: Mapping[str, Any] | None = None) -> int:
    """Note that the clock ticks and how its jobs last ran, fold SQLite's log into the database, and forget
    sessions and tries whose time is over. Returns 1.

    The checkpoint runs under the writers' lock: no commit may race it (SQLite before 3.51.3 can lose
    its way there), and only this job checkpoints on purpose. Raises LogTooLong where somebody who has been
    reading for long keeps the log from being used again; it is noted beside the heartbeat.
    """
    with writing(HEARTBEAT_LOCK):
        row = outbox.heartbeat()
        sessions.forget(now=now)
        throttle_service.forget(now=now)
        row.ticked_at, row.details = now, {**row.details, "runs": {**row.details.get("runs", {}), **(runs or {})}}
    with alone() as cursor:
        if cursor is not None:
            _busy, pages, folded = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if (pages - folded) * cursor.execute("PRAGMA page_size").fetchone()[0] > WAL_LIMIT:
                raise LogTooLong
    return 1


class LogTooLong(Exception):  # noqa: N818
    """SQLite's log grows and cannot be folded back: a program has been reading the database for too long."""


def wipe_deleted() -> None:
    """Write SQLite's file anew and empty its log, so that nothing deleted is left on the disk.

    PostgreSQL does that by itself in time. What was sealed needs the key in either case.
    """
    with alone() as cursor:
        if cursor is not None:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def alone() -> Iterator[Any]:
    """Yield a cursor outside any transaction, under the writers' lock; None where the database is not SQLite."""
    settings: Settings = current_app.extensions["handoff"].settings
    if not settings.is_sqlite:
        yield None
        return
    db.session.remove()
    with (settings.data_dir / "write.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        connection = db.engine.raw_connection()
        try:
            yield connection.cursor()
        finally:
            connection.close()
