"""What was done to keep the data safe, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import choice, db


class Kind(StrEnum):
    """What keeps data from being lost."""

    BACKUP = "backup"
    REHEARSAL = "rehearsal"  # the newest backup restored into a folder that is thrown away
    QUICK_CHECK = "quick_check"  # SQLite's own, each night
    FULL_CHECK = "full_check"  # and the thorough one, each week
    RESTORE = "restore"  # this database came out of a backup


class RunState(StrEnum):
    """How far it came."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"


class KeepingRun(db.Model):  # type: ignore[name-defined,misc]
    """One run of one of them, for the whole installation."""

    __tablename__ = "keeping_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "keeping_kind"))
    state: Mapped[RunState] = mapped_column(choice(RunState, "keeping_state"), default=RunState.RUNNING)
    at: Mapped[datetime]  # of a restore: when its backup was made
    file: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes
    seconds: Mapped[float] = mapped_column(default=0.0)
    trouble: Mapped[str] = mapped_column(String(500), default="")
    seen_at: Mapped[datetime | None]  # of a restore: somebody has read what is missing

    __table_args__ = (Index("ix_keeping_run_kind", "kind", "state", "id"),)
