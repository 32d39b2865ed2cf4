"""What was changed in a client's file: field by field, what stood there and what stands there now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field that was changed; both sides as text, empty for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of the file: what, when, by whom, why."""

    title: str
    on: date
    by: str
    reason: str
    changes: tuple[Change, ...]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the fields in which two versions differ, in the order of the newer one."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    fields = [*new, *(field for field in old if field not in new)]
    return tuple(
        Change(field, old.get(field, ""), new.get(field, ""))
        for field in fields
        if old.get(field, "") != new.get(field, "")
    )


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Walk down to what was typed: "Limits, systolic" is 150."""
    if value is None or value is False or value in ("", [], {}):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            word = str(key).replace("_", " ")
            yield from _leaves(inner, f"{name}, {word}" if name else word.capitalize())
    elif isinstance(value, (list, tuple)):
        if any(isinstance(inner, (Mapping, list, tuple)) for inner in value):
            for number, inner in enumerate(value, 1):
                yield from _leaves(inner, f"{name} {number}")
        else:
            yield name, ", ".join(str(inner) for inner in value)
    else:
        yield name, "yes" if value is True else str(value)
