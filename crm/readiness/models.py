"""What a practice says of itself, its setup plan, its readiness over time, its papers that expire, its goals."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import choice, db


class PracticeText(db.Model):  # type: ignore[name-defined,misc]
    """A text the practice says of itself, with the slots it was made from: niche, pitch, a standard, a protocol."""

    __tablename__ = "practice_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    kind: Mapped[str] = mapped_column(String(40))  # "niche", "pitch", "standard:safety", "protocol:joint"
    text: Mapped[str] = mapped_column(Text, default="")
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    blocked: Mapped[int] = mapped_column(default=0)  # findings of the scope check that keep it out of letters
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("practice_id", "kind"),)


class SetupPlan(db.Model):  # type: ignore[name-defined,misc]
    """The thirty days of one practice: when they began, on which days they fall, and the pauses."""

    __tablename__ = "setup_plan"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    started_on: Mapped[date]
    every_day: Mapped[bool] = mapped_column(default=False)  # else on working days only
    paused_on: Mapped[date | None]  # None: it runs
    pauses: Mapped[list[Any]] = mapped_column(default=list)  # [first ISO day off, first ISO day on again]


class PlanDay(db.Model):  # type: ignore[name-defined,misc]
    """A day of the plan whose output was seen; a day left out is a skipped task."""

    __tablename__ = "plan_day"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("day BETWEEN 1 AND 30", name="day"),)


class ReadinessCheck(db.Model):  # type: ignore[name-defined,misc]
    """One reading of the readiness score: the points of each area, the gates, and the sum as it was then."""

    __tablename__ = "readiness_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    on: Mapped[date]
    points: Mapped[dict[str, Any]] = mapped_column(default=dict)  # area -> 0 to 4
    gates: Mapped[dict[str, Any]] = mapped_column(default=dict)  # gate -> true or false
    total: Mapped[int]  # 0 to 100
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        Index("ix_readiness_check_practice", "practice_id", "on", "id"),
    )


class PaperKind(StrEnum):
    """What a paper of the practice is."""

    CERTIFICATION = "certification"
    CPR = "cpr"
    LIABILITY = "liability"
    LICENCE = "licence"
    OTHER = "other"


class Paper(db.Model):  # type: ignore[name-defined,misc]
    """A credential or an insurance of the practice that runs out one day."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "paper_kind"))
    name: Mapped[str] = mapped_column(String(120))
    issuer: Mapped[str] = mapped_column(String(120), default="")
    expires_on: Mapped[date | None]
    remind_days: Mapped[int] = mapped_column(default=60)

    __table_args__ = (
        CheckConstraint("remind_days BETWEEN 1 AND 365", name="remind_days"),
        Index("ix_paper_practice", "practice_id", "expires_on"),
    )


class SkillMark(db.Model):  # type: ignore[name-defined,misc]
    """A skill somebody has ticked off, on which day, with their own words of evidence."""

    __tablename__ = "skill_mark"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(40), primary_key=True)
    on: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(300), default="")


class MonthGoal(db.Model):  # type: ignore[name-defined,misc]
    """What a practice wants of a month, and the revenue it typed in; what else happened is counted."""

    __tablename__ = "month_goal"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-05
    referrals: Mapped[int | None]
    retention: Mapped[int | None]  # sessions kept, in percent
    revenue_cents: Mapped[int | None]
    earned_cents: Mapped[int | None]


class LunchPlan(db.Model):  # type: ignore[name-defined,misc]
    """What a lunch-and-learn needs beside its date, which the journal keeps: people, food, papers."""

    __tablename__ = "lunch_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    lunch: Mapped[str] = mapped_column(String(12))  # its id in the journal: "l1"
    topic: Mapped[str] = mapped_column(String(160), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[str] = mapped_column(String(5), default="12:00")
    head_count: Mapped[int | None]
    diets: Mapped[str] = mapped_column(String(300), default="")
    order_text: Mapped[str] = mapped_column(String(300), default="")
    cost_cents: Mapped[int | None]

    __table_args__ = (UniqueConstraint("source_id", "lunch"),)


class LunchGuest(db.Model):  # type: ignore[name-defined,misc]
    """Somebody who came to a lunch-and-learn, as the sign-in sheet has them."""

    __tablename__ = "lunch_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("lunch_plan.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    guest_source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_lunch_guest_plan", "plan_id"),)


class GiftKind(StrEnum):
    """What was given."""

    MEAL = "meal"
    GIFT = "gift"


class Gift(db.Model):  # type: ignore[name-defined,misc]
    """A meal or a gift to one person, for the year's ledger; nothing here knows of referrals, on purpose."""

    __tablename__ = "gift"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    kind: Mapped[GiftKind] = mapped_column(choice(GiftKind, "gift_kind"))
    on: Mapped[date]
    person: Mapped[str] = mapped_column(String(120))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("lunch_plan.id", ondelete="SET NULL"))
    cents: Mapped[int]
    what: Mapped[str] = mapped_column(String(160), default="")

    __table_args__ = (
        CheckConstraint("cents >= 0", name="cents"),
        Index("ix_gift_practice", "practice_id", "on"),
    )
