"""What stands around every page: the counts beside the pages' names and when the clock last ticked."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm.accounts.models import Practice, User
from crm.clients.models import Client, ClientStatus
from crm.db import db
from crm.documents.models import Document, DocumentState
from crm.outreach import clock_words, mornings
from crm.outreach.models import Heartbeat, MessageState, OutboxMessage, Task, TaskStatus
from crm.outreach.workdays import calendar_of
from crm.sources.models import Source

WAITING = (MessageState.HELD, MessageState.UNKNOWN, MessageState.FAILED)
LEAVING = (MessageState.QUEUED, MessageState.RETRY, MessageState.CLAIMED, MessageState.IN_DATA)


@dataclass(frozen=True, slots=True)
class Shell:
    """Counts for the navigation, the last tick of the clock (UTC) if there was one, and how much waits to leave."""

    counts: dict[str, int]
    ticked_at: datetime | None
    leaving: int


def shell_of(practice_id: int, today: date) -> Shell:
    """Read everything around a page in one statement."""
    due = select(func.count()).where(Task.practice_id == practice_id, Task.status == TaskStatus.OPEN, Task.due <= today)
    sources = select(func.count()).where(Source.practice_id == practice_id, Source.added_on.is_not(None))
    clients = select(func.count()).where(Client.practice_id == practice_id, Client.status != ClientStatus.DISCHARGED)
    waiting = select(func.count()).where(OutboxMessage.practice_id == practice_id, OutboxMessage.state.in_(WAITING))
    leaving = select(func.count()).where(OutboxMessage.practice_id == practice_id, OutboxMessage.state.in_(LEAVING))
    drafts = select(func.count()).where(Document.practice_id == practice_id, Document.state == DocumentState.DRAFT)
    ticked = select(Heartbeat.ticked_at).limit(1)
    row = db.session.execute(
        select(
            due.scalar_subquery().label("today"),
            sources.scalar_subquery().label("sources"),
            clients.scalar_subquery().label("clients"),
            waiting.scalar_subquery().label("outbox"),
            drafts.scalar_subquery().label("letters"),
            leaving.scalar_subquery().label("leaving"),
            ticked.scalar_subquery().label("ticked_at"),
        )
    ).one()
    counts = {name: getattr(row, name) for name in ("today", "sources", "clients", "outbox", "letters")}
    return Shell(counts, row.ticked_at, row.leaving)


def next_digest(practice: Practice, user: User, now: datetime) -> str:
    """Say when this user's next digest comes; "" where they want none."""
    if not user.digest_on:
        return ""
    calendar = calendar_of(practice.closed_days)
    local = now.astimezone(ZoneInfo(practice.time_zone))
    return clock_words.next_digest(local, mornings.wishes_of(user), calendar)
