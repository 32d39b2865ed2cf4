"""One hash over all that the database holds, the same on SQLite and PostgreSQL: equal hashes, nothing changed."""

import hashlib
import json
from typing import Any

from flask_security import AsaList
from sqlalchemy import Column, Table, Text, column, select

from crm.db import db
from crm.journal import access_acts

# What moves by itself and is nobody's record.
TRACES = {kind.type for kind in access_acts.TRACES}  # what reading and being refused leave in the log
VOLATILE_TABLES = {
    "trouble_count": "each answer that says something broke is counted",
    "heartbeat": "each tick of the clock writes it",
    "user_session": "a browser that looks leaves its hour",
    "throttle": "a wrong secret is counted",
    "known_device": "where somebody signed in from",
}
VOLATILE_COLUMNS = {
    ("calendar_feed", "fetched_at"): "a calendar that looks leaves its hour",
    ("calendar_feed", "fetched_by"): "and its name",
}


def dbhash() -> str:
    """Return the hash of every row of every table; needs an application context."""
    db.session.rollback()
    total = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        if table.name not in VOLATILE_TABLES:
            total.update(table_hash(table).encode())
    db.session.rollback()
    return total.hexdigest()


def table_hash(table: Table) -> str:
    """Return the hash of one table, whatever order the database has its rows in."""
    columns = sorted((c for c in table.columns if (table.name, c.name) not in VOLATILE_COLUMNS), key=lambda c: c.name)
    query = select(*map(_read, columns)).select_from(table)
    if table.name == "journal_entry":
        query = query.where(table.c.type.not_in(TRACES))
    rows = sorted(json.dumps([_plain(value) for value in row], sort_keys=True) for row in db.session.execute(query))
    return hashlib.sha256("\n".join([table.name, *(c.name for c in columns), *rows]).encode()).hexdigest()


def _read(of: Column[Any]) -> Any:
    """Read a list of Flask-Security's as the text it is; its own type warns at every statement."""
    return column(of.name, Text) if isinstance(of.type, AsaList) else of


def _plain(value: Any) -> Any:
    """Return a value as JSON can say it."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, int | float | str | list | dict | None) else str(value)
