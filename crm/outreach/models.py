"""What must be done, what goes out, who subscribes, and when the clock last ticked."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.clock import utcnow
from crm.db import choice, db


class TaskStatus(StrEnum):
    """The four of cadence.md 1.2."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"


class Task(db.Model):  # type: ignore[name-defined,misc]
    """One row of the projection: what the replayed journal obliges the practice to do. Or typed in by hand."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid.uuid4()), unique=True)
    key: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(8))
    due: Mapped[date]
    window_end: Mapped[date]
    status: Mapped[TaskStatus] = mapped_column(choice(TaskStatus, "task_status"), default=TaskStatus.OPEN)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(12), default="none")
    template: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(140), default="")
    trigger: Mapped[str] = mapped_column(String(40), default="")
    trigger_on: Mapped[date | None]
    anchor_on: Mapped[date | None]
    snoozed: Mapped[int] = mapped_column(default=0)
    manual_kind: Mapped[str] = mapped_column(String(12), default="")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the words of a task typed in by hand
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("practice_id", "key"),
        Index("ix_task_practice_status_due", "practice_id", "status", "due"),
        Index("ix_task_source", "source_id", "status", "due"),
        Index("ix_task_client", "client_id", "status", "due"),
        Index("ix_task_done", "practice_id", "done_at"),
    )


class MessageState(StrEnum):
    """The send states of security.md 4.1; an outbox row begins as queued."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    IN_DATA = "in_data"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    HELD = "held"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    """What an outgoing message is; doubt about a digest and about a letter end differently."""

    DIGEST = "digest"
    LETTER = "letter"
    NOTICE = "notice"


class OutboxMessage(db.Model):  # type: ignore[name-defined,misc]
    """One message to one recipient and how far it has come."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    key: Mapped[str] = mapped_column(String(160), unique=True)  # digest:<user>:<local date>, task:<key>:<document>
    kind: Mapped[MessageKind] = mapped_column(choice(MessageKind, "message_kind"))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    unsubscribe: Mapped[str] = mapped_column(String(300), default="")  # what List-Unsubscribe says
    state: Mapped[MessageState] = mapped_column(choice(MessageState, "message_state"), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claim: Mapped[int] = mapped_column(default=0)  # fencing token: raised with each claim
    lease_until: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(String(300), default="")  # the server's words, or why it is held
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_message_state_next", "state", "next_at"),
        Index("ix_outbox_message_practice", "practice_id", "state", "id"),
    )


class DigestDay(db.Model):  # type: ignore[name-defined,misc]
    """One user's digest of one local date was decided: queued, or empty and skipped. Never twice."""

    __tablename__ = "digest_day"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    empty: Mapped[bool]
    at: Mapped[datetime]


class FeedKind(StrEnum):
    """What a calendar address shows."""

    ALL = "all"
    REPORTS = "reports"
    CALLS = "calls"
    LUNCHES = "lunches"


class CalendarFeed(db.Model):  # type: ignore[name-defined,misc]
    """An address a calendar client fetches; only the hash of its secret is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[FeedKind] = mapped_column(choice(FeedKind, "feed_kind"), default=FeedKind.ALL)
    hide_sources: Mapped[bool] = mapped_column(default=False)
    days_back: Mapped[int] = mapped_column(default=90)
    days_ahead: Mapped[int] = mapped_column(default=370)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    fetched_by: Mapped[str] = mapped_column(String(120), default="")

    __table_args__ = (Index("ix_calendar_feed_user", "user_id"),)


class ActionUse(db.Model):  # type: ignore[name-defined,misc]
    """A link of a digest that was used; each works once, and says so afterwards."""

    __tablename__ = "action_use"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    used_at: Mapped[datetime]
    entry_seq: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.seq", ondelete="CASCADE"))  # to undo it


class Heartbeat(db.Model):  # type: ignore[name-defined,misc]
    """When the clock last ticked, and what stands in its way; one row."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticked_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    channel_paused: Mapped[str] = mapped_column(String(300), default="")  # why mail stands still; empty: it does not
    channel_next_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
