"""The links of a digest that do one small thing without a sign-in: a token, signed, that names no client.

A token holds ids only. Its signature also covers what the token does not carry: the task's key, since a row's id
may be given to another task once the row is gone, and the user's `fs_uniquifier`, which changes with a password
and a restore. So both void every link that is out.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, Signer, URLSafeSerializer

GOOD_FOR = timedelta(hours=72)
UNDO_FOR = timedelta(minutes=10)
_TOKEN = re.compile(r"[\w-]{43}\.(done|later)-(\d{1,9})-(\d{1,9})-(\d{1,9})-(\d{1,9})", re.ASCII)


class Act(StrEnum):
    """What a link can do. Never approve or send; to open a task is a plain address behind the sign-in."""

    DONE = "done"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class ActionLink:
    """What a token says; `minute` is when it ends, in minutes since 1970 (UTC)."""

    act: Act
    task_id: int
    revision: int
    user_id: int
    minute: int

    def is_over(self, now: datetime) -> bool:
        """Say whether its 72 hours are past."""
        return now.timestamp() >= self.minute * 60


@dataclass(frozen=True, slots=True)
class Seal:
    """What signs a token beside what it says."""

    secret: str
    uniquifier: str


def ends_at(now: datetime) -> int:
    """Return the minute at which a link made now ends; a begun minute counts."""
    return -(-int((now.astimezone(UTC) + GOOD_FOR).timestamp()) // 60)


def token_of(link: ActionLink, task_key: str, seal: Seal) -> str:
    """Write a link down; it ends in a figure, so that no mail program leaves its last character off."""
    said = f"{link.act}-{link.task_id}-{link.revision}-{link.user_id}-{link.minute}"
    signer = Signer(seal.secret, salt=f"digest-{link.act}", digest_method=hashlib.sha256)
    return f"{signer.get_signature(f'{said}|{task_key}|{seal.uniquifier}').decode()}.{said}"


def read(token: str) -> ActionLink | None:
    """Return what a token says, true or not; None for what is none."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    act, *numbers = found.groups()
    return ActionLink(Act(act), *map(int, numbers))


def is_ours(token: str, link: ActionLink, task_key: str, seals: Iterable[Seal]) -> bool:
    """Say whether a token is exactly one we would write: another spelling of the same bytes is none.

    `seals` holds one for the key that signs now and one for each older key.
    """
    return any(hmac.compare_digest(token.encode(), token_of(link, task_key, seal).encode()) for seal in seals)


def hash_of(token: str) -> str:
    """Return what is kept of a used link."""
    return hashlib.sha256(token.encode()).hexdigest()


def subscriber_token(user_id: int, secret: str) -> str:
    """Write down whose digest an address pauses or stops. It has no end: an old mail must be able to stop them."""
    token: str = URLSafeSerializer(secret, salt="digest-subscriber").dumps(user_id)
    return token


def subscriber_of(token: str, secrets: Sequence[str]) -> int | None:
    """Return whose digest it is about; None for a token that no key of ours signed. `secrets`: the newest first."""
    try:
        signer = URLSafeSerializer([*reversed(secrets)], salt="digest-subscriber")
        return int(signer.loads(token)) if len(token) <= 100 else None
    except (BadSignature, ValueError, TypeError):
        return None
