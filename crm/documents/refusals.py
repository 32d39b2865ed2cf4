"""The address by which the recipient of an unsolicited letter refuses more of them: ids, signed, and no name."""

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who refuses, and whose letters."""

    practice_id: int
    source_id: int


def unsubscribe_address(refusal: Refusal, *, secret: str, base_url: str, practice_email: str) -> str:
    """Return what List-Unsubscribe says: an https address that takes one click, else a mailto.

    Without https and without an address of the practice there is nothing an office could use: empty.
    """
    if base_url.startswith("https://"):
        return f"{base_url}/u/{_signer(secret).dumps([refusal.practice_id, refusal.source_id])}"
    return f"mailto:{practice_email}?subject=unsubscribe%20s{refusal.source_id}" if practice_email else ""


def read_token(token: str, *, secrets: Sequence[str]) -> Refusal | None:
    """Return what a token says; None for one that no key of ours signed. `secrets`: the newest first."""
    try:
        practice_id, source_id = _signer(*reversed(secrets)).loads(token)
        return Refusal(int(practice_id), int(source_id))
    except (BadSignature, ValueError, TypeError):
        return None


def _signer(*secrets: str) -> URLSafeSerializer:
    return URLSafeSerializer([*secrets], salt="refusal")
