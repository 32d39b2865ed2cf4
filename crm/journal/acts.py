"""What happened beside the cadence: acts that move no date but belong in the timeline and the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class TouchLogged(Event):
    """A call, letter, visit or e-mail outside any task."""

    type: ClassVar[str] = "touch_logged"
    cadence: ClassVar[bool] = False
    source: str
    kind: str
    outcome: str | None = None


@dataclass(frozen=True, kw_only=True)
class SourceChanged(Event):
    """Facts of a source were edited; `fields` names which, parted by spaces, never what they say."""

    type: ClassVar[str] = "source_changed"
    cadence: ClassVar[bool] = False
    source: str
    fields: str


@dataclass(frozen=True, kw_only=True)
class StepOverridden(Event):
    """Somebody placed the source at `to` (0 to 5) by hand."""

    type: ClassVar[str] = "step_overridden"
    cadence: ClassVar[bool] = False
    source: str
    to: int


@dataclass(frozen=True, kw_only=True)
class SourceParked(Event):
    """The source was put aside until `wake_on`."""

    type: ClassVar[str] = "source_parked"
    cadence: ClassVar[bool] = False
    source: str
    side: str
    wake_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class SourceWoken(Event):
    """A parked source is worked again."""

    type: ClassVar[str] = "source_woken"
    cadence: ClassVar[bool] = False
    source: str


@dataclass(frozen=True, kw_only=True)
class ManualTaskAdded(Event):
    """Somebody typed a task in."""

    type: ClassVar[str] = "manual_task_added"
    cadence: ClassVar[bool] = False
    key: str
    due: str


@dataclass(frozen=True, kw_only=True)
class EntryUndone(Event):
    """An earlier entry is taken back; a replay leaves both out."""

    type: ClassVar[str] = "entry_undone"
    cadence: ClassVar[bool] = False
    entry: int


@dataclass(frozen=True, kw_only=True)
class ProvidersImported(Event):
    """A list of providers was read in."""

    type: ClassVar[str] = "providers_imported"
    cadence: ClassVar[bool] = False
    batch: int
    new: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """A list of providers was taken out again."""

    type: ClassVar[str] = "import_undone"
    cadence: ClassVar[bool] = False
    batch: int


@dataclass(frozen=True, kw_only=True)
class FeedCreated(Event):
    """A calendar address was made."""

    type: ClassVar[str] = "feed_created"
    cadence: ClassVar[bool] = False
    feed: int


@dataclass(frozen=True, kw_only=True)
class FeedRevoked(Event):
    """A calendar address was withdrawn."""

    type: ClassVar[str] = "feed_revoked"
    cadence: ClassVar[bool] = False
    feed: int


@dataclass(frozen=True, kw_only=True)
class MessageResolved(Event):
    """A person decided about an outgoing message."""

    type: ClassVar[str] = "message_resolved"
    cadence: ClassVar[bool] = False
    message: int
    to: str


@dataclass(frozen=True, kw_only=True)
class DigestRecorded(Event):
    """The day's digest was queued, or there was nothing to say."""

    type: ClassVar[str] = "digest_recorded"
    cadence: ClassVar[bool] = False
    user: int
    on: str
    empty: bool


@dataclass(frozen=True, kw_only=True)
class DocumentApproved(Event):
    """A letter or report was frozen; `template` is its key, `sha256` the hashes of its files in their order."""

    type: ClassVar[str] = "document_approved"
    cadence: ClassVar[bool] = False
    document: int
    template: str
    source: str | None = None
    client: str | None = None
    sha256: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentSent(Event):
    """An approved document left the house on `channel`; `delivery` is the copy."""

    type: ClassVar[str] = "document_sent"
    cadence: ClassVar[bool] = False
    document: int
    delivery: int
    template: str
    channel: str
    source: str | None = None
    client: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryConfirmed(Event):
    """It is known that a document arrived, and how."""

    type: ClassVar[str] = "delivery_confirmed"
    cadence: ClassVar[bool] = False
    document: int
    delivery: int
    template: str
    proof: str
    source: str | None = None
    client: str | None = None


@dataclass(frozen=True, kw_only=True)
class FindingKept(Event):
    """A warning of the scope check was left as it is; why is in the sealed note."""

    type: ClassVar[str] = "finding_kept"
    cadence: ClassVar[bool] = False
    document: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class WordsChanged(Event):
    """The practice's own wording of a letter was saved, or ours taken back."""

    type: ClassVar[str] = "letter_words_changed"
    cadence: ClassVar[bool] = False
    template: str
    ours: bool


@dataclass(frozen=True, kw_only=True)
class ReleaseWithdrawn(Event):
    """A client took back the permission to tell somebody about them."""

    type: ClassVar[str] = "release_withdrawn"
    cadence: ClassVar[bool] = False
    client: str
    release: int


@dataclass(frozen=True, kw_only=True)
class ReleaseRestored(Event):
    """A withdrawal was taken back."""

    type: ClassVar[str] = "release_restored"
    cadence: ClassVar[bool] = False
    client: str
    release: int


@dataclass(frozen=True, kw_only=True)
class ScopeRulesChanged(Event):
    """A practice added a term of its own to the scope check, or made a warning lighter."""

    type: ClassVar[str] = "scope_rules_changed"
    cadence: ClassVar[bool] = False
    rule: str
    what: str


@dataclass(frozen=True, kw_only=True)
class PracticeTextSaved(Event):
    """The practice wrote down what it is or how it works; `page` names which of its texts."""

    type: ClassVar[str] = "practice_text_saved"
    cadence: ClassVar[bool] = False
    page: str


@dataclass(frozen=True, kw_only=True)
class SetupPlanChanged(Event):
    """The setup plan was started, paused, resumed, caught up with or put away; `what` says which."""

    type: ClassVar[str] = "setup_plan_changed"
    cadence: ClassVar[bool] = False
    what: str


@dataclass(frozen=True, kw_only=True)
class ReadinessChecked(Event):
    """The readiness check was filled in; `total` is its score of a hundred."""

    type: ClassVar[str] = "readiness_checked"
    cadence: ClassVar[bool] = False
    total: int


@dataclass(frozen=True, kw_only=True)
class SkillMarked(Event):
    """Somebody ticked a skill of theirs, or took the tick back."""

    type: ClassVar[str] = "skill_marked"
    cadence: ClassVar[bool] = False
    skill: str
    ticked: bool


@dataclass(frozen=True, kw_only=True)
class MonthGoalsSaved(Event):
    """The goals of a month, or what it brought in, were typed in; `month` is such as 2026-05."""

    type: ClassVar[str] = "month_goals_saved"
    cadence: ClassVar[bool] = False
    month: str
