"""What happened to a client's file beside the cadence: no date follows from it, but the timeline holds it."""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordSaved(Event):
    """A part of a client's record was filled in or changed; what it says is sealed."""

    type: ClassVar[str] = "record_saved"
    cadence: ClassVar[bool] = False
    client: str
    part: str


@dataclass(frozen=True, kw_only=True)
class SessionMissed(Event):
    """A planned session did not take place; `attendance` says whether it was cancelled in time."""

    type: ClassVar[str] = "session_missed"
    cadence: ClassVar[bool] = False
    client: str
    attendance: str


@dataclass(frozen=True, kw_only=True)
class SessionWritten(Event):
    """The log of a session that was held was written afterwards."""

    type: ClassVar[str] = "session_written"
    cadence: ClassVar[bool] = False
    client: str
    session: int


@dataclass(frozen=True, kw_only=True)
class ValuesMeasured(Event):
    """Some values were measured that complete neither a baseline nor a reassessment."""

    type: ClassVar[str] = "values_measured"
    cadence: ClassVar[bool] = False
    client: str


@dataclass(frozen=True, kw_only=True)
class ValueCorrected(Event):
    """A measured value was corrected; the old one is kept, and why is in the sealed note."""

    type: ClassVar[str] = "value_corrected"
    cadence: ClassVar[bool] = False
    client: str
    measurement: int


@dataclass(frozen=True, kw_only=True)
class GoalChanged(Event):
    """A goal was set, met, not met, dropped or worded anew."""

    type: ClassVar[str] = "goal_changed"
    cadence: ClassVar[bool] = False
    client: str
    goal: int
    status: str
