"""Referral sources, their offices, the people there, and the lists they came from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.clock import utcnow
from crm.db import choice, db


class Credential(StrEnum):
    """What the cadence engine knows (cadence.md 9): it chooses the version of the introduction letter."""

    MD = "MD"
    DO = "DO"
    DPM = "DPM"
    NP = "NP"
    PA = "PA"
    PT = "PT"
    DPT = "DPT"
    OT = "OT"
    DC = "DC"
    RN = "RN"
    CM = "CM"
    OTHER = "OTHER"


class Grade(StrEnum):
    """How well a source fits: A best, C last. Ungraded sources of a list count as C until somebody grades them."""

    A = "A"
    B = "B"
    C = "C"


class Channel(StrEnum):
    """How a source wants to hear; `email` means secure e-mail."""

    FAX = "fax"
    PORTAL = "portal"
    EMAIL = "email"
    LETTER = "letter"


class Lane(StrEnum):
    """Where a source stands on the board: step 0 to 5, or parked."""

    IDENTIFIED = "0"
    FIRST_CONTACT = "1"
    REINFORCEMENT = "2"
    PHONE_CALL = "3"
    DOCUMENTATION = "4"
    LUNCH_AND_LEARN = "5"
    PARKED = "parked"

    @classmethod
    def unreadable(cls) -> "Lane":
        """Park what another program put nowhere: a person looks, and nothing is sent."""
        return cls.PARKED


class ContactRole(StrEnum):
    """Who somebody in an office is."""

    OFFICE_MANAGER = "office_manager"
    FRONT_DESK = "front_desk"
    REFERRAL_COORDINATOR = "referral_coordinator"
    NURSE = "nurse"
    OTHER = "other"


class Office(db.Model):  # type: ignore[name-defined,misc]
    """One address where sources work; caps on touches count per office."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    name: Mapped[str] = mapped_column(String(160))
    street: Mapped[str] = mapped_column(String(160), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(40), default="")
    zip: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    fax: Mapped[str] = mapped_column(String(32), default="")
    hours: Mapped[str] = mapped_column(String(160), default="")  # as people say them
    closed_weekdays: Mapped[str] = mapped_column(String(7), default="")  # "5": closed on Fridays; Monday is 1
    closed_days: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates
    match_key: Mapped[str] = mapped_column(String(200), default="")  # address boiled down, to find it again
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id", ondelete="SET NULL"))
    sample: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_office_practice_name", "practice_id", "name"),
        Index("ix_office_practice_match", "practice_id", "match_key"),
        Index("ix_office_batch", "batch_id"),
    )


