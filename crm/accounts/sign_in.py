"""Signing in: how Flask-Security is set, what it may do, and what it says."""

import base64
import threading
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import MailUtil, PasswordUtil, Security, SQLAlchemyUserDatastore, UserMixin, WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from crm.accounts import passwords, sign_in_events
from crm.accounts.models import Role, User, WebAuthn
from crm.accounts.proofs import CHALLENGE, FORMS
from crm.accounts.second_factor import CODES, STEP, Authenticator, RecoveryCodes, setup_values
from crm.accounts.sessions import FRESH
from crm.clock import utcnow
from crm.db import db
from crm.settings import Settings

ONWARD = "onward"  # in the session: where somebody goes once they have kept their recovery codes
AT_ONCE = 2  # passwords hashed at the same time: each takes 64 MiB and four threads, and pages must go on
ARGON2 = {"type": "ID", "memory_cost": 64 * 1024, "time_cost": 3, "parallelism": 4}
WRONG_CODE = "This code is not right, too old, or was used before. Wait for the next one."
STALE = "That took too long, or it was answered before. Try again."
NOT_TAKEN = "This passkey was not taken. Try again, or sign in with your password."
# What Flask-Security says, in our words: only what a page or a message of ours can come to show.
SAYS = {
    "API_ERROR": STALE,
    "GENERIC_AUTHN_FAILED": "Check the e-mail address and the password.",
    "INVALID_PASSWORD": "This is not your password.",
    "PASSWORD_NOT_PROVIDED": "Write your password.",
    "PASSWORD_IS_THE_SAME": "The new password is the old one.",
    "PASSWORD_INVALID_LENGTH": passwords.LENGTH,
    "RETYPE_PASSWORD_MISMATCH": "The two passwords differ.",
    "INVALID_RECOVERY_CODE": "This code is not right, or was used before.",
    "INVALID_CODE": WRONG_CODE,
    "INVALID_INPUT": "Take a name of letters and digits.",
    "INVALID_INPUT_LENGTH": "Take a shorter name.",
    "LOGIN": "Sign in first.",
    "REAUTHENTICATION_REQUIRED": "Your password once more: this page changes how you sign in.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. For ten minutes you are not asked again.",
    "TWO_FACTOR_INVALID_TOKEN": WRONG_CODE,
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "From now on codes come from the new authenticator.",
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": "Choose how you want to go on.",
    "TWO_FACTOR_PERMISSION_DENIED": "Begin with your e-mail address and password.",
    "TWO_FACTOR_SETUP_EXPIRED": STALE,
    "WEBAUTHN_EXPIRED": STALE,
    "WEBAUTHN_NAME_REQUIRED": "Give the passkey a name, such as laptop or key ring.",
    "WEBAUTHN_NAME_INUSE": "You have a passkey of this name. Take another.",
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": "Take a name of letters and digits.",
    "WEBAUTHN_NAME_NOT_FOUND": "There is no passkey of this name any more.",
    "WEBAUTHN_REGISTER_SUCCESSFUL": "The passkey is saved.",
    "WEBAUTHN_CREDENTIAL_DELETED": "The passkey is removed.",
    "WEBAUTHN_CREDENTIAL_ID_INUSE": "This passkey is in use already.",
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": NOT_TAKEN,
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": NOT_TAKEN,
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": NOT_TAKEN,
    "WEBAUTHN_MISMATCH_USER_HANDLE": NOT_TAKEN,
    "WEBAUTHN_NO_VERIFY": NOT_TAKEN,
}
TEMPLATES = {
    "LOGIN_USER": "login", "VERIFY": "verify", "TWO_FACTOR_SETUP": "authenticator", "TWO_FACTOR_VERIFY_CODE": "code",
    "TWO_FACTOR_SELECT": "which", "MULTI_FACTOR_RECOVERY": "recovery", "MULTI_FACTOR_RECOVERY_CODES": "recovery_codes",
    "WAN_REGISTER": "passkeys", "WAN_SIGNIN": "passkey", "WAN_VERIFY": "passkey_again",
}  # fmt: skip
URLS = {
    "TWO_FACTOR_SETUP": "/account/authenticator", "TWO_FACTOR_TOKEN_VALIDATION": "/login/code",
    "TWO_FACTOR_RESCUE": "/login/rescue", "TWO_FACTOR_SELECT": "/login/which",
    "MULTI_FACTOR_RECOVERY": "/login/recovery-code", "MULTI_FACTOR_RECOVERY_CODES": "/account/recovery-codes",
    "WAN_REGISTER": "/account/passkeys", "WAN_DELETE": "/account/passkeys/remove",
    "WAN_SIGNIN": "/login/passkey", "WAN_VERIFY": "/verify/passkey",
}  # fmt: skip


