"""Walk every address of the application, and see whether a walk left a trace."""

from dbhash import VOLATILE_TABLES
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from crm.db import db


def address(app: Flask, rule: Rule) -> str:
    """Return an address of a rule, with ids that exist nowhere."""
    values = {name: "1" if name in {"seq", "position"} or name.endswith("_id") else "x" for name in rule.arguments}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"}), "GET"))


def everything(app: Flask) -> list[tuple[str, int]]:
    """Return how many rows every table has that keeps records."""
    with app.app_context():
        tables = sorted(db.metadata.tables.keys() - VOLATILE_TABLES.keys())
        rows = [db.session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in tables]  # noqa: S608
        db.session.rollback()
        return list(zip(tables, rows, strict=True))
