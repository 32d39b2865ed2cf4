"""Selects over sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from crm.accounts.models import User, UserSession
from crm.db import NotFound, db


def sessions_of(practice_id: int, user_id: int, *, now: datetime) -> Sequence[UserSession]:
    """Return where somebody is signed in, the last seen first."""
    query = select(UserSession).join(User, User.id == UserSession.user_id)
    mine = (User.practice_id == practice_id, User.id == user_id, UserSession.expires_at > now)
    return db.session.scalars(query.where(*mine).order_by(UserSession.seen_at.desc(), UserSession.id.desc())).all()


def get_session(practice_id: int, user_id: int, session_id: int) -> UserSession:
    """Return one session of somebody; raises NotFound for a missing and a foreign one alike."""
    query = select(UserSession).join(User, User.id == UserSession.user_id)
    mine = (User.practice_id == practice_id, User.id == user_id, UserSession.id == session_id)
    found: UserSession | None = db.session.scalar(query.where(*mine))
    if found is None:
        raise NotFound
    return found
