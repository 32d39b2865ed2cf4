"""What the planner of a lunch begins with and prints: the agenda, the handout, the lines of the sign-in sheet."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "lunch.toml"
_TOLD = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))
AGENDA: str = _TOLD["agenda"].strip()
BEFORE = ("C51a", "C51b", "C51c", "C51d")
AFTER = ("C52a", "C52b", "C52c")


@dataclass(frozen=True, slots=True)
class Printed:
    """What a paper of a lunch says of it."""

    practice: str
    topic: str
    date: str
    time: str
    office: str


def task_keys(source_id: int, lunch_id: str, rules: Iterable[str]) -> list[str]:
    """Return the keys of a lunch's tasks, as the cadence engine makes them."""
    return [f"{rule}:s{source_id}:{lunch_id}" for rule in rules]


def handout(outline: Mapping[str, Any]) -> str:
    """Return the handout from the fields of the practice's own outline; empty where none is written."""
    told = [(head, str(outline.get(name) or "").strip()) for name, head in _TOLD["handout"].items()]
    return "\n\n".join(f"{head}:\n{words}" for head, words in told if words)


def lines(head_count: int | None) -> int:
    """Return how many lines the sign-in sheet has."""
    sheet: Mapping[str, int] = _TOLD["sheet"]
    return max((head_count or 0) + sheet["spare"], sheet["fewest"])


def clock_words(starts_at: str) -> str:
    """Say a time of day as it stands on paper here: "12:15 pm"."""
    hour, minute = map(int, starts_at.split(":"))
    return f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"
