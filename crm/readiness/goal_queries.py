"""What happened in some days: referrals and sessions, as the journal has them, and the goals typed in by month.

The journal outlives what it speaks of: a client who is erased takes nothing out of a month that is over.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.clients.attendance import attended
from crm.clients.models import Client
from crm.db import db
from crm.journal.models import JournalEntry
from crm.journal.queries import undone
from crm.readiness import queries
from crm.readiness.goals import Happened, TopGoal, Wanted, months_between, told
from crm.readiness.models import MonthGoal

TOP = "goals"  # the kind of the text that holds the top three goals
REFERRAL = "referral_received"
SESSIONS = ("session_held", "session_missed")


@dataclass(frozen=True, slots=True)
class Event:
    """A referral or a session: its day, what it was, and whom it was about."""

    on: date
    what: str  # "referral", "attended", "missed", "cancelled"
    client: str | None
    source_id: int | None


def events(practice: Practice, first: date, until: date) -> list[Event]:
    """Return referrals and sessions from a local day until before another, oldest first; what was undone is left out.

    An entry may tell of an earlier day, so all written since shortly before the first day are read.
    """
    query = (
        select(
            JournalEntry.happened_on, JournalEntry.happened_at, JournalEntry.at, JournalEntry.type,
            JournalEntry.payload, JournalEntry.source_id, Client.code,
        )
        .outerjoin(Client, JournalEntry.client_id == Client.id)
        .where(
            JournalEntry.practice_id == practice.id, JournalEntry.type.in_((REFERRAL, *SESSIONS)),
            JournalEntry.at >= datetime.combine(first, time.min, UTC) - timedelta(days=1),
            JournalEntry.seq.not_in(undone(practice.id)),
        )
        .order_by(JournalEntry.seq)
    )  # fmt: skip
    found = [
        Event(
            row.happened_on or practice.local(row.happened_at or row.at),
            "referral" if row.type == REFERRAL else str(row.payload.get("attendance", "attended")),
            row.code,
            row.source_id,
        )
        for row in db.session.execute(query)
    ]
    return sorted((one for one in found if first <= one.on < until), key=lambda one: one.on)


def happened(told: Collection[Event]) -> Happened:
    """Count events."""
    sessions = attended((one.on, one.what) for one in told if one.what != "referral")
    return Happened(sum(one.what == "referral" for one in told), sessions.held, sessions.planned)


def wanted(practice_id: int, months: Collection[str]) -> dict[str, Wanted]:
    """Return what was typed in for some months."""
    query = select(MonthGoal).where(MonthGoal.practice_id == practice_id, MonthGoal.month.in_(months))
    return {
        row.month: Wanted(row.referrals, row.retention, row.revenue_cents, row.earned_cents)
        for row in db.session.scalars(query)
    }


def top_goals(practice_id: int) -> list[TopGoal]:
    """Return the top three goals, in order."""
    row = queries.find_text(practice_id, TOP)
    return told(row.slots) if row is not None else []


def earned(practice_id: int, first: date, last: date) -> int:
    """Return the revenue typed in for the months these days lie in, in cents."""
    query = select(func.sum(MonthGoal.earned_cents)).where(
        MonthGoal.practice_id == practice_id, MonthGoal.month.in_(months_between(first, last))
    )
    return int(db.session.scalar(query) or 0)
