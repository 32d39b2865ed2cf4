"""Reading the outbox: what waits, what went, what a person must decide."""

from collections.abc import Sequence

from sqlalchemy import func, select

from crm.db import db
from crm.documents.models import Delivery, DeliveryChannel, DeliveryState
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage
from crm.outreach.sending import AFTER_OUTAGE

NEEDS_A_PERSON = (MessageState.UNKNOWN, MessageState.HELD, MessageState.FAILED)


def messages(
    practice_id: int, *, states: Sequence[MessageState] = tuple(MessageState), limit: int = 200
) -> Sequence[OutboxMessage]:
    """Return the newest messages in some states."""
    query = select(OutboxMessage).where(OutboxMessage.practice_id == practice_id, OutboxMessage.state.in_(states))
    return db.session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def backlog(practice_id: int) -> int:
    """Count the letters that wait for one click after an outage."""
    query = select(func.count()).where(
        OutboxMessage.practice_id == practice_id,
        OutboxMessage.state == MessageState.HELD,
        OutboxMessage.reply == AFTER_OUTAGE,
    )
    return db.session.scalar(query) or 0


def letters_of(practice_id: int, message_ids: Sequence[int]) -> dict[int, int]:
    """Return which letter each of some messages carries, by message."""
    query = select(Delivery.message_id, Delivery.document_id).where(
        Delivery.practice_id == practice_id, Delivery.message_id.in_(message_ids)
    )
    return {message_id: document_id for message_id, document_id in db.session.execute(query) if message_id is not None}


def papers_waiting(practice_id: int) -> int:
    """Count what waits on the print pile."""
    query = select(func.count()).where(
        Delivery.practice_id == practice_id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.channel.in_([DeliveryChannel.LETTER, DeliveryChannel.HAND]),
    )
    return db.session.scalar(query) or 0


def find_heartbeat() -> Heartbeat | None:
    """Return when the clock last ticked and why mail stands still, if it ever ran."""
    return db.session.get(Heartbeat, 1)
