"""Write down what months are to bring, what they brought in, and the top three goals."""

from collections.abc import Iterable
from datetime import datetime

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import MonthGoalsSaved, PracticeTextSaved
from crm.readiness import goals, queries
from crm.readiness.goal_queries import TOP
from crm.readiness.goals import TopGoal, Wanted
from crm.readiness.models import MonthGoal, PracticeText


def save_month(practice: Practice, month: str, wanted: Wanted, *, now: datetime, actor: int) -> MonthGoal:
    """Keep what was typed in for a month. The goals of a month that is over stay as they were.

    The caller commits.
    """
    row: MonthGoal | None = db.session.get(MonthGoal, (practice.id, month))
    if row is None:
        row = MonthGoal(practice_id=practice.id, month=month)
        db.session.add(row)
    if goals.days_of(month)[1] > practice.local(now):
        row.referrals, row.retention, row.revenue_cents = wanted.referrals, wanted.retention, wanted.revenue_cents
    row.earned_cents = wanted.earned_cents
    journal.record(practice, MonthGoalsSaved(month=month), now=now, actor=actor)
    return row


def save_top(practice: Practice, told: Iterable[TopGoal], *, now: datetime, actor: int) -> PracticeText:
    """Keep the top three goals; their words stay within the practice, so no scope check reads them.

    The caller commits.
    """
    row = queries.find_text(practice.id, TOP)
    if row is None:
        row = PracticeText(practice_id=practice.id, kind=TOP)
        db.session.add(row)
    kept = sorted(told, key=lambda goal: goal.place)
    row.slots, row.text, row.changed_at = goals.kept_as(kept), "\n".join(goal.words for goal in kept), now
    journal.record(practice, PracticeTextSaved(page=TOP), now=now, actor=actor)
    return row
