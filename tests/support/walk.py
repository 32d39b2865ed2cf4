"""Walk every address of the application, and see whether a walk left a trace."""

from collections.abc import Iterator, Mapping

from dbhash import VOLATILE_TABLES
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from crm.db import db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def address(app: Flask, rule: Rule, known: Mapping[str, object] | None = None) -> str:
    """Return an address of a rule, with the known ids and, for the others, ids that exist nowhere."""
    values: dict[str, object] = {
        name: "1" if name in {"seq", "position"} or name.endswith("_id") else "x" for name in rule.arguments
    }
    values |= {name: value for name, value in (known or {}).items() if name in rule.arguments}
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"}), "GET"))


def everywhere(app: Flask, known: Mapping[str, object] | None = None) -> Iterator[tuple[Rule, str, str]]:
    """Yield every address with every method."""
    for rule in app.url_map.iter_rules():
        for method in METHODS:
            yield rule, address(app, rule, known), method


def everything(app: Flask) -> list[tuple[str, int]]:
    """Return how many rows every table has that keeps records."""
    with app.app_context():
        tables = sorted(db.metadata.tables.keys() - VOLATILE_TABLES.keys())
        rows = [db.session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in tables]  # noqa: S608
        db.session.rollback()
        return list(zip(tables, rows, strict=True))
