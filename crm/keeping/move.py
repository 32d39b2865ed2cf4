"""Carry every row of one database over to another, and know afterwards that nothing was lost on the way."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, exists, func, insert, literal, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from crm.accounts.models import Practice
from crm.db import Base
from crm.outreach.models import MessageState, OutboxMessage
from crm.outreach.sending import INTERRUPTED

MOVED = "Moved to another database; it may have been sent since."
ROWS = 1000
NOT_BEGUN = (MessageState.QUEUED, MessageState.RETRY, MessageState.CLAIMED, MessageState.HELD)


class NotMoved(Exception):  # noqa: N818
    """Nothing was carried over; the text says why."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was carried over: rows in all, the hash of all content, and how many messages wait for a person now."""

    rows: int
    content: str
    held: int


def carry(source: Connection, target: Connection) -> Moved:
    """Copy all rows into an empty database of the same migration, hold its outbox, and compare.

    Both connections stand in a transaction of the caller's, the source's a writing one, so that nothing
    changes meanwhile. Raises NotMoved; the caller then rolls back and leaves nothing behind.
    """
    _refuse_taken(target)
    rows = sum(_copy(table, source, target) for table in Base.metadata.sorted_tables)
    content = content_hash(source)
    if content_hash(target) != content:
        raise NotMoved("what arrived is not what was sent; nothing was carried over")
    _set_sequences(source, target)
    return Moved(rows, content, _hold(target))


def content_hash(connection: Connection) -> str:
    """Return a hash over every value of every table, the same for the same content on either database.

    Rows are added up, so that their order does not matter: the two databases sort text differently.
    """
    whole = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        total = 0
        for row in connection.execute(select(table)):
            plain = json.dumps(list(row), default=_plain, sort_keys=True, ensure_ascii=False)
            total += int.from_bytes(hashlib.sha256(plain.encode()).digest(), "big")
        whole.update(f"{table.name} {total % 2**256:x}\n".encode())
    return whole.hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):  # and a moment, which is one
        return value.isoformat()
    return str(value)


def _refuse_taken(target: Connection) -> None:
    """Let only an empty database through; the unnamed practice that `flask init` makes gives way."""
    target.execute(text("LOCK TABLE practice IN EXCLUSIVE MODE"))  # two moves at once: the second finds it taken
    taken = [table.name for table in Base.metadata.sorted_tables if target.scalar(_any_row(table))]
    if taken == ["practice"] and not target.scalar(select(exists().where(Practice.name != ""))):
        target.execute(Base.metadata.tables["practice"].delete())
    elif taken:
        raise NotMoved(f"that database is in use: {', '.join(taken)} hold rows already; name an empty one")


def _any_row(table: Table) -> Any:
    return select(exists(select(literal(1)).select_from(table)))


def _copy(table: Table, source: Connection, target: Connection) -> int:
    """Copy one table in the order of its keys, since a row may point to an earlier one."""
    copied = 0
    try:
        for rows in source.execute(select(table).order_by(*table.primary_key)).mappings().partitions(ROWS):
            target.execute(insert(table), [dict(row) for row in rows])
            copied += len(rows)
    except (LookupError, ValueError) as error:
        raise NotMoved(f"a row of {table.name} cannot be read: {error}") from error
    except (DataError, IntegrityError) as error:
        raise NotMoved(f"a row of {table.name} does not fit: {str(error.orig).splitlines()[0]}") from error
    return copied


def _set_sequences(source: Connection, target: Connection) -> None:
    """Let new rows be numbered after the last; a number of the journal is never given twice, even of a deleted row."""
    given = {row.name: row.seq for row in source.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        last = max(target.scalar(select(func.max(column))) or 0, given.get(table.name, 0))
        quoted = target.dialect.identifier_preparer.format_table(table)
        sequence = func.pg_get_serial_sequence(quoted, column.name)
        target.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _hold(target: Connection) -> int:
    """Let nothing leave from the new database that the old one may have sent; a person decides. Returns how many."""
    return sum(
        _become(target, states, becomes, reply)
        for states, becomes, reply in (
            (NOT_BEGUN, MessageState.HELD, MOVED),
            ((MessageState.IN_DATA,), MessageState.UNKNOWN, INTERRUPTED),
        )
    )


def _become(target: Connection, states: Sequence[MessageState], becomes: MessageState, reply: str) -> int:
    those = update(OutboxMessage).where(OutboxMessage.state.in_(states))
    return target.execute(those.values(state=becomes, reply=reply, lease_until=None)).rowcount
