"""What the cadence engine is given and what it answers: frozen values, no behaviour (cadence.md 1 and 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class BadInput(Exception):  # noqa: N818 - the name is part of the interface
    """Input that cannot be understood; `field` is the path of the culprit (cadence.md 10)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Status(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Override:
    """What a practice changes about one rule; None leaves the shipped value."""

    enabled: bool | None = None
    due: str | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    time_zone: str
    closed_days: frozenset[date] = frozenset()
    cutoff: time = time(15, 0)
    office_per_week: int = 2
    rules: Mapping[str, Override] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    grade: str = "B"
    credential: str = "MD"
    office: str = ""
    channel: str = "fax"
    closed_weekdays: frozenset[int] = frozenset()
    closed_days: frozenset[date] = frozenset()
    report_days: int = 30

    @property
    def office_id(self) -> str:
        """A source without an office is an office of its own."""
        return self.office or self.id


@dataclass(frozen=True, slots=True)
class Client:
    """Of one who was erased, the events still say how their source stands; nothing is planned for them."""

    id: str
    source: str | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task as it stands at `as_of`; the last three fields say why it exists and are not part of the JSON."""

    key: str
    rule: str
    due: date
    window_end: date
    status: str
    source: str | None
    client: str | None
    channel: str
    template: str
    reason: str
    trigger: str
    trigger_on: date
    anchor_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    as_of: date
    tasks: tuple[PlannedTask, ...]
    ignored: tuple[str, ...]
