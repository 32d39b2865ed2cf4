"""The journal's table: written once, never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import db


class JournalEntry(db.Model):  # type: ignore[name-defined,misc]
    """One thing that happened. `happened_at` or `happened_on` says when, `at` when it was written down."""

    __tablename__ = "journal_entry"

    seq: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    at: Mapped[datetime]
    actor: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the machine or the command line
    type: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime | None]
    happened_on: Mapped[date | None]
    source_id: Mapped[int | None]  # no foreign keys: the journal outlives what it speaks of
    client_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]]
    undoes: Mapped[int | None]
    ip: Mapped[str] = mapped_column(String(45), default="")  # from where; empty: the machine or the command line
    session: Mapped[str] = mapped_column(String(8), default="")  # the beginning of the session's hash
    sample: Mapped[bool] = mapped_column(default=False)  # of the sample practice: the only ones that can go
    digest: Mapped[str] = mapped_column(String(64), default="")  # of the chain; empty for a sample

    __table_args__ = (
        CheckConstraint("(happened_at IS NULL) <> (happened_on IS NULL)", name="one_moment"),
        Index("ix_journal_entry_source", "practice_id", "source_id", "seq"),
        Index("ix_journal_entry_client", "practice_id", "client_id", "seq"),
        Index("ix_journal_entry_undoes", "undoes"),
        Index("ix_journal_entry_practice", "practice_id", "seq"),
        Index("ix_journal_entry_type", "practice_id", "type", "at"),
        {"sqlite_autoincrement": True},
    )


class EntryNote(db.Model):  # type: ignore[name-defined,misc]
    """What somebody wrote beside an entry: sealed, because people write names and findings."""

    __tablename__ = "entry_note"

    entry_seq: Mapped[int] = mapped_column(ForeignKey("journal_entry.seq", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class JournalHead(db.Model):  # type: ignore[name-defined,misc]
    """A digest of the chain under a seal of ours; written once, never changed."""

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(4))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_journal_head_practice", "practice_id", "seq", unique=True),)