class Source(db.Model):  # type: ignore[name-defined,misc]
    """A person who may refer. Columns below `lane` are the pipeline's reading of the journal, kept for lists."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    first_name: Mapped[str] = mapped_column(String(80), default="")
    middle_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80))
    suffix: Mapped[str] = mapped_column(String(20), default="")
    credential: Mapped[Credential] = mapped_column(choice(Credential, "credential"), default=Credential.OTHER)
    credentials_text: Mapped[str] = mapped_column(String(80), default="")  # as written behind the name: "MD, PhD"
    specialty: Mapped[str] = mapped_column(String(80), default="")
    npi: Mapped[str | None] = mapped_column(String(10))
    grade: Mapped[Grade | None] = mapped_column(choice(Grade, "grade"))
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"), default=Channel.FAX)
    phone: Mapped[str] = mapped_column(String(32), default="")
    fax: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    report_days: Mapped[int] = mapped_column(default=30)
    volume: Mapped[int | None]  # how many people of the niche they see, 0 to 3, as somebody judged it
    top_rank: Mapped[int | None]  # 1 to 3: one of the top three
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    sort_name: Mapped[str] = mapped_column(String(180))  # "marsh helen", for lists
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id", ondelete="SET NULL"))
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    added_on: Mapped[date | None]  # when it became a relationship; None: only listed

    lane: Mapped[Lane] = mapped_column(choice(Lane, "lane"), default=Lane.IDENTIFIED)
    step: Mapped[int] = mapped_column(default=0)
    side: Mapped[str] = mapped_column(String(20), default="")
    step_since: Mapped[date | None]
    wake_on: Mapped[date | None]
    last_contact_on: Mapped[date | None]
    next_due_on: Mapped[date | None]  # earliest open task
    do_not_contact: Mapped[bool] = mapped_column(default=False)

    office: Mapped[Office | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("volume BETWEEN 0 AND 3", name="volume"),
        CheckConstraint("top_rank BETWEEN 1 AND 3", name="top_rank"),
        UniqueConstraint("practice_id", "npi"),
        UniqueConstraint("practice_id", "top_rank"),
        Index("ix_source_practice_name", "practice_id", "sort_name", "id"),
        Index("ix_source_practice_specialty", "practice_id", "specialty", "sort_name"),
        Index("ix_source_practice_grade", "practice_id", "grade", "sort_name"),
        # The board takes a lane as three ranges: with a task, worked without one, only listed; and counts lanes by day.
        Index("ix_source_board", "practice_id", "lane", "next_due_on", "id"),
        Index("ix_source_board_idle", "practice_id", "lane", "next_due_on", "added_on", "id"),
        Index("ix_source_board_days", "practice_id", "added_on", "lane", "step_since", "next_due_on"),
        Index("ix_source_practice_contact", "practice_id", "last_contact_on", "id"),
        Index("ix_source_practice_due", "practice_id", "next_due_on", "id"),
        Index("ix_source_office", "office_id"),
        Index("ix_source_batch", "batch_id"),
    )

    @property
    def display_name(self) -> str:
        """Return the name as it stands in lists and letters: "Dr. Helen Marsh, MD", "Daniel Okafor, PT"."""
        doctor = self.credential in {Credential.MD, Credential.DO, Credential.DPM, Credential.DC}
        parts = ["Dr." if doctor else "", self.first_name, self.last_name, self.suffix]
        name = " ".join(part for part in parts if part)
        behind = self.credentials_text or ("" if self.credential == Credential.OTHER else self.credential.value)
        return f"{name}, {behind}" if behind else name


class SourceTerm(db.Model):  # type: ignore[name-defined,misc]
    """A word a source is found by: search is a range over these, the same on both databases."""

    __tablename__ = "source_term"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index("ix_source_term_source", "source_id"), {"sqlite_with_rowid": False})


class Contact(db.Model):  # type: ignore[name-defined,misc]
    """Somebody at an office who runs the schedule or passes messages on."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[ContactRole] = mapped_column(choice(ContactRole, "contact_role"))
    phone: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(254), default="")

    __table_args__ = (Index("ix_contact_source", "source_id"),)


class BackgroundFact(db.Model):  # type: ignore[name-defined,misc]
    """Something public to open a conversation with, its source and the day it was read (H16)."""

    __tablename__ = "background_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(300))
    found_at: Mapped[str] = mapped_column(String(300))
    read_on: Mapped[date]

    __table_args__ = (Index("ix_background_fact_source", "source_id"),)


class BatchState(StrEnum):
    """How far an imported list has come."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    DONE = "done"
    UNDONE = "undone"


class ImportBatch(db.Model):  # type: ignore[name-defined,misc]
    """One list of providers on its way in, and what is needed to take it out again."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[BatchState] = mapped_column(choice(BatchState, "batch_state"), default=BatchState.UPLOADED)
    content: Mapped[bytes | None]
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checked_rows: Mapped[int] = mapped_column(default=0)
    total_rows: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # new, updated, same
    refused: Mapped[list[Any]] = mapped_column(default=list)  # row, field, reason
    before: Mapped[list[Any]] = mapped_column(default=list)  # values that updates replaced, for undo
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_import_batch_practice", "practice_id", "id"),)
