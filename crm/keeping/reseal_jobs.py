"""Seal client data anew after a change of keys, while the desk runs; and say which key is still needed by what."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import LargeBinary, func, select, update

from crm.crypto import KeyringError, Sealer, Unreadable, load_keyring
from crm.db import db, writing
from crm.keeping.sealed_columns import SEALED, SealedColumn

AGAIN = timedelta(hours=1)


@dataclass(slots=True)
class LastPass:
    """When this process last looked through all rows, and for which key: looking costs a walk through the database."""

    active: str = ""
    at: datetime | None = None


def reseal(*, now: datetime, last: LastPass) -> int:
    """Go on with a change of keys that was begun. Returns how many rows were sealed anew.

    Idempotent, and safe to kill: what is left is found again by the key each row names. With one key in the key
    file there is nothing to look for; once all is done it looks again each hour, for what a restore brought back.
    """
    try:
        keyring = load_keyring(current_app.extensions["handoff"].settings.keyring_path)
    except KeyringError:
        return 0
    if len(keyring.keys) == 1 or (last.active == keyring.active and last.at and now < last.at + AGAIN):
        return 0
    done = reseal_rows()
    last.active, last.at = keyring.active, now
    return done


def reseal_rows() -> int:
    """Seal every row of an older key with the active one, a batch a transaction; return how many.

    A row that cannot be opened stays as it is.
    """
    sealer: Sealer = current_app.extensions["handoff"].sealer()
    return sum(_column(column, sealer) for column in SEALED)


def _column(column: SealedColumn, sealer: Sealer) -> int:
    done, last = 0, 0
    while batch := _batch(column, sealer, last):
        done, last = done + batch[0], batch[1]
    return done


def _batch(column: SealedColumn, sealer: Sealer, after: int) -> tuple[int, int] | None:
    """Seal the next rows anew; return how many and the last row's number, None where there are no more."""
    model, number = column.model, getattr(column.model, column.number)
    older = _key_of(column) < sealer.active.encode()  # never a newer one: another machine may have gone ahead
    found = select(number, getattr(model, column.bound_to), model.sealed).where(older, number > after)
    with writing():
        rows = db.session.execute(found.order_by(number).limit(column.batch)).all()
        done = sum(_swapped(column, sealer, *row) for row in rows)
    return (done, rows[-1][0]) if rows else None


def _swapped(column: SealedColumn, sealer: Sealer, number: int, bound_to: Any, old: bytes) -> int:
    """Put a row's value under the active key unless somebody changed it since it was read; return how many that is."""
    try:
        new = sealer.sealed_anew(old, table=column.table, row=str(bound_to))
    except Unreadable:
        return 0
    model = column.model
    same = (getattr(model, column.number) == number, model.sealed == old)
    done = db.session.execute(
        update(model).where(*same).values(sealed=new).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def rows_by_key() -> dict[str, Counter[str]]:
    """Return for each key id that rows name how many rows of each table do, in the database this session is on."""
    found: dict[str, Counter[str]] = {}
    for column in SEALED:
        key = _key_of(column)
        query = select(key, func.count()).where(column.model.sealed.is_not(None)).group_by(key)
        for key_id, count in db.session.execute(query).tuples():
            found.setdefault(bytes(key_id).decode("ascii", "replace"), Counter())[column.table] += count
    return found


def _key_of(column: SealedColumn) -> Any:
    return func.substr(column.model.sealed, 2, 4, type_=LargeBinary)
