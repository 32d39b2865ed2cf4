"""Letters and reports: drafts, what was approved byte for byte, how it left, and a practice's own wording."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.clients.models import Client
from crm.clock import utcnow
from crm.db import choice, db
from crm.sources.models import Source


class DocumentState(StrEnum):
    """A draft is edited; what is approved never changes again; a discarded draft can be taken back."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class Document(db.Model):  # type: ignore[name-defined,misc]
    """One letter, card or report. `sealed` holds its text and the findings somebody decided to keep."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    uuid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid.uuid4()), unique=True)
    key: Mapped[str] = mapped_column(String(32))  # template key, a row of config/letters.toml
    state: Mapped[DocumentState] = mapped_column(choice(DocumentState, "document_state"), default=DocumentState.DRAFT)
    task_key: Mapped[str] = mapped_column(String(120), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)  # raised with every change, so that two tabs cannot overwrite
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    rules_version: Mapped[int] = mapped_column(default=0)  # of the scope check that passed it

    source: Mapped[Source | None] = relationship(lazy="raise")
    client: Mapped[Client | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        Index("ix_document_practice", "practice_id", "state", "updated_at"),
        Index("ix_document_task", "practice_id", "task_key"),
        Index("ix_document_source", "source_id"),
        Index("ix_document_client", "client_id"),
    )


class DocumentFile(db.Model):  # type: ignore[name-defined,misc]
    """The frozen bytes of an approved document (position 0) and of what is enclosed."""

    __tablename__ = "document_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    uuid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid.uuid4()), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_document_file_document", "document_id", "position", unique=True),)


class DeliveryChannel(StrEnum):
    """How a document leaves; `letter` is print and post."""

    EMAIL = "email"
    FAX = "fax"
    LETTER = "letter"
    PORTAL = "portal"
    HAND = "hand"
    PHONE = "phone"
    VISIT = "visit"


class DeliveryState(StrEnum):
    """Waiting in the outbox or on the pile; sent; or taken back before it left."""

    WAITING = "waiting"
    SENT = "sent"
    CANCELLED = "cancelled"


class Proof(StrEnum):
    """How the arrival is known."""

    NONE = ""
    FAX_RECEIPT = "fax_receipt"
    PORTAL = "portal"
    IN_PERSON = "in_person"
    FRONT_DESK = "front_desk"
    IN_CHART = "in_chart"


class Delivery(db.Model):  # type: ignore[name-defined,misc]
    """One copy of an approved document on its way to one recipient, and the proof that it arrived."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    channel: Mapped[DeliveryChannel] = mapped_column(choice(DeliveryChannel, "delivery_channel"))
    state: Mapped[DeliveryState] = mapped_column(choice(DeliveryState, "delivery_state"), default=DeliveryState.WAITING)
    to_name: Mapped[str] = mapped_column(String(200), default="")
    to_address: Mapped[str] = mapped_column(String(400), default="")  # mail address, fax number, or postal lines
    release_id: Mapped[int | None] = mapped_column(ForeignKey("client_release.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime | None]
    proof: Mapped[Proof] = mapped_column(choice(Proof, "delivery_proof"), default=Proof.NONE)
    proof_to: Mapped[str] = mapped_column(String(120), default="")  # who at the office took it or said so
    proof_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(lazy="raise")
    source: Mapped[Source | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_delivery_practice", "practice_id", "state", "channel"),
        Index("ix_delivery_document", "document_id"),
        Index("ix_delivery_message", "message_id"),
        Index("ix_delivery_source", "source_id", "sent_at"),
    )


class LetterWords(db.Model):  # type: ignore[name-defined,misc]
    """A practice's own wording of a letter, in place of ours."""

    __tablename__ = "letter_words"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
