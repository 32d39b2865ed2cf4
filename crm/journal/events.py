"""What happened: the events that the cadence engine understands (cadence.md 1.1), as frozen values.

An event holds ids, codes and dates, never a name, a diagnosis or free text. `source` is `s<id>`,
`client` the client's code. Events from which no date follows are in `acts.py`.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Anything the journal can record; `type` is the name it is stored under."""

    type: ClassVar[str]
    cadence: ClassVar[bool] = True

    def payload(self) -> dict[str, Any]:
        """Return the fields that are set, ready for JSON."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


@dataclass(frozen=True, kw_only=True)
class SourceAdded(Event):
    """The source is saved as a relationship."""

    type: ClassVar[str] = "source_added"
    source: str


@dataclass(frozen=True, kw_only=True)
class ClientAdded(Event):
    """A client was taken in; `new_provider`: names a treating provider not yet a source."""

    type: ClassVar[str] = "client_added"
    client: str
    new_provider: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PackageReady(Event):
    """Letter, overview and referral form are ready."""

    type: ClassVar[str] = "package_ready"
    source: str


@dataclass(frozen=True, kw_only=True)
class ReplyReceived(Event):
    """The office answered a first-contact touch."""

    type: ClassVar[str] = "reply_received"
    source: str


@dataclass(frozen=True, kw_only=True)
class ReferralReceived(Event):
    """A referral arrived; `complete`: all four elements are present."""

    type: ClassVar[str] = "referral_received"
    source: str
    id: str
    client: str
    complete: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SourceDeclined(Event):
    """The source politely said no."""

    type: ClassVar[str] = "source_declined"
    source: str


@dataclass(frozen=True, kw_only=True)
class OptOut(Event):
    """Do not contact this source."""

    type: ClassVar[str] = "opt_out"
    source: str


@dataclass(frozen=True, kw_only=True)
class ClientBooked(Event):
    """The first appointment is agreed."""

    type: ClassVar[str] = "client_booked"
    client: str


@dataclass(frozen=True, kw_only=True)
class AssessmentDone(Event):
    """The initial assessment was held."""

    type: ClassVar[str] = "assessment_done"
    client: str


@dataclass(frozen=True, kw_only=True)
class SessionHeld(Event):
    """A session was held; `logged` false: its log is not written yet."""

    type: ClassVar[str] = "session_held"
    client: str
    logged: bool | None = None


@dataclass(frozen=True, kw_only=True)
class BaselineDone(Event):
    """The baseline measures are complete."""

    type: ClassVar[str] = "baseline_done"
    client: str


@dataclass(frozen=True, kw_only=True)
class MeasuresTaken(Event):
    """Reassessment measures were taken."""

    type: ClassVar[str] = "measures_taken"
    client: str


@dataclass(frozen=True, kw_only=True)
class VisitScheduled(Event):
    """A medical visit is known; the same id again: it moved."""

    type: ClassVar[str] = "visit_scheduled"
    client: str
    id: str
    visit_on: str
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(Event):
    """The visit will not take place."""

    type: ClassVar[str] = "visit_cancelled"
    client: str
    id: str


@dataclass(frozen=True, kw_only=True)
class ClientPaused(Event):
    """The client is away: hospital, travel."""

    type: ClassVar[str] = "client_paused"
    client: str


@dataclass(frozen=True, kw_only=True)
class ClientResumed(Event):
    """The client is back."""

    type: ClassVar[str] = "client_resumed"
    client: str


@dataclass(frozen=True, kw_only=True)
class RedFlag(Event):
    """A red flag or a change in status was seen."""

    type: ClassVar[str] = "red_flag"
    client: str


@dataclass(frozen=True, kw_only=True)
class ClientSentOut(Event):
    """The client was sent to a provider for a concern."""

    type: ClassVar[str] = "client_sent_out"
    client: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ReleaseSigned(Event):
    """A release of information, valid until `expires_on`."""

    type: ClassVar[str] = "release_signed"
    client: str
    expires_on: str


@dataclass(frozen=True, kw_only=True)
class DischargePlanned(Event):
    """The last session is planned; again: changed."""

    type: ClassVar[str] = "discharge_planned"
    client: str
    last_on: str


@dataclass(frozen=True, kw_only=True)
class Discharged(Event):
    """The programme ended."""

    type: ClassVar[str] = "discharged"
    client: str


@dataclass(frozen=True, kw_only=True)
class EducationAsked(Event):
    """A provider asks for input."""

    type: ClassVar[str] = "education_asked"
    source: str


@dataclass(frozen=True, kw_only=True)
class LunchDeclined(Event):
    """The offer of a lunch-and-learn was declined."""

    type: ClassVar[str] = "ll_declined"
    source: str


@dataclass(frozen=True, kw_only=True)
class LunchScheduled(Event):
    """A lunch-and-learn is agreed; the same id again: it moved."""

    type: ClassVar[str] = "ll_scheduled"
    source: str
    id: str
    event_on: str


@dataclass(frozen=True, kw_only=True)
class LunchCancelled(Event):
    """The lunch-and-learn will not take place."""

    type: ClassVar[str] = "ll_cancelled"
    source: str
    id: str


@dataclass(frozen=True, kw_only=True)
class LunchHeld(Event):
    """The lunch-and-learn took place."""

    type: ClassVar[str] = "ll_held"
    source: str
    id: str


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    """A task was carried out; `receipt`: arrival is proven, `limits`: the call changed limits."""

    type: ClassVar[str] = "task_done"
    key: str
    receipt: bool | None = None
    limits: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TaskSkipped(Event):
    """Somebody decided not to do a task."""

    type: ClassVar[str] = "task_skipped"
    key: str


@dataclass(frozen=True, kw_only=True)
class TaskSnoozed(Event):
    """A task was put off to the date `to`; `reason`: one was given (its words are sealed)."""

    type: ClassVar[str] = "task_snoozed"
    key: str
    to: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class CallMissed(Event):
    """The provider was not reached."""

    type: ClassVar[str] = "call_missed"
    key: str


TASK_TYPES: frozenset[str] = frozenset({"task_done", "task_skipped", "task_snoozed", "call_missed"})
CADENCE_TYPES: frozenset[str] = frozenset(kind.type for kind in Event.__subclasses__() if kind.cadence)
