"""A consistent copy of the database as one SQLite file, whichever database it is, and a look at whether it is whole."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from flask import current_app
from sqlalchemy import create_engine, insert, select

from crm.db import Base, db

BLOCK = 1024 * 1024
ROWS = 1000


class NotWhole(Exception):  # noqa: N818
    """A database is damaged, or rows of it point nowhere; the text says what was found."""


def copy_to(target: Path) -> None:
    """Write the database as it is at one moment to a new SQLite file; nobody who writes has to wait.

    Copying the file itself would miss what is still in SQLite's log. From PostgreSQL the rows are read in one snapshot.
    """
    if db.engine.dialect.name == "sqlite":
        connection = db.engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    else:
        _copy_rows(target)


def _copy_rows(target: Path) -> None:
    engine = create_engine(f"sqlite:///{target}")
    try:
        config = current_app.extensions["migrate"].migrate.get_config()
        config.attributes["engine"] = engine
        command.upgrade(config, "head")
        source = db.engine.connect().execution_options(isolation_level="REPEATABLE READ", stream_results=True)
        with source, engine.begin() as copy:
            for table in Base.metadata.sorted_tables:
                for rows in source.execute(select(table)).mappings().partitions(ROWS):
                    copy.execute(insert(table), [dict(row) for row in rows])
    finally:
        engine.dispose()


def examine(path: Path) -> dict[str, int]:
    """Check every page, index and reference of a SQLite file; return the number of rows by table. Raises NotWhole."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
        if found != ["ok"]:
            raise NotWhole(found[0])
        if loose := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise NotWhole(f"a row of {loose[0]} points to a row of {loose[2]} that is not there")
        return {name: _count(connection, name) for name in _tables(connection)}
    except sqlite3.DatabaseError as error:
        raise NotWhole(str(error)) from None
    finally:
        connection.close()


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - from the schema
    return count


def _tables(connection: sqlite3.Connection) -> Iterable[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in connection.execute(query)]


def fingerprint(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return path.stat().st_size, digest.hexdigest()
