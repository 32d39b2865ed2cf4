"""Codes of the authenticator and recovery codes: each works once, also where two requests bring it at the same time."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from blinker import Signal
from flask import current_app, session
from flask_login import current_user
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin
from passlib.exc import TokenError  # type: ignore[import-untyped]
from sqlalchemy import or_, select, update

from crm.accounts.models import User
from crm.db import begin_write, db, writing

STEP = 30  # seconds
CODES = 10  # recovery codes at a time
codes_made = Signal("new recovery codes")  # sent before the old ones are gone
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 5 bits each, and none that looks like another


class Authenticator(Totp):
    """Codes of six digits: this step and the one before, by the application's clock, never twice."""

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:  # noqa: ARG002
        """Say whether a code is right, and take it: from then on it and all older ones are refused.

        It is a transaction of its own, so that a code is used up whatever becomes of the request.
        """
        counter = self._counter(token, totp_secret)
        if counter is None or not user.is_active:
            return False
        with writing():
            return _took(user.id, counter, totp_secret)

    def _counter(self, token: str, totp_secret: str) -> int | None:
        now = moment().timestamp()
        codes = self._totp.from_source(totp_secret)
        for at in (now, now - STEP):
            try:
                return int(codes.match(token, time=at, window=0).counter)
            except TokenError:
                continue
        return None

    def generate_recovery_codes(self, number: int) -> list[str]:
        """Make codes of 100 random bits, in groups for reading."""
        texts = ("".join(secrets.choice(LETTERS) for _ in range(20)) for _ in range(number))
        return ["-".join(text[at : at + 5] for at in range(0, 20, 5)) for text in texts]


def _took(user_id: int, counter: int, totp_secret: str) -> bool:
    """Write the step down in one statement, so that of two requests with one code the second finds it used.

    A secret that is not the person's yet has no history. Where they have another by now, somebody who only
    knew the password began first and comes back late: that one stays outside.
    """
    known = db.session.scalar(select(User.tf_totp_secret).where(User.id == user_id).with_for_update())
    if known and known != totp_secret and not current_user.is_authenticated:
        return False
    query = update(User).where(User.id == user_id)
    if known == totp_secret:
        query = query.where(or_(User.tf_last_counter.is_(None), User.tf_last_counter < counter))
    done = db.session.execute(query.values(tf_last_counter=counter).returning(User.id))
    return done.scalar_one_or_none() is not None


class RecoveryCodes(MfRecoveryCodesUtil):
    """Codes for the day the phone is gone: only their hashes are kept."""

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [_digest(code) for code in codes]

    def get_recovery_codes(self, user: UserMixin) -> list[str]:  # noqa: ARG002
        """Return none: they cannot be read again."""
        return []

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new codes, which void the old ones, in a writing transaction."""
        begin_write()
        codes_made.send(user, is_renewal=bool(user.mf_recovery_codes))
        made: list[str] = super().create_recovery_codes(user)
        return made

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Say whether a code is right, and use it up in a transaction of its own, under the row's lock."""
        wanted = _digest(code)
        with writing():
            held = db.session.scalar(select(User.mf_recovery_codes).where(User.id == user.id).with_for_update()) or []
            if wanted not in held or not user.is_active:
                return False
            user.mf_recovery_codes = [digest for digest in held if digest != wanted]
        return True

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:  # noqa: ARG002
        """Nothing is left to do: what was checked is used up."""
        return True


def _digest(code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def moment() -> datetime:
    """Return the application's present moment."""
    now: datetime = current_app.extensions["handoff"].clock()
    return now


def setup_values(user: User) -> dict[str, Any]:
    """Return what a page shows of the authenticator being set up: drawing and key; nothing where none is."""
    secret = session.get("tf_totp_secret")
    if not secret or session.get("tf_state") != "validating_profile":
        return {}
    factory = current_app.extensions["security"].totp_factory
    values = factory.fetch_setup_values(secret, user)
    return {"authr_qrcode": values["image"], "authr_key": values["key"]}
