"""Practices and the people who sign in for them."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_security import AsaList
from flask_security.models import sqla
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.clock import local_date, utcnow
from crm.db import Base, choice, db

AsaList.cache_ok = True  # a list in a text column, always the same; unsaid, each select of the column would warn
sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]


class Theme(StrEnum):
    """What a person sees by: the system's choice, or their own."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Practice(db.Model):  # type: ignore[name-defined,misc]
    """One practice on this installation. Deadlines are dates in its time zone."""

    __tablename__ = "practice"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid.uuid4()), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    street: Mapped[str] = mapped_column(String(160), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(40), default="")
    zip: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    fax: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    role_title: Mapped[str] = mapped_column(String(80), default="Medical Exercise Specialist")
    serves: Mapped[str] = mapped_column(
        String(160), default="adults"
    )  # "I work with ... who have finished medical care"
    fax_gateway: Mapped[str] = mapped_column(String(120), default="")  # mail domain of an e-mail-to-fax service
    scope_terms: Mapped[list[Any]] = mapped_column(default=list)  # own words to be warned of: id, words, severity
    scope_relaxed: Mapped[list[Any]] = mapped_column(default=list)  # rules that only note what they would warn of
    time_zone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    cutoff: Mapped[str] = mapped_column(String(5), default="15:00")
    office_per_week: Mapped[int] = mapped_column(default=2)
    closed_days: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates
    work_days: Mapped[str] = mapped_column(String(7), default="12345")  # Monday is 1
    gift_limit_cents: Mapped[int] = mapped_column(default=10_000)  # a person a year, before the ledger warns
    next_client: Mapped[int] = mapped_column(default=101)  # number of the next client code
    task_revision: Mapped[int] = mapped_column(default=1)  # raised with every change a feed can show
    replanned_on: Mapped[str] = mapped_column(String(10), default="")  # local date of the last nightly replay
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (CheckConstraint("office_per_week BETWEEN 1 AND 20", name="office_per_week"),)

    def local(self, moment: datetime) -> date:
        """Return the date of a moment on the practice's wall."""
        return local_date(moment, self.time_zone)


class Role(db.Model, sqla.FsRoleMixin):  # type: ignore[name-defined,misc]
    """Owner or assistant."""

    __tablename__ = "role"

    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), default=utcnow, onupdate=utcnow)


class User(db.Model, sqla.FsUserMixin):  # type: ignore[name-defined,misc]
    """Somebody who signs in, for one practice."""

    __tablename__ = "user"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    credential: Mapped[str] = mapped_column(String(80), default="")
    licence: Mapped[str] = mapped_column(String(120), default="")  # a licence held, so that letters may say so
    has_doctorate: Mapped[bool] = mapped_column(default=False)
    theme: Mapped[Theme] = mapped_column(choice(Theme, "theme"), default=Theme.SYSTEM)
    digest_hour: Mapped[str] = mapped_column(String(5), default="07:00")
    digest_on: Mapped[bool] = mapped_column(default=True)
    digest_days: Mapped[str] = mapped_column(String(7), default="12345")  # ISO weekdays, Monday is 1
    digest_paused_until: Mapped[date | None]  # the day it comes again
    digest_when_empty: Mapped[bool] = mapped_column(default=False)  # a line that all is well, as a sign of life
    idle_minutes: Mapped[int] = mapped_column(default=20)  # without a word from the person, then signed off
    tf_last_counter: Mapped[int | None]  # of the newest code taken: an older one, or the same, is refused
    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), default=utcnow)
    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), default=utcnow, onupdate=utcnow)

    practice: Mapped[Practice] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("idle_minutes BETWEEN 5 AND 60", name="idle_minutes"),)


class WebAuthn(db.Model, sqla.FsWebAuthnMixin):  # type: ignore[name-defined,misc]
    """A passkey of somebody who signs in."""

    __tablename__ = "webauthn"

    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now(), default=utcnow)
    lastuse_datetime: Mapped[datetime] = mapped_column(default=utcnow)


class UserSession(db.Model):  # type: ignore[name-defined,misc]
    """One browser somebody is signed in with, or about to be; the cookie holds a secret, this row its hash."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))  # None: not signed in yet
    contents: Mapped[str] = mapped_column(Text, default="")  # what Flask keeps in a session, as tagged JSON
    trusted: Mapped[bool] = mapped_column(default=False)  # a person's own phone: it may come back after a short check
    ip: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(120), default="")  # "Firefox on Windows", for the list of sessions
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # of the last thing the person did; what a page asks by itself does not count
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_user_session_user", "user_id"),)


class KnownDevice(db.Model):  # type: ignore[name-defined,misc]
    """Where somebody has signed in from before, so that a new place can be told to them."""

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(64))  # SHA-256 over the kind of browser and the network
    seen_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("user_id", "mark"),)


class Throttle(db.Model):  # type: ignore[name-defined,misc]
    """How often secrets of one account, or from one network, were tried, and when the next may be."""

    __tablename__ = "throttle"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 over what is counted
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    OWNER = "owner"
    INVITATION = "invitation"
    RESET = "reset"


class SetupLink(db.Model):  # type: ignore[name-defined,misc]
    """A one-time address: it makes the first owner, or lets a person choose a password; only its hash is kept."""

    __tablename__ = "setup_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))  # None: makes the owner
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose, "link_purpose"), default=LinkPurpose.OWNER)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
