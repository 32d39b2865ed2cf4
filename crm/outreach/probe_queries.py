"""Figures about the outbox and the clock, over all practices: counts and ages, nothing about anybody."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from crm.db import db
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage

QUANTILES = {"0.5": 0.5, "0.95": 0.95, "1": 1.0}


def ticked_at() -> datetime | None:
    """Return when the clock last ticked; asks the database, so it also tells whether that answers."""
    return db.session.scalar(select(Heartbeat.ticked_at).limit(1))


def depth() -> dict[MessageState, int]:
    """Return how many messages are in each state, 0 for none."""
    query = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    return dict.fromkeys(MessageState, 0) | dict(db.session.execute(query).tuples().all())


def oldest_due(*, now: datetime) -> timedelta:
    """Return how long the message that has waited longest should have left by now."""
    query = select(func.min(OutboxMessage.next_at)).where(
        OutboxMessage.state.in_([MessageState.QUEUED, MessageState.RETRY]), OutboxMessage.next_at <= now
    )
    oldest = db.session.scalar(query)
    return now - oldest if oldest else timedelta(0)


def is_paused() -> bool:
    """Say whether mail stands still for a fault of the channel."""
    return bool(db.session.scalar(select(Heartbeat.channel_paused).limit(1)))


def latency(*, now: datetime) -> dict[str, float]:
    """Return quantiles of the seconds from due to sent, for what was due in the last day; nothing where none left."""
    query = select(OutboxMessage.sent_at, OutboxMessage.next_at).where(
        OutboxMessage.state == MessageState.SENT, OutboxMessage.next_at > now - timedelta(days=1)
    )
    taken = sorted(max(0.0, (sent - due).total_seconds()) for sent, due in db.session.execute(query) if sent)
    return {name: taken[max(0, round(share * len(taken)) - 1)] for name, share in QUANTILES.items()} if taken else {}


def failures() -> dict[str, int]:
    """Return how often each job has failed since the desk was installed; only jobs that did."""
    details = db.session.scalar(select(Heartbeat.details).limit(1)) or {}
    return {job: told["count"] for job, told in details.get("failures", {}).items()}
