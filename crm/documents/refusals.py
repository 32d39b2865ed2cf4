"""The address by which the recipient of an unsolicited letter refuses more of them: ids, signed, and no name."""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from crm.accounts.models import Practice
from crm.settings import Settings
from crm.sources.models import Source


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who refuses, and whose letters."""

    practice_id: int
    source_id: int


def unsubscribe_address(settings: Settings, practice: Practice, source: Source) -> str:
    """Return what List-Unsubscribe says: an https address that takes one click, else a mailto.

    Without https and without an address of the practice there is nothing an office could use: empty.
    """
    if settings.is_https:
        return f"{settings.base_url}/u/{_signer(settings).dumps([practice.id, source.id])}"
    if practice.email:
        return f"mailto:{practice.email}?subject=unsubscribe%20s{source.id}"
    return ""


def read_token(settings: Settings, token: str) -> Refusal | None:
    """Return what a token says; None for one that is not ours."""
    try:
        practice_id, source_id = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return Refusal(int(practice_id), int(source_id))


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key_path.read_text().strip(), salt="refusal")
