"""What signing in tells others: the security log, notices by mail, and the other sessions.

All of it stands in the transaction of the act, which the caller began and commits.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, request, session
from flask_login import user_logged_out
from flask_security import user_authenticated
from flask_security.signals import tf_code_confirmed, tf_profile_changed, wan_deleted, wan_registered
from sqlalchemy import select, update

from crm.accounts import notices_service as notices
from crm.accounts import sessions, throttle_service
from crm.accounts.browsers import name_of
from crm.accounts.models import KnownDevice, Practice, Throttle, User
from crm.accounts.notice_words import Notice
from crm.accounts.second_factor import codes_made, moment
from crm.db import begin_write, db, writing
from crm.journal import access_acts as acts
from crm.journal import access_service as access
from crm.journal.models import JournalEntry

# By which page somebody came in.
WAYS = {
    "security.login": "password", "setup.finish": "password", "security.two_factor_token_validation": "code",
    "security.mf_recovery": "recovery", "security.wan_signin_response": "passkey",
}  # fmt: skip
TRIES, TRIES_WITHIN = 5, timedelta(hours=1)  # so many wrong ones are told of


def install(app: Flask) -> None:
    """Listen to what Flask-Security says happened."""
    user_authenticated.connect(_came_in, app)
    user_logged_out.connect(_went, app)
    tf_code_confirmed.connect(_code_given, app)
    tf_profile_changed.connect(_authenticator_renewed, app)
    wan_registered.connect(_passkey_added, app)
    wan_deleted.connect(_passkey_removed, app)
    codes_made.connect(_codes_made)


def wrote(user: User, event: acts.Access, *, by_machine: bool = False) -> None:
    """Write an act about an account into its practice's log."""
    begin_write(user.practice_id)
    practice = db.session.get_one(Practice, user.practice_id)
    access.note(practice, event, now=moment(), user_id=None if by_machine else user.id)


def told(user: User, notice: Notice, *, detail: str = "", to: str = "") -> None:
    """Queue a notice to somebody about their account."""
    base_url = current_app.extensions["handoff"].settings.base_url
    notices.tell(user, notice, now=moment(), base_url=base_url, detail=detail, to=to)


def failed(user: User | None, by: str) -> None:
    """Write down a wrong secret of somebody; the fifth within the hour is told of. A transaction of its own.

    Where there is no such account, as much is written to a row of the throttle, so that the answer comes no sooner.
    """
    with writing(user.practice_id if user is not None else None):
        if user is None:
            db.session.execute(update(Throttle).where(Throttle.last_at == moment()).values(last_at=moment()))
            return
        wrote(user, acts.SignInFailed(user=user.id, by=by), by_machine=True)
        if _wrong_tries(user, since=moment() - TRIES_WITHIN) % TRIES == 0:
            told(user, Notice.FAILED_TRIES)


def _wrong_tries(user: User, *, since: datetime) -> int:
    query = select(JournalEntry.payload).where(
        JournalEntry.practice_id == user.practice_id,
        JournalEntry.type == acts.SignInFailed.type,
        JournalEntry.at >= since,
    )
    return sum(payload["user"] == user.id for payload in db.session.scalars(query))


def password_changed(user: User, how: str) -> None:
    """Write down and tell that somebody has another password; `how` is account, reset or command."""
    wrote(user, acts.PasswordChanged(user=user.id, how=how))
    told(user, Notice.PASSWORD_CHANGED)


def address_changed(user: User, *, before: str, after: str) -> None:
    """Give somebody another address, write it down, and tell the old one."""
    user.email = after
    db.session.flush()
    wrote(user, acts.AddressChanged(user=user.id))
    told(user, Notice.ADDRESS_CHANGED, to=before)


def factor_changed(user: User, factor: str, change: str) -> None:
    """Write down and tell a change of the second factor, and end the other sessions."""
    wrote(user, acts.FactorChanged(user=user.id, factor=factor, change=change))
    told(user, Notice.FACTOR_CHANGED, detail=f"{factor.replace('_', ' ')} {change}")
    sessions.end_all(user.id, but=sessions.current().mark)


def _came_in(_app: Flask, user: User, authn_via: list[str] | None, **_more: Any) -> None:
    by = WAYS.get(request.endpoint or "")
    if by is None or authn_via == ["change"]:
        return
    wrote(user, acts.SignedIn(user=user.id, by=by))
    if by == "recovery":
        wrote(user, acts.RecoveryCodeUsed(user=user.id, left=len(user.mf_recovery_codes or ())))
    _knows_device(user)


def _knows_device(user: User) -> None:
    """Tell somebody of a kind of browser or a network they never came from; the very first one is theirs."""
    agent = name_of(request.headers.get("User-Agent", ""))
    place = throttle_service.network_of(request.remote_addr or "")
    mark = hashlib.sha256(f"{agent}\0{place}".encode()).hexdigest()
    known = {device.mark: device for device in db.session.scalars(select(KnownDevice).filter_by(user_id=user.id))}
    if mark in known:
        known[mark].seen_at = moment()
        return
    db.session.add(KnownDevice(user_id=user.id, mark=mark, seen_at=moment()))
    if known:
        told(user, Notice.NEW_DEVICE, detail=agent)


def _went(_app: Flask, user: User, **_more: Any) -> None:
    with writing(user.practice_id):
        wrote(user, acts.SignedOut(user=user.id))


def _code_given(_app: Flask, user: User, **_more: Any) -> None:
    if session.get("tf_state") == "validating_profile":
        wrote(user, acts.FactorChanged(user=user.id, factor="authenticator", change="set up"))


def _authenticator_renewed(_app: Flask, user: User, **_more: Any) -> None:
    factor_changed(_real(user), "authenticator", "renewed")


def _passkey_added(_app: Flask, user: User, **_more: Any) -> None:
    factor_changed(_real(user), "passkey", "added")


def _passkey_removed(_app: Flask, user: User, **_more: Any) -> None:
    factor_changed(_real(user), "passkey", "removed")


def _codes_made(user: User, *, is_renewal: bool) -> None:
    if is_renewal:
        factor_changed(_real(user), "recovery_codes", "renewed")
    else:
        wrote(_real(user), acts.FactorChanged(user=user.id, factor="recovery_codes", change="set up"))


def _real(user: User) -> User:
    """Return the account behind Flask-Login's stand-in for it."""
    return db.session.get_one(User, user.id)
