"""Offsets and windows: how far from its anchor a task is due (cadence.md 3)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from crm.outreach.workdays import Workdays

_OFFSET = re.compile(r"(due)?([+-])([0-9]{1,3})(b?d)")


@dataclass(frozen=True, slots=True)
class Offset:
    """A number of calendar days, or of practice business days (D3)."""

    days: int
    business: bool

    def from_(self, day: date, calendar: Workdays) -> date:
        return calendar.count(day, self.days) if self.business else day + timedelta(days=self.days)

    @property
    def is_same_day(self) -> bool:
        """True for `+0bd`, the only offset the cut-off time applies to."""
        return self.business and self.days == 0


@dataclass(frozen=True, slots=True)
class Window:
    """The last day on time, counted from the anchor or from the due date."""

    offset: Offset
    from_due: bool

    def end(self, anchor: date, due: date, calendar: Workdays) -> date:
        return self.offset.from_(due if self.from_due else anchor, calendar)


NO_WINDOW = Window(Offset(0, business=False), from_due=True)


def parse_offset(text: str) -> Offset:
    """Read "+3bd"; raise ValueError for anything else."""
    from_due, offset = _parts(text)
    if from_due:
        raise ValueError(f"{text!r} is not an offset like +3d or -2bd")
    return offset


def parse_window(text: str) -> Window:
    """Read "+3bd" or "due+3bd"; raise ValueError for anything else."""
    from_due, offset = _parts(text)
    return Window(offset, from_due)


def _parts(text: str) -> tuple[bool, Offset]:
    match = _OFFSET.fullmatch(text)
    if match is None or (match[1] and match[2] == "-"):
        raise ValueError(f"{text!r} is not an offset like +3d, -2bd or due+5d")
    days = int(match[2] + match[3])
    return match[1] is not None, Offset(days, business=match[4] == "bd")
