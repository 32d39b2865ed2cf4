"""Clients, their referrals and medical visits. What names or describes a client is sealed."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.clock import utcnow
from crm.db import choice, db
from crm.sources.models import Source


class ClientClass(StrEnum):
    """Who a client is to the practice (domain.md 8.6)."""

    POST_REHAB = "post_rehab"
    MEDICAL_EXERCISE = "medical_exercise"
    CORRECTIVE = "corrective"
    MAINTENANCE = "maintenance"


class ClientStatus(StrEnum):
    """Where a client is in the programme."""

    REFERRED = "referred"
    ACTIVE = "active"
    PAUSED = "paused"
    DISCHARGED = "discharged"

    @classmethod
    def unreadable(cls) -> "ClientStatus":
        """Show as away whose status another program wrote: nobody is dropped, and nothing begins."""
        return cls.PAUSED


class ReferralMethod(StrEnum):
    """How a referral came."""

    FAX = "fax"
    LETTER = "letter"
    EMAIL = "email"
    PORTAL = "portal"
    BY_HAND = "by_hand"
    PHONE = "phone"


def _uuid() -> str:
    return str(uuid.uuid4())


class Client(db.Model):  # type: ignore[name-defined,misc]
    """A person referred, known outside by code only. `sealed` holds name, birth date, phone, diagnosis, limits."""

    __tablename__ = "client"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    code: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    client_class: Mapped[ClientClass | None] = mapped_column(choice(ClientClass, "client_class"))
    status: Mapped[ClientStatus] = mapped_column(choice(ClientStatus, "client_status"), default=ClientStatus.REFERRED)
    on_hold: Mapped[bool] = mapped_column(default=False)  # a red flag rests every session until somebody lifts it
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    source: Mapped[Source | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("practice_id", "code"),
        Index("ix_client_source", "source_id"),
        # The journal speaks of an erased client by this number: nobody else may get it.
        {"sqlite_autoincrement": True},
    )


class Referral(db.Model):  # type: ignore[name-defined,misc]
    """A referral as it came. `sealed` holds the service asked for, diagnosis and ICD-10 as stated (H22)."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    received_on: Mapped[date]
    method: Mapped[ReferralMethod] = mapped_column(choice(ReferralMethod, "referral_method"))
    # the four elements of a complete referral (domain.md 1.2)
    is_written: Mapped[bool]
    has_wording: Mapped[bool]
    has_diagnosis: Mapped[bool]
    has_transition: Mapped[bool]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    form_key: Mapped[str] = mapped_column(String(36), default=_uuid, unique=True)  # one form, one referral
    closed_on: Mapped[date | None]

    source: Mapped[Source] = relationship(lazy="raise")
    client: Mapped[Client] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_referral_source", "source_id"),
        Index("ix_referral_client", "client_id"),
    )


class Visit(db.Model):  # type: ignore[name-defined,misc]
    """A medical visit of a client, to one of the sources or somebody not listed."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    visit_on: Mapped[date]
    cancelled: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_visit_client", "client_id", "visit_on"), Index("ix_visit_source", "source_id"))


class Release(db.Model):  # type: ignore[name-defined,misc]
    """A client's signed permission to tell one source about them, from a day until a day, unless withdrawn (H3)."""

    __tablename__ = "client_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    source: Mapped[Source] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        Index("ix_client_release_client", "client_id", "source_id"),
        Index("ix_client_release_source", "source_id"),
    )

    def covers(self, on: date) -> bool:
        """Say whether it holds on a day; the day it is withdrawn on is not covered."""
        return self.from_on <= on <= self.until_on and (self.withdrawn_on is None or on < self.withdrawn_on)
