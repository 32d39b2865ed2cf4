"""The forms in which somebody proves who they are: counted by the throttle first, looked at after, used up once."""

from typing import Any, ClassVar

from flask import request, session
from flask_login import current_user
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MfRecoveryForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnDeleteForm,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninResponseForm,
    hash_password,
    uia_email_mapper,
)
from sqlalchemy import inspect

from crm.accounts import sign_in_events
from crm.accounts import throttle_service as throttle
from crm.accounts.models import User
from crm.accounts.second_factor import moment
from crm.db import begin_write, db, writing

CHALLENGE = "passkey_challenge"  # in the session: the one question a passkey may answer next
STALE = "That took too long, or it was answered before. Try again."


class _Counted:
    """Counts a try before the secret is looked at. Afterwards the request's writing transaction has begun."""

    kind: ClassVar[str]
    user: Any  # whom Flask-Security found

    def who(self) -> str:
        """Name the account as it is looked up; empty where the secret alone names it."""
        raise NotImplementedError

    def validate(self, **values: Any) -> bool:
        """Look at the secret where the throttle lets it; raises TooMany."""
        who, ip = self.who(), request.remote_addr or ""
        throttle.attempt(self.kind, who, ip, now=moment())
        if not super().validate(**values):  # type: ignore[misc]
            sign_in_events.failed(self.whose(), self.kind)
            return False
        self.keep()
        throttle.succeeded(self.kind, who, ip, now=moment())
        begin_write()
        return True

    def whose(self) -> User | None:
        """Return whose secret was wrong, where there is such a person."""
        return db.session.get(User, self.user.id) if self.user else None

    def keep(self) -> None:
        """Save what looking at the secret has changed, before the transaction ends."""


class _WithPassword(_Counted):
    """A password, whose hash is renewed where the parameters have changed since."""

    kind = "password"

    def keep(self) -> None:
        """Save a renewed hash; it was made outside of any writing transaction."""
        user: User = db.session.get_one(User, self.user.id)
        if inspect(user).attrs.password.history.has_changes():
            renewed = user.password
            with writing():
                user.password = renewed


class SignIn(_WithPassword, LoginForm):
    """E-mail address and password."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.next.data = self.next.data or "/"  # else the address of this very page would be where to go next

    def who(self) -> str:
        """Name the account as it is looked up, however it was spelt: unknown ones are counted the same."""
        typed = str(self.email.data or "").strip()
        return str(uia_email_mapper(typed) or typed).lower()


class Again(_WithPassword, VerifyForm):
    """The password of who is signed in, once more."""

    def who(self) -> str:
        """Name the account."""
        return str(current_user.email)


class NewPassword(_Counted, ChangePasswordForm):
    """The password so far, and a new one twice."""

    kind = "password"

    hashed: str

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.user = current_user

    def who(self) -> str:
        """Name the account."""
        return str(current_user.email)

    def keep(self) -> None:
        """Hash the new one while no transaction waits for it."""
        self.hashed = hash_password(self.new_password.data)


class Code(_Counted, TwoFactorVerifyCodeForm):
    """Six digits of the authenticator."""

    kind = "code"

    def who(self) -> str:
        """Name the account that is half-way in."""
        return str(self.user.email)


class RecoveryCode(_Counted, MfRecoveryForm):
    """One of the ten codes."""

    kind = "recovery"

    def who(self) -> str:
        """Name the account that is half-way in."""
        return str(self.user.email)


class _Answered:
    """An answer to the one question this session was asked last: it may be given once."""

    challenge: str
    credential: Any

    def validate(self, **values: Any) -> bool:
        """Refuse an answer to another question, or a second one."""
        if session.pop(CHALLENGE, None) != self.challenge:
            self.credential.errors = [STALE]
            return False
        valid: bool = super().validate(**values)  # type: ignore[misc]
        return valid


class PasskeyAnswer(_Answered, _Counted, WebAuthnSigninResponseForm):
    """What a passkey signed, to sign in or once more."""

    kind = "passkey"
    cred: Any

    def who(self) -> str:
        """Name none: the passkey itself says whose it is."""
        return ""

    def validate(self, **values: Any) -> bool:
        """Look at its counter once more under the row's lock: two answers at once may not both be the next."""
        if not super().validate(**values):
            return False
        db.session.refresh(self.cred, with_for_update=True)
        new, held = self.authentication_verification.new_sign_count, self.cred.sign_count
        if (new or held) and new <= held:
            self.credential.errors = [STALE]
            return False
        return bool(self.user.is_active)


class PasskeyMade(_Answered, WebAuthnRegisterResponseForm):
    """A new passkey."""

    def validate(self, **values: Any) -> bool:
        """Check it, then begin to write."""
        begin_write()
        valid: bool = super().validate(**values)
        return valid


class PasskeyWanted(WebAuthnRegisterForm):
    """The name of a passkey to be made, and what it is for."""

    def validate(self, **values: Any) -> bool:
        """Check it, then begin to write: the person may get their handle."""
        begin_write()
        valid: bool = super().validate(**values)
        return valid


class PasskeyGone(WebAuthnDeleteForm):
    """The name of a passkey to be removed."""

    def validate(self, **values: Any) -> bool:
        """Check it, then begin to write."""
        begin_write()
        valid: bool = super().validate(**values)
        return valid


FORMS = {
    "login_form": SignIn,
    "verify_form": Again,
    "change_password_form": NewPassword,
    "two_factor_verify_code_form": Code,
    "mf_recovery_form": RecoveryCode,
    "wan_signin_response_form": PasskeyAnswer,
    "wan_register_form": PasskeyWanted,
    "wan_register_response_form": PasskeyMade,
    "wan_delete_form": PasskeyGone,
}
