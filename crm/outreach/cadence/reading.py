"""Reading JSON values one by one: each reader returns the value or names the field that is wrong (cadence.md 10)."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from crm.outreach.cadence.events import parse_date
from crm.outreach.cadence.records import BadInput

Value = TypeVar("Value")
Reader = Callable[[object, str], Value]

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def path_to(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def read_object(
    value: object, path: str, *, known: Collection[str], required: Collection[str] = ()
) -> Mapping[str, Any]:
    """An object with no unknown fields and all required ones; `note` is allowed everywhere."""
    if not isinstance(value, dict):
        raise BadInput(path or "$", "must be an object")
    for name in value:
        if name not in known and name != "note":
            raise BadInput(path_to(path, name), "is not a known field")
    for name in required:
        if name not in value:
            raise BadInput(path_to(path, name), "is missing")
    return value


def read_list(value: object, path: str, read: Reader[Value]) -> list[Value]:
    if not isinstance(value, list):
        raise BadInput(path, "must be a list")
    return [read(item, f"{path}[{place}]") for place, item in enumerate(value)]


def read_text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise BadInput(path, "must be a text")
    return value


def read_flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise BadInput(path, "must be true or false")
    return value


def read_id(value: object, path: str) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadInput(path, "must be 1 to 40 letters, digits, - or _")
    return value


def read_date(value: object, path: str) -> date:
    return parse_date(value, path)


def read_clock_time(value: object, path: str) -> time:
    if not isinstance(value, str) or not _CLOCK_TIME.fullmatch(value):
        raise BadInput(path, "write a time as 15:00")
    return time.fromisoformat(value)


def read_zone(value: object, path: str) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise BadInput(path, "is not a time zone such as America/New_York")
    return value


def read_number(lowest: int, highest: int) -> Reader[int]:
    def read(value: object, path: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise BadInput(path, f"must be a whole number from {lowest} to {highest}")
        return value

    return read


def read_choice(choices: Collection[str]) -> Reader[str]:
    def read(value: object, path: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise BadInput(path, f"must be one of {', '.join(choices)}")
        return value

    return read


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """The names of the IANA database; a machine may list its own setting among them."""
    return frozenset(available_timezones()) - {"localtime"}
