"""Reading the outbox: what waits, what went, what a person must decide."""

from collections.abc import Sequence

from sqlalchemy import select

from crm.db import db
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage

NEEDS_A_PERSON = (MessageState.UNKNOWN, MessageState.HELD, MessageState.FAILED)


def messages(
    practice_id: int, *, states: Sequence[MessageState] = tuple(MessageState), limit: int = 200
) -> Sequence[OutboxMessage]:
    """Return the newest messages in some states."""
    query = select(OutboxMessage).where(OutboxMessage.practice_id == practice_id, OutboxMessage.state.in_(states))
    return db.session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def find_heartbeat() -> Heartbeat | None:
    """Return when the clock last ticked and why mail stands still, if it ever ran."""
    return db.session.get(Heartbeat, 1)
