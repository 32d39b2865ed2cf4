"""The database: base class, types, pragmas and the one way to begin writing."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import wraps
from pathlib import Path
from typing import IO, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Engine, MetaData, event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry

from crm.column_types import Choice, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITING = "handoff_writing"
PATIENCE = 20  # seconds a page waits for its turn to write before it says so
APPLICATION_ID = 0x48414E44  # "HAND", so that `file` and a careless restore can tell whose database this is
WAL_LIMIT = 64 * 1024 * 1024  # a log this long is folded back by whoever writes; the clock does it before that
DAMAGED = "damaged"  # a file of this name beside the database says what is wrong with it; nothing is written any more
PRAGMAS = (
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),  # NORMAL loses acknowledged writes in a power cut
    ("busy_timeout", "5000"),
    ("foreign_keys", "ON"),
    ("secure_delete", "ON"),
    ("temp_store", "MEMORY"),
    ("mmap_size", "0"),
    ("trusted_schema", "OFF"),
    ("cache_size", "-65536"),
    ("wal_autocheckpoint", "0"),  # only under the writers' lock: see `housekeeping`, and `_fold` below
    ("journal_size_limit", str(WAL_LIMIT // 4)),
)
POSTGRES = (
    ("lock_timeout", f"{PATIENCE}s"),
    # A process that hangs, or a node that is gone without a word, must not keep the others out.
    ("idle_in_transaction_session_timeout", "60s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
)
LONGEST_JOB = "15min"


class NotFound(Exception):  # noqa: N818 - it reads as a fact: raise NotFound
    """There is no such row in this practice. A foreign row and a missing one look the same."""


class Base(DeclarativeBase):
    """The parent of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    registry = registry(
        metadata=metadata,
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def choice(values: type[StrEnum], name: str) -> Choice:
    """Return a text column type limited to `values` by a CHECK constraint, the same on both databases."""
    return Choice(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda kind: [v.value for v in kind],
    )


class Busy(Exception):  # noqa: N818
    """Somebody else has been writing for longer than a person waits; try again."""


class Damaged(Exception):  # noqa: N818
    """The database was found damaged: writing more would bury what can still be saved."""


class Trouble(StrEnum):
    """What a database that cannot be used suffers from."""

    LOCKED = "locked"
    FULL = "full"
    READ_ONLY = "read-only"
    OTHER = "other"


# The drivers tell it in words only.
TROUBLE_WORDS = {
    Trouble.LOCKED: ("locked", "lock timeout", "deadlock"),
    Trouble.FULL: ("disk is full", "No space left on device"),
    Trouble.READ_ONLY: ("readonly database", "unable to open database file", "read-only transaction"),
}


def trouble_of(error: DBAPIError) -> Trouble:
    """Tell from a driver's error what keeps the database from being used."""
    told = str(error.orig)
    return next((kind for kind, words in TROUBLE_WORDS.items() if any(w in told for w in words)), Trouble.OTHER)


class _WriteLock:
    """One writer at a time: a lock among threads and a locked file among processes.

    BEGIN IMMEDIATE alone makes SQLite's unfair busy handler hold some writers up for seconds. Threads come
    in through a turnstile, so that a job of many short transactions lets a waiting page in between two.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.threads, self.turnstile = threading.Lock(), threading.Lock()

    def acquire(self, patience: float) -> IO[str]:
        if not self.turnstile.acquire(timeout=patience):
            raise Busy
        try:
            if not self.threads.acquire(timeout=patience):
                raise Busy
        finally:
            self.turnstile.release()
        try:
            return self._locked_file(patience)
        except BaseException:
            self.threads.release()
            raise

    def _locked_file(self, patience: float) -> IO[str]:
        """Lock the file against other processes; the kernel knows no wait that ends, so it is asked again and again."""
        end = time.monotonic() + patience
        handle = self.path.open("a")
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    handle.close()
                    raise Busy from None
                time.sleep(0.005)
            else:
                return handle

    def release(self, handle: IO[str]) -> None:
        handle.close()
        self.threads.release()


class _Fold:
    """Folds SQLite's log back into the database where the clock, which should have done it, does not run.

    A reader that stays can keep the log from being emptied; then it is tried again after as much again has come.
    """

    def __init__(self, database: Path) -> None:
        self._log = database.with_name(database.name + "-wal")
        self._next = WAL_LIMIT

    def where_long(self, connection: Any) -> None:
        """Look at the log after a commit; the caller holds the writers' lock."""
        size = self._log.stat().st_size if self._log.exists() else 0
        if size < WAL_LIMIT:
            self._next = WAL_LIMIT
        elif size >= self._next:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._next = size + WAL_LIMIT // 4


def begin_write(practice_id: int | None = None, *, patience: float | None = None) -> None:
    """Begin this session's transaction as a writing one; a no-op where it already is.

    On SQLite it takes the writers' lock and BEGIN IMMEDIATE, since a transaction that reads first and
    writes later fails at once under WAL; it waits `patience` seconds for its turn. On PostgreSQL it takes a
    transaction-level lock on the practice, so that two replays of one circle of care and two ends of the journal
    cannot cross.
    """
    session = db.session()
    if session.in_transaction() and not session.connection().get_execution_options().get(WRITING):
        session.rollback()  # only read so far; under WAL it could not become a writer
    # Said to a transaction that has begun, the options would be ignored with a warning.
    options = None if session.in_transaction() else {WRITING: patience or PATIENCE}
    connection = session.connection(execution_options=options)
    if connection.dialect.name == "postgresql" and practice_id is not None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": practice_id})


class Turn(IntEnum):
    """What several workers must not do at once; practices and the heartbeat are locks of one number, these of two."""

    REPLAN = 1
    DIGESTS = 2
    LETTERS = 3


def take_turn(turn: Turn, number: int) -> None:
    """Wait until nobody else is at it and keep others out until this transaction ends; SQLite has one writer anyway."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(int(turn), number)))


def by_one_worker(turn: Turn) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Let one worker at a time do a job of several transactions; the others find nothing to do, and return 0.

    On PostgreSQL a transaction of its own holds the lock: it goes with the process, so no worker depends on
    another. On SQLite everybody may: the jobs take turns in writing, and find what is done already.
    """

    def guard(job: Callable[..., int]) -> Callable[..., int]:
        @wraps(job)
        def guarded(**values: Any) -> int:
            if db.engine.dialect.name != "postgresql":
                return job(**values)
            with db.engine.connect() as connection:
                connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_JOB}'"))
                mine = connection.scalar(select(func.pg_try_advisory_xact_lock(int(turn), 0)))
                return job(**values) if mine else 0

        return guarded

    return guard


