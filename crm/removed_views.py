"""What was taken out and may come back: the last row stays with the session, for the way back in the message."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Column
from sqlalchemy.exc import IntegrityError

from crm import guards
from crm.accounts.permissions import Permission
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SourceChanged
from crm.readiness import jobs
from crm.readiness.models import Gift, Paper
from crm.sources.models import BackgroundFact, Contact
from crm.web import commit, way_back

bp = Blueprint("removed", __name__)
KEPT = "removed"
MODELS: dict[str, Any] = {model.__tablename__: model for model in (Contact, BackgroundFact, Paper, Gift)}
FIELDS = {Contact.__tablename__: "contacts", BackgroundFact.__tablename__: "background"}  # of a source


def keep(row: Any) -> str:
    """Keep a row that is about to go, and return the category of the message that offers it back."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
    session[KEPT] = [row.__tablename__, plain]
    return f"undo:{url_for('removed.put_back')}"


@bp.post("/removed/back")
def put_back() -> ResponseReturnValue:
    """Put the row back that this session took out last."""
    table, values = session.pop(KEPT, ("", {}))
    if not table:
        flash("That was taken back already.")
        return redirect(way_back(), 303)
    model = MODELS[table]
    if table not in FIELDS and not guards.may(Permission.SETTINGS):
        abort(403)
    row = model(**{column.key: _typed(column, values.get(column.key)) for column in model.__table__.columns})
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        flash("It cannot come back: what it belonged to is gone.", "error")
        return redirect(way_back(), 303)
    _follow(table, row)
    commit()
    flash("Taken back.")
    return redirect(way_back(), 303)


def _follow(table: str, row: Any) -> None:
    """Let follow what follows from such a row."""
    if table in FIELDS:
        changed = SourceChanged(source=f"s{row.source_id}", fields=FIELDS[table])
        journal.record(g.practice, changed, now=g.now, actor=g.user.id)
    if table == Paper.__tablename__:
        jobs.follow_papers(g.practice, now=g.now)


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    kind = column.type.python_type
    return date.fromisoformat(value) if kind is date else kind(value)
