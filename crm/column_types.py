"""Types of columns that read what is there: a value no program of ours wrote must not take a whole list with it.

SQLite keeps whatever another program puts into a column. What cannot be read as the column's type is read as a value
that strikes the eye or closes the door: a moment in 1900, no choice, an empty list. It is logged, never written back.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator

log = structlog.get_logger()
NO_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
Reader = Callable[[Any], Any]


def forgiving(read: Reader | None, instead: Reader) -> Reader | None:
    """Wrap a reader so that what it cannot read becomes `instead(value)`."""
    if read is None:
        return None

    def reading(value: Any) -> Any:
        try:
            return read(value)
        except (ValueError, LookupError, TypeError) as error:
            log.error("unreadable_value", kind=type(error).__name__)
            return instead(value)

    return reading


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. Naive values are refused: they would be somebody's local time."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn an aware moment into the naive UTC the column holds."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back aware."""
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reader | None:
        """Read a moment, or one long ago."""
        return forgiving(super().result_processor(dialect, coltype), lambda _value: NO_MOMENT)


def read_json(told: str) -> Any:
    """Read a column of JSON; what is none is read as an empty object, which serves as an empty list too."""
    try:
        return json.loads(told)
    except ValueError as error:
        log.error("unreadable_value", kind=type(error).__name__)
        return {}


class Choice(Enum):
    """One of a closed set, as text; a set may name, as `unreadable`, what is read for anything else."""

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """Read the choice, or what stands for one that cannot be read: none, unless the set says otherwise."""
        read = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]
        instead = getattr(self.enum_class, "unreadable", lambda: None)
        return forgiving(read, lambda _value: instead())
