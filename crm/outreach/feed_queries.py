"""Selects behind calendar addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.accounts.models import Practice, User
from crm.db import NotFound, db
from crm.outreach.models import CalendarFeed


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What one cheap query says of a feed: whose, what changes it, when it was fetched."""

    feed_id: int
    practice_id: int
    practice_uuid: str
    practice_name: str
    time_zone: str
    task_revision: int
    hide_sources: bool
    name: str
    fetched_at: datetime | None
    fetched_by: str


def find_by_hash(token_hash: str) -> FeedInfo | None:
    """Return a feed that may be read: known, not withdrawn, of somebody who may sign in."""
    query = (
        select(
            CalendarFeed.id.label("feed_id"),
            Practice.id.label("practice_id"),
            Practice.uuid.label("practice_uuid"),
            Practice.name.label("practice_name"),
            Practice.time_zone,
            Practice.task_revision,
            CalendarFeed.hide_sources,
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
