"""Calendar addresses: made, renewed, withdrawn. Only the hash of an address is kept."""

import hashlib
import secrets
from datetime import datetime

from crm.accounts.models import Practice, User
from crm.db import db
from crm.outreach.models import CalendarFeed, FeedKind

PREFIX = "crmf_"  # so that a leaked address is found by scanners that look for secrets


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_feed(
    practice: Practice,
    user: User,
    *,
    name: str,
    kind: FeedKind = FeedKind.ALL,
    hide_sources: bool = False,
    days_back: int = 90,
    days_ahead: int = 370,
    now: datetime,
) -> tuple[CalendarFeed, str]:
    """Make an address; return the feed and its token, which cannot be read again. The caller commits."""
    token = PREFIX + secrets.token_urlsafe(32)
    feed = CalendarFeed(
        practice_id=practice.id,
        user_id=user.id,
        token_hash=digest_of(token),
        name=name,
        kind=kind,
        hide_sources=hide_sources,
        days_back=days_back,
        days_ahead=days_ahead,
        created_at=now,
    )
    db.session.add(feed)
    db.session.flush()
    return feed, token


def rotate_feed(feed: CalendarFeed, *, now: datetime) -> str:
    """Give a feed a new address; the old one stops working at once."""
    token = PREFIX + secrets.token_urlsafe(32)
    feed.token_hash, feed.created_at = digest_of(token), now
    feed.fetched_at, feed.fetched_by = None, ""
    return token


def revoke_feed(feed: CalendarFeed, *, now: datetime) -> None:
    """Withdraw an address for good."""
    feed.revoked_at = now


FAMILIES = (
    ("google", "Google Calendar"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("thunderbird", "Thunderbird"),
    ("dataaccessd", "Apple Calendar"),
    ("calendaragent", "Apple Calendar"),
    ("ios/", "Apple Calendar"),
    ("macos/", "Apple Calendar"),
    ("vdirsyncer", "vdirsyncer"),
    ("icsx5", "ICSx5"),
    ("davx5", "DAVx5"),
    ("nextcloud", "Nextcloud"),
    ("fantastical", "Fantastical"),
)


def client_family(user_agent: str) -> str:
    """Return which calendar asks, never the whole of what it says of itself."""
    lowered = user_agent.lower()
    for mark, name in FAMILIES:
        if mark in lowered:
            return name
    first = user_agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0]
    return "".join(letter for letter in first if letter.isalnum() or letter in "-_.")[:40] or "Unknown"
