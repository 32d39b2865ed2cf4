"""What is on file about a client beside the referral: record, sessions, measures, goals, flags. All words are sealed.

What was entered is bound to the journal entry that told of it: an entry taken back takes its row out of view.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.clock import utcnow
from crm.db import choice, db
from crm.sources.models import Source


class Part(StrEnum):
    """The sheets a client's record has; the fields of each are in `record.py`."""

    PERSON = "person"  # name, birth date, address, emergency contact, insurance
    HEALTH = "health"  # diagnoses as stated, history, medication as told, precautions, the provider's limits
    GATE = "gate"  # is exercise appropriate here and now, which forms are on file
    PLAN = "plan"  # the plan of exercise
    CRITERIA = "criteria"  # reimbursement readiness


class Attendance(StrEnum):
    """Whether a planned session took place."""

    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"  # in good time


class Occasion(StrEnum):
    """What a set of values is: each but the last moves the report clock or the reassessment."""

    BASELINE = "baseline"  # complete: the 30 days begin here
    AGAIN = "again"
    SOME = "some"  # part of a baseline that goes on, or a value in passing


class GoalStatus(StrEnum):
    """Where a goal stands."""

    OPEN = "open"
    MET = "met"
    NOT_MET = "not_met"
    DROPPED = "dropped"


def _uuid() -> str:
    return str(uuid.uuid4())


class ClientSheet(db.Model):  # type: ignore[name-defined,misc]
    """One version of one part of a record: the newest is in force, the others say what stood there before, and why."""

    __tablename__ = "client_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    part: Mapped[Part] = mapped_column(choice(Part, "client_sheet_part"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    __table_args__ = (Index("ix_client_sheet_client", "client_id", "part", "id"),)


class TreatingProvider(db.Model):  # type: ignore[name-defined,misc]
    """Somebody else who treats a client: on the list of sources already, or one to get to know."""

    __tablename__ = "treating_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # name, credential, office, phone, what they treat

    source: Mapped[Source | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_treating_provider_client", "client_id"),
        Index("ix_treating_provider_source", "source_id"),
    )


class SessionLog(db.Model):  # type: ignore[name-defined,misc]
    """One planned session: held, missed or cancelled. `sealed` holds vital signs, what was done, what is next."""

    __tablename__ = "session_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    entry_seq: Mapped[int]  # the journal outlives its rows: no foreign key
    held_on: Mapped[date]
    attendance: Mapped[Attendance] = mapped_column(choice(Attendance, "session_attendance"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    form_key: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)  # one form, one session

    __table_args__ = (Index("ix_session_log_client", "client_id", "held_on"),)


class Measurement(db.Model):  # type: ignore[name-defined,misc]
    """One value as it was measured. `sealed` holds measure, value, side, aid, arms, note; a correction is a new row."""

    __tablename__ = "measurement"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    entry_seq: Mapped[int]
    taken_on: Mapped[date]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id", ondelete="CASCADE"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_measurement_client", "client_id", "taken_on"),)


class Goal(db.Model):  # type: ignore[name-defined,misc]
    """What a client wants to do again, in 30 or 90 days. `sealed` holds activity, measure, baseline and target."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    days: Mapped[int]
    set_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[GoalStatus] = mapped_column(choice(GoalStatus, "goal_status"), default=GoalStatus.OPEN)
    status_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("days IN (30, 90)", name="days"),
        Index("ix_goal_client", "client_id", "due_on"),
    )


class FlagRaised(db.Model):  # type: ignore[name-defined,misc]
    """A red flag: sessions rest until it is lifted (H13). `sealed` holds which, what was seen and who was told."""

    __tablename__ = "red_flag"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    entry_seq: Mapped[int]
    raised_on: Mapped[date]
    lifted_seq: Mapped[int | None]  # the entry that let sessions go on
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_red_flag_client", "client_id", "raised_on"),)


class Erasure(db.Model):  # type: ignore[name-defined,misc]
    """The ledger of erased clients. It travels with every backup: a restore erases them again (security.md 6.3)."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    code: Mapped[str] = mapped_column(String(12))
    erased_at: Mapped[datetime] = mapped_column(default=utcnow)
    erased_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
