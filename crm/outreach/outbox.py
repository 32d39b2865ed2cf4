"""The queue of outgoing messages: how one gets in, who may send it, and what became of it."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.engine import CursorResult

from crm.db import NotFound, db
from crm.outreach.models import Heartbeat, MessageKind, MessageState, OutboxMessage
from crm.outreach.sending import (
    AFTER_OUTAGE,
    CHANNEL_PAUSE,
    COUNTED_AS_SENT,
    INTERRUPTED,
    NO_SENDER,
    NO_SERVER,
    OVERTAKEN,
    RETRY_MINUTES,
    ChannelDown,
    Claim,
    NewMessage,
    Outcome,
    Retry,
    Sent,
    Unknown,
    retry_delay,
)
from crm.text import clean_line

# Longer than a whole conversation with a mail server may last: a live sender is never robbed.
LEASE = timedelta(seconds=180)
MAX_CLAIMS = 20  # a message that brings the sender down each time must not stop all others
WORN_OUT = "Sending broke down again and again."
WAITING = (MessageState.QUEUED, MessageState.RETRY)
NOT_BEGUN = (*WAITING, MessageState.HELD)


class ClaimLost(Exception):  # noqa: N818
    """Somebody else holds this message now."""


class WrongState(Exception):  # noqa: N818
    """A message in this state cannot be decided about in that way."""

    def __init__(self, state: MessageState) -> None:
        super().__init__(state.value)
        self.state = state


def enqueue(message: NewMessage, *, host: str, now: datetime) -> int | None:
    """Put a message in the queue as part of the caller's unit of work; return its id.

    Returns None where the key is there already. The Message-ID is fixed here and stays the same on
    every try, so that receivers can tell a second copy.
    """
    if db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == message.key)) is not None:
        return None
    row = OutboxMessage(
        practice_id=message.practice_id,
        key=message.key,
        kind=message.kind,
        message_id=f"<{uuid.uuid4()}@{host}>",
        recipient=clean_line(message.recipient, 254),
        subject=clean_line(message.subject, 200),
        text=message.text,
        html=message.html,
        unsubscribe=message.unsubscribe,
        next_at=now,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def recover(*, now: datetime, lock_held: bool) -> int:
    """Take up what a dead sender left: not begun goes back to the queue, begun is in doubt.

    `lock_held`: the caller holds the only sender's lock, so every claim is a dead one; otherwise only
    claims whose lease has run out by the database's clock.
    """
    gone = [] if lock_held else [OutboxMessage.lease_until < _database_now()]
    claimed = OutboxMessage.state == MessageState.CLAIMED
    worn = {"state": MessageState.FAILED, "reply": WORN_OUT, "lease_until": None}
    back = _change(claimed, OutboxMessage.attempts >= MAX_CLAIMS, *gone, **worn)
    back += _change(claimed, *gone, state=MessageState.QUEUED, next_at=now, lease_until=None)
    begun = OutboxMessage.state == MessageState.IN_DATA
    digests = _change(begun, OutboxMessage.kind == MessageKind.DIGEST, *gone, **_settled_doubt(now))
    return back + digests + _change(begun, *gone, state=MessageState.UNKNOWN, reply=INTERRUPTED, lease_until=None)


def claim_next(*, now: datetime) -> Claim | None:
    """Claim the message that has waited longest; the caller commits before connecting."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(WAITING), OutboxMessage.next_at <= now)
        .order_by(OutboxMessage.next_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = db.session.scalar(query)
    if row is None:
        return None
    claim = Claim(
        id=row.id,
        token=row.claim + 1,
        attempts=row.attempts + 1,
        kind=row.kind,
        message_id=row.message_id,
        recipient=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        created_at=row.created_at,
        unsubscribe=row.unsubscribe,
    )
    taken = _change(
        OutboxMessage.id == row.id,
        OutboxMessage.claim == row.claim,
        OutboxMessage.state.in_(WAITING),
        state=MessageState.CLAIMED,
        claim=claim.token,
        attempts=claim.attempts,
        lease_until=_database_now() + LEASE,
    )
    db.session.expire(row)
    return claim if taken else None


def mark_in_data(claim: Claim) -> None:
    """Note that DATA comes next, with a new lease for it; the caller commits before it does. Raises ClaimLost."""
    lease = _database_now() + LEASE
    if not _change(*_mine(claim, MessageState.CLAIMED), state=MessageState.IN_DATA, lease_until=lease):
        raise ClaimLost(claim.id)


def settle(claim: Claim, outcome: Outcome, *, now: datetime) -> None:
    """Write down what came of a try. A claim that was lost changes nothing, but a 250 clears doubt."""
    running = _mine(claim, MessageState.CLAIMED, MessageState.IN_DATA)
    match outcome:
        case Sent():
            known = _mine(claim, MessageState.IN_DATA, MessageState.UNKNOWN)
            _change(*known, state=MessageState.SENT, sent_at=now, reply=outcome.reply, lease_until=None)
        case Retry() if claim.attempts <= len(RETRY_MINUTES):
            _change(*running, **_later(outcome.reply, now + retry_delay(claim.id, claim.attempts)))
        case ChannelDown():
            # The message is not to blame: the try does not count.
            _change(*running, **_later(outcome.reply, now + CHANNEL_PAUSE), attempts=claim.attempts - 1)
        case Unknown() if claim.kind == MessageKind.DIGEST:
            _change(*running, **_settled_doubt(now))
        case Unknown():
            _change(*running, state=MessageState.UNKNOWN, reply=outcome.reply, lease_until=None)
        case _:
            _change(*running, state=MessageState.FAILED, reply=outcome.reply, lease_until=None)


def hold_all(reason: str) -> int:
    """Let everything that waits to be sent wait for `reason` to go away."""
    return _change(OutboxMessage.state.in_(WAITING), state=MessageState.HELD, reply=reason)


def let_go() -> int:
    """Queue again what was held for want of a mail server; when it was due stays, so that a backlog is seen as one."""
    held = (OutboxMessage.state == MessageState.HELD, OutboxMessage.reply.in_([NO_SERVER, NO_SENDER]))
    return _change(*held, state=MessageState.QUEUED, reply="")


def drop_old_digests(practice_id: int, *, before: date) -> int:
    """Cancel digests of days before the local date `before` that never left: nobody wants them in a heap."""
    not_begun = OutboxMessage.state.in_(NOT_BEGUN)  # asked again by the update: it may be on its way by then
    query = select(OutboxMessage.id, OutboxMessage.key).where(
        OutboxMessage.practice_id == practice_id, not_begun, OutboxMessage.kind == MessageKind.DIGEST
    )
    old = [row.id for row in db.session.execute(query) if row.key.rpartition(":")[2] < before.isoformat()]
    return _change(OutboxMessage.id.in_(old), not_begun, state=MessageState.CANCELLED, reply=OVERTAKEN) if old else 0


def release(practice_id: int, message_id: int, *, now: datetime) -> None:
    """Send what was held, by a person's decision. Raises NotFound, WrongState."""
    _decide(practice_id, message_id, (MessageState.HELD,), state=MessageState.QUEUED, next_at=now, reply="")


def resolve(practice_id: int, message_id: int, *, arrived: bool, now: datetime) -> None:
    """Settle doubt by a person's word: it arrived, or send it again. Raises NotFound, WrongState.

    A message that failed for good may be sent again too, once what was wrong is mended.
    """
    if arrived:
        told = {"state": MessageState.SENT, "sent_at": now, "reply": "A person says it arrived."}
        _decide(practice_id, message_id, (MessageState.UNKNOWN,), **told)
    else:
        again = {"state": MessageState.QUEUED, "next_at": now, "attempts": 0, "reply": ""}
        _decide(practice_id, message_id, (MessageState.UNKNOWN, MessageState.FAILED), **again)


def hold(claim: Claim, reason: str) -> None:
    """Keep back a message that was claimed and has not begun to leave, until a person decides."""
    _change(*_mine(claim, MessageState.CLAIMED), state=MessageState.HELD, reply=reason, lease_until=None)


def put_off(claim: Claim, reason: str, *, until: datetime) -> None:
    """Let a message that was claimed wait until a moment; it is no try that counts."""
    _change(
        *_mine(claim, MessageState.CLAIMED), state=MessageState.QUEUED, reply=reason, next_at=until,
        lease_until=None, attempts=claim.attempts - 1,
    )  # fmt: skip


def hold_waiting(message_ids: Sequence[int], reason: str) -> int:
    """Keep back those of some messages that nobody has claimed yet. Returns how many."""
    waiting = OutboxMessage.state.in_(WAITING)
    return _change(OutboxMessage.id.in_(message_ids), waiting, state=MessageState.HELD, reply=reason)


def release_backlog(practice_id: int, *, now: datetime) -> int:
    """Send what was held after an outage, by a person's one click. Returns how many."""
    held = (OutboxMessage.practice_id == practice_id, OutboxMessage.state == MessageState.HELD)
    return _change(*held, OutboxMessage.reply == AFTER_OUTAGE, state=MessageState.QUEUED, next_at=now, reply="")


def cancel(practice_id: int, message_id: int) -> None:
    """Take back what has not begun to leave, or let go of what was refused. Raises NotFound, WrongState."""
    _decide(practice_id, message_id, (*NOT_BEGUN, MessageState.FAILED), state=MessageState.CANCELLED, reply="")


def heartbeat() -> Heartbeat:
    """Return the one row of the clock, made at the first call."""
    row = db.session.get(Heartbeat, 1, populate_existing=True)
    if row is None:
        row = Heartbeat(id=1, details={})
        db.session.add(row)
        db.session.flush()
    return row


def channel_may_try(*, now: datetime) -> bool:
    """Say whether mail may be tried: it stands still for a quarter of an hour after a fault of the channel."""
    row = heartbeat()
    return not row.channel_paused or row.channel_next_at is None or row.channel_next_at <= now


def says_news(outcome: Outcome, *, now: datetime) -> bool:
    """Say whether `note_channel` would change anything: in a pass that runs well only its first message does."""
    row = db.session.get(Heartbeat, 1, populate_existing=True)
    well = row is not None and not row.channel_paused and row.sent_at is not None and row.sent_at >= now
    return not (well and isinstance(outcome, Sent))


def note_channel(outcome: Outcome, *, now: datetime) -> None:
    """Pause the channel where it is at fault; let it run again as soon as a server has answered for a message."""
    row = heartbeat()
    if isinstance(outcome, ChannelDown):
        row.channel_paused, row.channel_next_at = outcome.reply, now + CHANNEL_PAUSE
    elif not (isinstance(outcome, Retry) and outcome.server_down):
        row.channel_paused, row.channel_next_at = "", None
    if isinstance(outcome, Sent) and (row.sent_at is None or row.sent_at < now):
        row.sent_at = now
    db.session.flush()


def _mine(claim: Claim, *states: MessageState) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.id == claim.id, OutboxMessage.claim == claim.token, OutboxMessage.state.in_(states)


def _later(reply: str, next_at: datetime) -> dict[str, object]:
    return {"state": MessageState.RETRY, "reply": reply, "next_at": next_at, "lease_until": None}


def _settled_doubt(now: datetime) -> dict[str, object]:
    """A digest in doubt counts as sent: tomorrow's covers it, and two of one day would annoy."""
    return {"state": MessageState.SENT, "sent_at": now, "reply": COUNTED_AS_SENT, "lease_until": None}


def _decide(practice_id: int, message_id: int, states: tuple[MessageState, ...], **values: object) -> None:
    mine = (OutboxMessage.practice_id == practice_id, OutboxMessage.id == message_id)
    if _change(*mine, OutboxMessage.state.in_(states), **values):
        return
    state = db.session.scalar(select(OutboxMessage.state).where(*mine))
    if state is None:
        raise NotFound
    raise WrongState(state)


def _change(*where: ColumnElement[bool], **values: object) -> int:
    statement = update(OutboxMessage).where(*where).values(**values)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE gives no other
    return result.rowcount


def _database_now() -> datetime:
    """Ask the database's clock: leases of several machines are compared by one."""
    now: datetime = db.session.execute(select(func.now())).scalar_one()
    return now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
