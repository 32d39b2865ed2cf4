"""What left lately, for the limits on outgoing mail."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from crm.db import db
from crm.outreach.limits import DAY
from crm.outreach.models import MessageState, OutboxMessage

# There is an index on state and next_at, none on sent_at. A sent row's next_at is when it was last due, which can be
# days before it left; a week more keeps the index useful and leaves nothing out but a handful after a long outage.
EARLIER = timedelta(days=7)
UNDER_WAY = (MessageState.CLAIMED, MessageState.IN_DATA)


def left_lately(*, now: datetime, but: int) -> list[datetime]:
    """Return when messages left within the last day, all practices together; what is under way leaves now.

    What is in doubt counts from when it was due. `but`: the message that asks.
    """
    sent = and_(OutboxMessage.state == MessageState.SENT, OutboxMessage.sent_at > now - DAY)
    doubt = and_(OutboxMessage.state == MessageState.UNKNOWN, OutboxMessage.next_at > now - DAY)
    query = select(OutboxMessage.state, OutboxMessage.sent_at, OutboxMessage.next_at).where(
        or_(
            and_(sent, OutboxMessage.next_at > now - DAY - EARLIER),
            doubt,
            OutboxMessage.state.in_(UNDER_WAY),
        ),
        OutboxMessage.id != but,
    )
    return [now if state in UNDER_WAY else sent_at or due for state, sent_at, due in db.session.execute(query)]
