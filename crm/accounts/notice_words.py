"""What a notice about an account says: a subject, what happened, and what to do if it was not you. No client data."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Notice(StrEnum):
    """What somebody is told about by mail, whoever did it."""

    NEW_DEVICE = "new_device"
    FAILED_TRIES = "failed_tries"
    FACTOR_CHANGED = "factor_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a notice
    ADDRESS_CHANGED = "address_changed"
    NEW_FEED = "new_feed"
    RESTORED = "restored"
    BREAK_GLASS = "break_glass"
    ROLE_CHANGED = "role_changed"


BE_SAFE = "change your password, then end the other sessions on the page of your account"
# Subject, what happened, what to do if it was not you, and the page to do it on.
WORDS: dict[Notice, tuple[str, str, str, str]] = {
    Notice.NEW_DEVICE: (
        "A new sign-in to Handoff",
        "Somebody signed in with your account, on a device or from a network that was not seen before.",
        BE_SAFE,
        "/account",
    ),
    Notice.FAILED_TRIES: (
        "Wrong tries to sign in to Handoff",
        "A wrong password or code was given for your account several times. Nobody got in by it, and the next tries "
        "have to wait longer.",
        "there is nothing you have to do. If it goes on, choose a longer password",
        "/account",
    ),
    Notice.FACTOR_CHANGED: (
        "Your second step to sign in was changed",
        "The authenticator, a passkey or the recovery codes of your account were changed.",
        BE_SAFE + ", and set the authenticator up again",
        "/account",
    ),
    Notice.PASSWORD_CHANGED: (
        "Your password was changed",
        "The password of your account was changed.",
        "ask for a new password on the sign-in page, then tell whoever runs this desk",
        "/login",
    ),
    Notice.ADDRESS_CHANGED: (
        "Your address of sign-in was changed",
        "Your account has another e-mail address from now on. This mail went to the one it had before as well.",
        "tell whoever runs this desk at once; they can put it back",
        "/account",
    ),
    Notice.NEW_FEED: (
        "A new calendar address was made",
        "A calendar address was made or renewed for your account. Whoever knows it can read the events it shows.",
        "withdraw it on the page of calendars",
        "/calendar/feeds",
    ),
    Notice.RESTORED: (
        "The desk was restored from a backup",
        "All data came back out of a backup. What was entered after that backup was made is missing.",
        "speak with whoever runs this machine",
        "/",
    ),
    Notice.BREAK_GLASS: (
        "Your account was opened at the machine itself",
        "Somebody who works on the machine of this desk made a way into your account, past the usual sign-in.",
        "speak with whoever runs this machine at once",
        "/account",
    ),
    Notice.ROLE_CHANGED: (
        "What you may do in Handoff was changed",
        "Your account has another role now, or was opened or closed.",
        "speak with an owner of the practice",
        "/account",
    ),
}


def text_of(notice: Notice, *, now: datetime, zone: str, ip: str, detail: str, base_url: str) -> str:
    """Write a notice; `zone` is the practice's, `ip` empty where somebody sat at the machine itself."""
    _subject, happened, otherwise, path = WORDS[notice]
    local = now.astimezone(ZoneInfo(zone))
    told = [
        happened,
        "",
        f"When: {local:%A}, {local:%B} {local.day}, {local.year}, {local:%H:%M} ({zone})",
        f"From: {ip or 'the machine itself'}",
        *([f"What: {detail}"] if detail else []),
        "",
        f"If it was you, all is well. If it was not, {otherwise}.",
        f"{base_url}{path}",
        "",
    ]
    return "\n".join(told)
