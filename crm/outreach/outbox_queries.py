"""Reading the outbox: what waits, what went, what a person must decide."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import defer

from crm.db import db
from crm.documents.models import Delivery, DeliveryChannel, DeliveryState
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage
from crm.outreach.outbox_words import NO_CHANNEL, Group
from crm.outreach.sending import AFTER_OUTAGE

NEEDS_A_PERSON = (MessageState.UNKNOWN, MessageState.HELD, MessageState.FAILED)
ON_THE_WAY = (MessageState.QUEUED, MessageState.RETRY, MessageState.CLAIMED, MessageState.IN_DATA)
HELD_FOR_MAIL = and_(OutboxMessage.state == MessageState.HELD, OutboxMessage.reply.in_(NO_CHANNEL))
GROUPS: dict[Group, ColumnElement[bool]] = {
    Group.YOU: and_(OutboxMessage.state.in_(NEEDS_A_PERSON), not_(HELD_FOR_MAIL)),
    Group.LEAVE: or_(OutboxMessage.state.in_(ON_THE_WAY), HELD_FOR_MAIL),
    Group.SENT: OutboxMessage.state == MessageState.SENT,
    Group.CANCELLED: OutboxMessage.state == MessageState.CANCELLED,
}


def messages(
    practice_id: int, *, states: Sequence[MessageState] = tuple(MessageState), limit: int = 200
) -> Sequence[OutboxMessage]:
    """Return the newest messages in some states."""
    query = select(OutboxMessage).where(OutboxMessage.practice_id == practice_id, OutboxMessage.state.in_(states))
    return db.session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def listed(practice_id: int, group: Group, *, limit: int, offset: int = 0) -> Sequence[OutboxMessage]:
    """Return some messages of one part of the page: what leaves next first, everything else newest first."""
    order = (OutboxMessage.next_at, OutboxMessage.id) if group == Group.LEAVE else (OutboxMessage.id.desc(),)
    query = select(OutboxMessage).where(OutboxMessage.practice_id == practice_id, GROUPS[group])
    shown = query.options(defer(OutboxMessage.text), defer(OutboxMessage.html))
    return db.session.scalars(shown.order_by(*order).limit(limit).offset(offset)).all()


def counts(practice_id: int) -> dict[Group, int]:
    """Return how many messages each part of the page holds."""
    mine = OutboxMessage.practice_id == practice_id
    parts = [
        select(func.count()).select_from(OutboxMessage).where(mine, where).scalar_subquery().label(group.value)
        for group, where in GROUPS.items()
    ]
    row = db.session.execute(select(*parts)).one()
    return {group: getattr(row, group.value) for group in GROUPS}


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
