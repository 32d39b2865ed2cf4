"""Walk every address of the application, and see whether a walk left a trace."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from dbhash import TRACES, VOLATILE_TABLES
from flask import Flask
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from crm.db import db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def address(app: Flask, rule: Rule, known: Mapping[str, object] | None = None) -> str:
    """Return an address of a rule, with the known ids and, for the others, ids that exist nowhere."""
    values: dict[str, object] = {
        name: "1" if name in {"seq", "position", "day"} or name.endswith("_id") else "x" for name in rule.arguments
    } | ({"token": "x" * 43} if "token" in rule.arguments else {})
    values |= {name: value for name, value in (known or {}).items() if name in rule.arguments}
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"}), "GET"))


def everywhere(app: Flask, known: Mapping[str, object] | None = None) -> Iterator[tuple[Rule, str, str]]:
    """Yield every address with every method, but where another rule answers it, as one shows and one saves."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        path = address(app, rule, known)
        for method in METHODS:
            with suppress(HTTPException):
                if adapter.match(path, method, return_rule=True)[0] is not rule:
                    continue
            yield rule, path, method


def everything(app: Flask) -> list[tuple[str, int]]:
    """Return how many rows every table has that keeps records."""
    with app.app_context():
        tables = sorted(db.metadata.tables.keys() - VOLATILE_TABLES.keys())
        left_out = {"journal_entry": f" WHERE type NOT IN ({', '.join(map(repr, sorted(TRACES)))})"}
        counts = [f'SELECT count(*) FROM "{name}"{left_out.get(name, "")}' for name in tables]  # noqa: S608
        rows = [db.session.execute(text(query)).scalar() for query in counts]
        db.session.rollback()
        return list(zip(tables, rows, strict=True))
