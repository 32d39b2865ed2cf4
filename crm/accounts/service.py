"""Practices, their people and the one-time links that let them in."""

import hashlib
import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_security import hash_password
from sqlalchemy import select, update

from crm.accounts.models import LinkPurpose, Practice, Role, SetupLink, User
from crm.db import db

SETUP_HOURS = 1
INVITE_HOURS = 72
RESET_MINUTES = 30
GOOD_FOR = {
    LinkPurpose.OWNER: timedelta(hours=SETUP_HOURS),
    LinkPurpose.INVITATION: timedelta(hours=INVITE_HOURS),
    LinkPurpose.RESET: timedelta(minutes=RESET_MINUTES),
}


class LinkGone(Exception):  # noqa: N818
    """The one-time link is unknown, used or too old."""


class EmailTaken(Exception):  # noqa: N818
    """Somebody signs in with this address already."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is about to get an account."""

    email: str
    name: str
    credential: str = ""
    password: str | None = None  # None: chosen later by a one-time link


def create_practice(name: str, time_zone: str) -> Practice:
    """Add a practice; the caller commits."""
    practice = Practice(name=name, time_zone=time_zone)
    db.session.add(practice)
    db.session.flush()
    return practice


def change_work_days(practice: Practice, work_days: str) -> None:
    """Let a practice work on other days; the digests of those who never chose days of their own follow."""
    followers = (User.practice_id == practice.id, User.digest_days == practice.work_days)
    db.session.execute(update(User).where(*followers).values(digest_days=work_days))
    practice.work_days = work_days


def hashed(password: str) -> str:
    """Hash a password (argon2id), normalised as sign-in does. Slow on purpose: call it before a transaction."""
    result: str = hash_password(unicodedata.normalize("NFC", password))
    return result


def create_user(practice: Practice, person: Person, *, role: str = "owner", password_hash: str | None = None) -> User:
    """Add an account; raises EmailTaken. The caller commits."""
    email = person.email.strip().lower()
    if db.session.scalar(select(User.id).where(User.email == email)) is not None:
        raise EmailTaken(email)
    user = User(
        practice_id=practice.id,
        email=email,
        name=person.name,
        credential=person.credential,
        password=password_hash,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        digest_days=practice.work_days,
        roles=[role_row(role)],
    )
    db.session.add(user)
    db.session.flush()
    return user


def role_row(name: str) -> Role:
    """Return the row of a role, made at its first use."""
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        db.session.add(role)
    return role


def new_link(*, now: datetime, user: User | None = None, purpose: LinkPurpose | None = None) -> str:
    """Make a one-time link and return its secret, which is kept nowhere else.

    Without a user it makes the first owner and is good for an hour; an older such link stops working.
    """
    if user is None:
        db.session.execute(
            update(SetupLink).where(SetupLink.user_id.is_(None), SetupLink.used_at.is_(None)).values(used_at=now)
        )
    secret = secrets.token_urlsafe(32)
    purpose = purpose or (LinkPurpose.INVITATION if user else LinkPurpose.OWNER)
    db.session.add(
        SetupLink(
            token_hash=_digest(secret),
            user_id=user.id if user else None,
            purpose=purpose,
            expires_at=now + GOOD_FOR[purpose],
        )
    )
    return secret


def find_link(secret: str, *, now: datetime) -> SetupLink:
    """Return a link that still works; raises LinkGone."""
    link: SetupLink | None = db.session.scalar(select(SetupLink).where(SetupLink.token_hash == _digest(secret)))
    if link is None or link.used_at is not None or link.expires_at < now:
        raise LinkGone
    return link


def use_link(secret: str, *, now: datetime) -> SetupLink:
    """Use a link up in one statement, so that of two parallel posts one loses; raises LinkGone."""
    used = db.session.execute(
        update(SetupLink)
        .where(SetupLink.token_hash == _digest(secret), SetupLink.used_at.is_(None), SetupLink.expires_at >= now)
        .values(used_at=now)
        .returning(SetupLink.id)
    ).scalar_one_or_none()
    if used is None:
        raise LinkGone
    link: SetupLink = db.session.get_one(SetupLink, used)
    return link


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
