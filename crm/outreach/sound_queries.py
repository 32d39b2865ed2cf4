"""Read a list although single rows of it cannot be read: a date or choice that somebody's SQL broke."""

from typing import Any

import structlog
from sqlalchemy import Row, Select
from sqlalchemy.orm import InstrumentedAttribute

from crm.db import db

# What the column types raise for bytes they cannot take.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
log = structlog.get_logger()


def rows(query: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int]) -> list[Row[Any]]:
    """Return a query's rows; where some cannot be read, all the others, in order. The log counts what is left out.

    `key` is the number of what a row is about; it is asked for only where the whole cannot be read.
    """
    try:
        return list(db.session.execute(query))
    except UNREADABLE:
        ids = [row[-1] for row in db.session.execute(_only(query, key))]
    found = _halves(query, key, ids)
    log.warning("rows_left_out", table=key.class_.__tablename__, count=len(ids) - len(found))
    return found


def _only(query: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int]) -> Select[Any]:
    return query.with_only_columns(key, maintain_column_froms=True)


def _halves(query: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int], ids: list[int]) -> list[Row[Any]]:
    try:
        return list(db.session.execute(query.where(key.in_(ids))))
    except UNREADABLE:
        half = len(ids) // 2
        return [*_halves(query, key, ids[:half]), *_halves(query, key, ids[half:])] if half else []
