"""Selects over the people of a practice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from crm.accounts.models import KnownDevice, SetupLink, User, UserSession, WebAuthn
from crm.accounts.permissions import RoleName, role_of
from crm.db import NotFound, db


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who signs in for a practice, or may once they have opened their link."""

    user: User
    role: RoleName | None
    seen_at: datetime | None  # of their newest sign-in, as far as is known
    has_factor: bool
    sessions: int
    link_until: datetime | None  # a one-time link is out and good until then


def people_of(practice_id: int, *, now: datetime) -> Sequence[PersonRow]:
    """Return everybody of a practice, by name."""
    mine = UserSession.user_id == User.id
    begun = select(func.max(UserSession.created_at)).where(mine).scalar_subquery()
    known = select(func.max(KnownDevice.seen_at)).where(KnownDevice.user_id == User.id).scalar_subquery()
    live = select(func.count()).where(mine, UserSession.expires_at > now).scalar_subquery()
    keys = select(func.count()).where(WebAuthn.user_id == User.id).scalar_subquery()
    still = (SetupLink.user_id == User.id, SetupLink.used_at.is_(None), SetupLink.expires_at > now)
    link = select(func.max(SetupLink.expires_at)).where(*still).scalar_subquery()
    query = (
        select(User, begun, known, live, keys, link)
        .where(User.practice_id == practice_id)
        .options(selectinload(User.roles))
        .order_by(User.name, User.id)
    )
    return [
        PersonRow(
            user=user,
            role=role_of(one.name for one in user.roles),
            seen_at=max(filter(None, (begun_at, known_at)), default=None),
            has_factor=bool(user.tf_primary_method or passkeys),
            sessions=sessions,
            link_until=link_until,
        )
        for user, begun_at, known_at, sessions, passkeys, link_until in db.session.execute(query)
    ]


def get_person(practice_id: int, user_id: int) -> User:
    """Return somebody of this practice with their role; raises NotFound for a missing and a foreign one alike."""
    query = select(User).where(User.practice_id == practice_id, User.id == user_id).options(selectinload(User.roles))
    user: User | None = db.session.scalar(query.execution_options(populate_existing=True))
    if user is None:
        raise NotFound
    return user


def owners_left(practice_id: int, *, without: int) -> int:
    """Return how many owners could still sign in if somebody were none any more."""
    query = select(User).where(User.practice_id == practice_id, User.active.is_(True), User.id != without)
    others = db.session.scalars(query.options(selectinload(User.roles)).execution_options(populate_existing=True))
    return sum(
        role_of(one.name for one in user.roles) is RoleName.OWNER and user.password is not None for user in others
    )
