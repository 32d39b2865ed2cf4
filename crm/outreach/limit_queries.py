"""What left lately, and whether there is room for one more under the limits on outgoing mail."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from crm.db import begin_write, db
from crm.outreach.limits import DAY, MailLimits, Wait
from crm.outreach.models import MessageState, OutboxMessage

# There is an index on state and next_at, none on sent_at. A sent row's next_at is when it was last due, which can be
# days before it left; a week more keeps the index useful and leaves nothing out but a handful after a long outage.
EARLIER = timedelta(days=7)
LIMIT_LOCK = -1  # on PostgreSQL, workers count one after the other what left, so that they keep a limit together
UNDER_WAY = (MessageState.CLAIMED, MessageState.IN_DATA)


def wait_of(message_id: int, limits: MailLimits, *, now: datetime) -> Wait | None:
    """Say why a letter that could leave has to wait for others that left before it; to be asked while it is claimed."""
    if not limits:
        return None
    begin_write(LIMIT_LOCK)
    return limits.wait(left_lately(now=now, but=message_id), now)


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
