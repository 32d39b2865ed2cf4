"""Run migrations on the application's own engine, in one transaction each way."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from crm.db import WRITING, Base

# A backup of a PostgreSQL practice brings a SQLite file of its own to the newest form.
engine = context.config.attributes.get("engine") or current_app.extensions["migrate"].db.engine


def render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write plain types into migrations: they must not import the program of a later day."""
    plain = {"UtcDateTime": "sa.DateTime()", "AsaList": "sa.UnicodeText()"}
    if kind == "type" and type(item).__name__ == "Choice":
        values = ", ".join(map(repr, item.enums))
        return f"sa.Enum({values}, name={item.name!r}, native_enum=False, create_constraint=True, length=32)"
    return plain.get(type(item).__name__, False) if kind == "type" else False


def run() -> None:
    """Migrate with the writers' lock held; SQLite cannot alter tables in place, so it copies them in batches."""
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        if engine.dialect.name == "sqlite":
            # Copying a table in a batch drops the old one, which would cascade to its children.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
            transaction_per_migration=False,
            transactional_ddl=True,  # SQLite too takes a CREATE TABLE back, since we say BEGIN ourselves
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.detach()  # this connection has foreign keys off; it must not go back to the pool


run()
