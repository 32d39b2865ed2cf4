"""How often what went wrong, by day and place: our own counts, so that nobody else's service has to keep them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import choice, db


class TroubleKind(StrEnum):
    """What went wrong: a page, a job of the clock, or a browser that refused what a page asked of it."""

    ERROR = "error"
    JOB = "job"
    CSP = "csp"


class TroubleCount(db.Model):  # type: ignore[name-defined,misc]
    """How often one kind of trouble was met in one place on one day (UTC)."""

    __tablename__ = "trouble_count"

    on: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[TroubleKind] = mapped_column(choice(TroubleKind, "trouble_kind"), primary_key=True)
    place: Mapped[str] = mapped_column(String(120), primary_key=True)  # our own word for it, never an address
    count: Mapped[int]
