"""Back in: a new password by a one-time link, and the way in when the phone is gone as well."""

import uuid
from datetime import datetime

from sqlalchemy import delete, update

from crm.accounts import service, sessions
from crm.accounts.models import LinkPurpose, SetupLink, User, WebAuthn
from crm.db import db


def new_reset(user: User, *, now: datetime) -> str:
    """Make a link by which somebody chooses a new password; an older one stops working. The second factor stays."""
    older = (SetupLink.user_id == user.id, SetupLink.purpose == LinkPurpose.RESET, SetupLink.used_at.is_(None))
    db.session.execute(update(SetupLink).where(*older).values(used_at=now))
    return service.new_link(now=now, user=user, purpose=LinkPurpose.RESET)


def choose_password(user: User, password_hash: str) -> None:
    """Give somebody a new password and end every session, also those that wait for the second step."""
    user.password = password_hash
    end_sessions(user)


def break_glass(user: User, *, now: datetime) -> str:
    """Take password and second factor away and return the link that sets both up anew.

    The old password is void at once: whoever knows it could set up an authenticator of their own before
    the link is opened.
    """
    user.password = None
    user.tf_totp_secret = user.tf_primary_method = user.tf_last_counter = None
    user.mf_recovery_codes = []
    db.session.execute(delete(WebAuthn).where(WebAuthn.user_id == user.id))
    end_sessions(user)
    return new_reset(user, now=now)


def end_sessions(user: User) -> None:
    """Sign somebody out everywhere: the new uniquifier voids what a cookie or a half-way session still claims."""
    user.fs_uniquifier = uuid.uuid4().hex
    sessions.end_all(user.id)
    db.session.flush()
