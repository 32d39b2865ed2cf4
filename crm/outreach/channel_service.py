"""The mail channel as a person can move it; the clock pauses it and lets it run, see outbox.py."""

from datetime import datetime

from sqlalchemy import update

from crm.db import db
from crm.outreach import outbox
from crm.outreach.models import MessageState, OutboxMessage


def try_now(*, now: datetime) -> bool:
    """End the pause by a person's word; what the fault put back is due. Returns whether mail stood still.

    Why it stood still stays said until a server has answered for a message. The caller commits.
    """
    row = outbox.heartbeat()
    if not row.channel_paused:
        return False
    put_back = (OutboxMessage.state == MessageState.RETRY, OutboxMessage.reply == row.channel_paused)
    db.session.execute(update(OutboxMessage).where(*put_back).values(next_at=now))
    row.channel_next_at = now
    db.session.flush()
    return True
