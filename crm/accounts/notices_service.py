"""Notices about an account: a mail in the queue, in the same transaction as what it tells of."""

from datetime import datetime
from urllib.parse import urlsplit

from crm.accounts.models import Practice, User
from crm.accounts.notice_words import WORDS, Notice, text_of
from crm.db import db
from crm.journal.service import whereabouts
from crm.outreach import outbox
from crm.outreach.models import MessageKind
from crm.outreach.sending import NewMessage
from crm.text import clean_line

__all__ = ["Notice", "tell"]


def tell(user: User, notice: Notice, *, now: datetime, base_url: str, detail: str = "", to: str = "") -> bool:
    """Queue a notice to somebody; return whether it is a new one. The caller commits.

    The same notice to the same person within a minute is one mail. `detail` is a word of ours about what was
    changed, a kind of browser say, never a secret and nothing about a client. `to` is another address than the
    account's: the one it had before, where the address itself was changed.
    """
    practice = db.session.get_one(Practice, user.practice_id)
    recipient = to or user.email
    minute = now.strftime("%Y%m%dT%H%M")
    message = NewMessage(
        practice_id=practice.id,
        key=f"notice:{user.id}:{notice}:{minute}{':before' if to else ''}",
        kind=MessageKind.NOTICE,
        recipient=recipient,
        subject=WORDS[notice][0],
        text=text_of(
            notice, now=now, zone=practice.time_zone, ip=whereabouts().ip, detail=clean_line(detail, 120),
            base_url=base_url,
        ),
    )  # fmt: skip
    return outbox.enqueue(message, host=urlsplit(base_url).hostname or "localhost", now=now) is not None
