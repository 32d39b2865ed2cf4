"""The pipeline's own record: each change of step, with the evidence or the person behind it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.clock import utcnow
from crm.db import db


class StepChange(db.Model):  # type: ignore[name-defined,misc]
    """A source went from one lane to another."""

    __tablename__ = "step_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    entry_seq: Mapped[int | None]  # the entry that moved it; None: the calendar did
    from_lane: Mapped[str] = mapped_column(String(12))
    to_lane: Mapped[str] = mapped_column(String(12))
    side: Mapped[str] = mapped_column(String(20), default="")
    evidence: Mapped[str] = mapped_column(String(120), default="")
    on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index("ix_step_change_source", "source_id", "id"),)
