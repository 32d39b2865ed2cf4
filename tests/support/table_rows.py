"""Every row of every table, to see that one desk holds what another does."""

from sqlalchemy import select

from crm.db import Base, db

# What a restore changes on purpose, or what says when something was looked at.
VOLATILE_TABLES = {"keeping_run", "heartbeat"}
VOLATILE_COLUMNS = {"user": {"fs_uniquifier", "update_datetime"}, "practice": {"task_revision"}}


def every_row() -> dict[str, list[str]]:
    """Return the rows of the desk whose application context it is, by table."""
    db.session.rollback()
    held = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in VOLATILE_TABLES:
            columns = [c for c in table.columns if c.name not in VOLATILE_COLUMNS.get(table.name, ())]
            held[table.name] = sorted(repr(tuple(row)) for row in db.session.execute(select(*columns)))
    return held
