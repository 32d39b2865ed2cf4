"""What the pages of sources share: their blueprint and the opening of sealed notes."""

from collections.abc import Mapping

from flask import Blueprint

from crm.crypto import KeyringError, Unreadable
from crm.web import sealer

bp = Blueprint("sources", __name__)


def opened_notes(sealed: Mapping[int, bytes]) -> dict[int, str | None]:
    """Open the notes of some entries; None where one cannot be read, which the page says in words."""
    return {seq: _opened(seq, blob) for seq, blob in sealed.items()}


def _opened(seq: int, sealed: bytes) -> str | None:
    try:
        return str(sealer().open(sealed, table="entry_note", row=str(seq))["text"])
    except (Unreadable, KeyringError):
        return None
