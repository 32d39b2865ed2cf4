"""Selects behind calendar addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from crm.accounts.models import Practice, User
from crm.db import NotFound, db
from crm.journal.access_acts import TYPES
from crm.journal.models import JournalEntry
from crm.outreach.models import CalendarFeed, FeedKind


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What one cheap query says of a feed: whose, what changes it, when it was fetched."""

    feed_id: int
    practice_id: int
    practice_uuid: str
    practice_name: str
    time_zone: str
    task_revision: int
    journal_seq: int
    kind: FeedKind
    hide_sources: bool
    days_back: int
    days_ahead: int
    name: str
    fetched_at: datetime | None
    fetched_by: str


def find_by_hash(token_hash: str) -> FeedInfo | None:
    """Return a feed that may be read: known, not withdrawn, of somebody who may sign in."""
    told = select(JournalEntry.seq).where(JournalEntry.practice_id == Practice.id, JournalEntry.type.not_in(TYPES))
    head = told.order_by(JournalEntry.seq.desc()).limit(1).scalar_subquery()
    query = (
        select(
            CalendarFeed.id.label("feed_id"),
            Practice.id.label("practice_id"),
            Practice.uuid.label("practice_uuid"),
            Practice.name.label("practice_name"),
            Practice.time_zone,
            Practice.task_revision,
            # What is told of visits and lunches changes with an entry, not always with a task.
            func.coalesce(head, 0).label("journal_seq"),
            CalendarFeed.kind,
            CalendarFeed.hide_sources,
            CalendarFeed.days_back,
            CalendarFeed.days_ahead,
            CalendarFeed.name,
            CalendarFeed.fetched_at,
            CalendarFeed.fetched_by,
        )
        .join(Practice, Practice.id == CalendarFeed.practice_id)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == token_hash, CalendarFeed.revoked_at.is_(None), User.active.is_(True))
    )
    row = db.session.execute(query).one_or_none()
    return FeedInfo(**row._asdict()) if row else None


def feeds_of(user_id: int) -> Sequence[CalendarFeed]:
    """Return a user's working addresses, oldest first."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalars(query.order_by(CalendarFeed.id)).all()


def get_feed(practice_id: int, user_id: int, feed_id: int) -> CalendarFeed:
    """Return one of a user's own working addresses; raises NotFound."""
    query = select(CalendarFeed).where(
        CalendarFeed.id == feed_id,
        CalendarFeed.practice_id == practice_id,
        CalendarFeed.user_id == user_id,
        CalendarFeed.revoked_at.is_(None),
    )
    feed: CalendarFeed | None = db.session.scalar(query)
    if feed is None:
        raise NotFound
    return feed