@contextmanager
def writing(practice_id: int | None = None, *, patience: float | None = None) -> Iterator[Session]:
    """Run a block as one writing transaction of an edge: commit at its end, roll back on any error."""
    db.session.rollback()
    try:
        begin_write(practice_id, patience=patience)
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def install_sqlite_rules(engine: Engine, lock_path: Path) -> None:
    """Make every connection of `engine` durable and every writing transaction exclusive."""
    lock = _WriteLock(lock_path)
    damaged = lock_path.with_name(DAMAGED)
    fold = _Fold(Path(str(engine.url.database)))

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for name, value in PRAGMAS:
            connection.execute(f"PRAGMA {name}={value}")
        if connection.execute("PRAGMA application_id").fetchone()[0] == 0:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if not (patience := connection.get_execution_options().get(WRITING)):
            connection.exec_driver_sql("BEGIN")
            return
        if damaged.exists():
            raise Damaged
        handle = lock.acquire(patience)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            lock.release(handle)
            raise
        connection.info["handoff_lock"] = handle

    def _end(connection: Any, how: str) -> None:
        # The event comes before the statement: say it here, so that the lock is held until it is done.
        if handle := connection.info.pop("handoff_lock", None):
            raw = connection.connection.dbapi_connection
            try:
                getattr(raw, how)()
            except sqlite3.Error as error:
                raw.rollback()  # before the next writer comes in: a commit that found the disk full is still open
                raise OperationalError(how, None, error) from error
            else:
                with suppress(sqlite3.Error):  # what was saved is saved; the log is folded another time
                    fold.where_long(raw)
            finally:
                lock.release(handle)

    @event.listens_for(engine, "commit")
    def _commit(connection: Any) -> None:
        _end(connection, "commit")

    @event.listens_for(engine, "rollback")
    def _rollback(connection: Any) -> None:
        _end(connection, "rollback")
