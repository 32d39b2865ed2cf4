"""Make a backup, by the clock or by command, and see that it can be read again."""

import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from crm.accounts.models import Practice
from crm.clients.record_models import Erasure
from crm.console import settings
from crm.crypto import Keyring, KeyringError, load_keyring
from crm.db import db
from crm.journal.audit_cli import verdict_of
from crm.keeping import archive, copying, queries, reseal_jobs, restoring, shelf, standing
from crm.keeping.manifest import PROGRAM, Erased, Manifest, Watermark
from crm.keeping.models import Kind
from crm.keeping.runs_jobs import Failed, Outcome, run
from crm.outreach.models import MessageState, OutboxMessage

MAKING = ".making-"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
OVER = (MessageState.SENT, MessageState.FAILED, MessageState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, read again and found whole."""

    path: Path
    manifest: Manifest
    size: int
    seconds: float
    pruned: tuple[str, ...]


def back_up(*, now: datetime) -> int:
    """Make the night's backup, and restore the newest one on trial once a week. Returns how many of both were done.

    Also made at once after somebody was erased: an older backup does not know of it. Idempotent; on several machines
    the first one to note that it begins does it. What goes wrong is noted where pages and `flask doctor` look.
    """
    clock = queries.clock_of(now)
    if clock is None:
        return 0
    erased_at = queries.last_erased_at()
    done = run(
        Kind.BACKUP, _backed_up, lambda: standing.is_due(queries.latest(), Kind.BACKUP, clock, since=erased_at), now
    )
    return done + run(Kind.REHEARSAL, _rehearsed, lambda: _rehearsal_is_due(now), now)


def _rehearsal_is_due(now: datetime) -> bool:
    """Say whether a week is over and this machine has a backup to try: of several machines one makes them."""
    return bool(_names(settings().backup_path)) and standing.week_is_over(queries.latest(), Kind.REHEARSAL, now)


def _backed_up(now: datetime) -> Outcome:
    made = make(now=now)
    return Outcome(made.path.name, made.size, made.manifest.trouble)


def _rehearsed(now: datetime) -> Outcome:
    """Restore the newest backup into a folder that is thrown away; raises Failed."""
    folder = settings().backup_path
    path = folder / shelf.newest_first(_names(folder))[0]
    with _said(folder), _alone_in(folder), tempfile.TemporaryDirectory(prefix=MAKING, dir=folder) as room:
        restored = restoring.restore(path, Path(room) / "var", _keyring(), now=now)
    return Outcome(path.name, path.stat().st_size, restored.trouble)


def make(*, now: datetime) -> Made:
    """Write a backup, read it again, let old ones go. Raises Failed; then every older backup is still there."""
    began, folder, keyring = time.perf_counter(), settings().backup_path, _keyring()
    _refuse_other_schema()
    with _said(folder), _alone_in(folder), tempfile.TemporaryDirectory(prefix=MAKING, dir=folder) as room:
        copy, sealed = Path(room) / "handoff.sqlite3", Path(room) / "sealed"
        copying.copy_to(copy)
        rows = copying.examine(copy)
        manifest = _describe(copy, rows, keyring, now)
        with sealed.open("xb") as file:
            archive.write(file, manifest, copy, keyring)
            file.flush()
            os.fsync(file.fileno())
        if archive.read(sealed, keyring) != manifest:
            raise Failed("what was written could not be read again")
        sealed.chmod(0o600)
        path = folder / shelf.name_for(now, _names(folder))
        sealed.rename(path)
        restoring.sync_folder(folder)
        pruned = shelf.surplus(_names(folder))
        for name in pruned:
            (folder / name).unlink()
    return Made(path, manifest, path.stat().st_size, time.perf_counter() - began, tuple(pruned))


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.backup")]


def _keyring() -> Keyring:
    try:
        return load_keyring(settings().keyring_path)
    except KeyringError as error:
        raise Failed(str(error)) from None


def _refuse_other_schema() -> None:
    scripts = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    with db.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_revision()
    if there != scripts.get_current_head():
        raise Failed("the database is not ready for this program; run `flask init` first")


def _describe(copy: Path, rows: dict[str, int], keyring: Keyring, now: datetime) -> Manifest:
    """Read off the copy what its manifest says; the chain of each journal is walked."""
    with current_app.extensions["handoff"].elsewhere(copy.parent).app_context():
        practices = db.session.scalars(select(Practice).order_by(Practice.id)).all()
        verdicts = {practice.uuid: verdict_of(practice)[0] for practice in practices}
        erased = db.session.execute(
            select(Practice.uuid, Erasure.client_uuid, Erasure.code, Erasure.erased_at)
            .join(Practice)
            .order_by(Erasure.id)
        )
        told: dict[str, Any] = {
            "schema": MigrationContext.configure(db.session.connection()).get_current_revision() or "",
            "heads": {uuid: verdict.head for uuid, verdict in verdicts.items()},
            "erased": tuple(Erased(*line) for line in erased),
            "outbox": _watermark(),
            "key_ids": tuple(sorted(reseal_jobs.rows_by_key())),
            "trouble": next((f"The journal was changed: {v.trouble}." for v in verdicts.values() if not v.holds), ""),
        }
        db.session.remove()
        db.engine.dispose()
    size, digest = copying.fingerprint(copy)
    return Manifest(
        program=PROGRAM, made_at=now, database=db.engine.dialect.name, key_id=keyring.active, size=size, sha256=digest,
        rows=rows, **told,
    )  # fmt: skip


def _watermark() -> Watermark:
    last_id, sent_at = db.session.execute(select(func.max(OutboxMessage.id), func.max(OutboxMessage.sent_at))).one()
    waiting = db.session.scalar(select(func.count()).where(OutboxMessage.state.not_in(OVER)))
    return Watermark(last_id or 0, sent_at, waiting or 0)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time make backups, and sweep away what a killed one left."""
    with (folder / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """Turn what a disk, a database or a file has to say into one sentence with the way out."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    except copying.NotWhole as error:
        raise Failed(f"the database is damaged ({error}); flask doctor says what to do") from None
    except (archive.BadArchive, restoring.Refusal) as error:
        raise Failed(str(error)) from None
    except OSError as error:
        if error.errno in FULL:
            raise Failed(_full(folder)) from None
        raise Failed(f"{error.filename or folder}: {error.strerror or error}") from None
    except (sqlite3.Error, DBAPIError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Failed(_full(folder) if "full" in said else f"the database could not be copied: {said}") from None


def _full(folder: Path) -> str:
    return f"the disk of {folder} is full; older backups are untouched. Make room or set HANDOFF_BACKUP_DIR"