def passkeys_possible(base_url: str) -> bool:
    """Say whether browsers offer passkeys at an address: a host with a name, by https, or this machine as localhost."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost"
    return False


def config(settings: Settings, secret_key: str | None) -> dict[str, object]:
    """Return the settings of Flask-Security. Without a secret key no session can be made, and no code be checked."""
    factor = settings.second_factor == "on"
    said: dict[str, object] = {f"SECURITY_MSG_{name}": (text, "info") for name, text in SAYS.items()}
    pages = {f"SECURITY_{name}_TEMPLATE": f"accounts/{page}.html" for name, page in TEMPLATES.items()}
    urls = {f"SECURITY_{name}_URL": url for name, url in URLS.items()}
    return said | pages | urls | {
        "SECURITY_PASSWORD_SALT": "handoff",  # argon2 salts each hash by itself; this one only has to be there
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in ARGON2.items()},
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFC",  # as typed on any keyboard, and otherwise exactly as typed
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
        "SECURITY_DATETIME_FACTORY": utcnow,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_VERIFY_VIEW": "/account",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_TWO_FACTOR": factor,
        "SECURITY_TWO_FACTOR_REQUIRED": factor,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": STEP,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_TOTP_ISSUER": "Handoff",
        "SECURITY_TOTP_SECRETS": {"1": totp_key(secret_key)} if secret_key else {"1": "no key yet"},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": factor,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": CODES,
        "SECURITY_WEBAUTHN": factor and passkeys_possible(settings.base_url),
        "SECURITY_WAN_RP_NAME": "Handoff",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # nobody learns who has a passkey
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
    }  # fmt: skip


def totp_key(secret_key: str) -> str:
    """Derive the key that the secrets of authenticators are encrypted with."""
    derived = HKDF(SHA256(), 32, None, b"handoff second factor").derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived).decode()


class _TwoAtOnce:
    """Hashes passwords, at most two at a time: the others wait here, not in front of the pages."""

    def __init__(self, context: Any) -> None:
        self._context, self._places = context, threading.BoundedSemaphore(AT_ONCE)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def hash(self, secret: str, **values: Any) -> str:
        """Hash as the context does, when there is a place."""
        with self._places:
            made: str = self._context.hash(secret, **values)
        return made

    def verify(self, secret: str, held: str, **values: Any) -> bool:
        """Verify as the context does, when there is a place."""
        with self._places:
            right: bool = self._context.verify(secret, held, **values)
        return right


class _Passwords(PasswordUtil):
    """Our own rule of what is no password."""

    def validate(self, password: str, is_register: bool, **values: Any) -> tuple[list[str] | None, str]:  # noqa: ARG002
        """Return what is wrong with a password of the person in `user`, and the password as it is kept."""
        normal = self.normalize(password)
        why = passwords.refusal(normal, words_about(values["user"]))
        return ([why] if why else None), normal


def words_about(user: User) -> tuple[str, ...]:
    """Return what nobody should build a password from: name, address and practice."""
    practice = g.get("practice")
    return user.name, user.email, practice.name if practice is not None else ""


class _NoMail(MailUtil):
    """All mail goes through the outbox, so Flask-Security sends none by itself."""

    def send_mail(self, template: str, *_parts: Any, **_more: Any) -> None:
        """Refuse: a mail that nobody planned is a mistake in the settings above."""
        raise RuntimeError(f"Flask-Security wanted to send {template}")


class _Passkeys(WebauthnUtil):
    """Passkeys belong to the base address and answer one question of one session."""

    def generate_challenge(self, nbytes: int | None = None) -> str:
        """Make a question and remember it: see `proofs.PasskeyAnswer`."""
        challenge: str = super().generate_challenge(nbytes)
        session[CHALLENGE] = challenge
        return challenge

    def origin(self) -> str:
        """Return the only origin that is taken, whatever a request calls itself."""
        base_url: str = current_app.extensions["handoff"].settings.base_url
        return base_url

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:  # noqa: ARG002
        """Ask for a passkey that is found without a name, and for a finger or PIN where it is the only proof."""
        alone = usage == "first"
        verified = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.DISCOURAGED
        kept = ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.DISCOURAGED
        return AuthenticatorSelectionCriteria(resident_key=kept, user_verification=verified)

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:  # noqa: ARG002
        """Ask for a finger or PIN where the passkey is the only proof."""
        alone = usage == ["first"]
        return UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.DISCOURAGED


def install(app: Flask) -> None:
    """Let people sign in: Flask-Security with our forms, pages and rules."""
    datastore = SQLAlchemyUserDatastore(db, User, Role, WebAuthn)
    security = Security(
        app,
        datastore,
        register_blueprint=True,
        mail_util_cls=_NoMail,
        password_util_cls=_Passwords,
        totp_cls=Authenticator,
        mf_recovery_codes_util_cls=RecoveryCodes,
        webauthn_util_cls=_Passkeys,
        **FORMS,
    )
    security.pwd_context = _TwoAtOnce(security.pwd_context)
    # A session is the only way in: no tokens in headers or addresses, no answers in JSON.
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]
    security.want_json(lambda _request: False)
    security.tf_token_validation_context_processor(_drawn_again)
    security.mf_recovery_codes_context_processor(_onward)
    if "security.two_factor_rescue" in app.view_functions:  # it would write to whoever runs the machine
        app.view_functions["security.two_factor_rescue"] = lambda: abort(404)
    app.before_request(_codes_first)
    sign_in_events.install(app)


def _drawn_again() -> dict[str, Any]:
    """Give the page of a wrong code what it needs to show the drawing once more, while one is being set up."""
    user = current_app.extensions["security"].datastore.find_user(fs_uniquifier=session.get("tf_user_id", ""))
    return setup_values(user) if user else {}


def _onward() -> dict[str, str]:
    """Say where somebody goes who has kept their codes: on with the setup they came from, or to their account."""
    return {"onward": session.get(ONWARD) or url_for("account.index")}


# Where somebody may go who has no recovery codes yet.
BEFORE_CODES = {"security.mf_recovery_codes", "security.logout", "security.verify", "security.wan_verify",
                "security.wan_verify_response", "security.static"}  # fmt: skip


def _codes_first() -> ResponseReturnValue | None:
    """Lead everybody to their recovery codes before anything else: a lost phone must not lock the desk."""
    if "security.mf_recovery_codes" not in current_app.view_functions or not current_user.is_authenticated:
        return None
    if request.endpoint in BEFORE_CODES or request.endpoint is None or current_user.mf_recovery_codes:
        return None
    return redirect(url_for("security.mf_recovery_codes"), 303)
