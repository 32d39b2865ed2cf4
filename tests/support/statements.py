"""Count the SQL statements of a request: what a page costs on any machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from crm.db import db


@contextmanager
def count_statements(app: Flask) -> Iterator[list[str]]:
    """Collect every statement run inside the block; `len()` of the list is the count."""
    seen: list[str] = []

    def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", _note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", _note)
