"""What the clock does for the practice itself."""

from datetime import datetime

from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.outreach import desk_service
from crm.readiness import papers, plan_service, queries
from crm.readiness.models import PlanDay, SetupPlan
from crm.readiness.plan import CARDS, LAST


def follow_plans(*, now: datetime) -> int:
    """See which outputs of setup plans have come, and let the desk follow. Idempotent; returns how many changed."""
    finished = select(PlanDay.practice_id).group_by(PlanDay.practice_id).having(func.count() == LAST)
    query = select(SetupPlan.practice_id).where(SetupPlan.practice_id.not_in(finished)).order_by(SetupPlan.practice_id)
    return sum(_followed(practice_id, now=now) for practice_id in db.session.scalars(query).all())


def follow(practice: Practice, *, now: datetime) -> bool:
    """See what has come and let the desk's tasks follow the plan, or go with it; return whether anything changed.

    Safe to repeat. The caller commits.
    """
    found = plan_service.find_plan(practice)
    seen = plan_service.look(practice, now=now) if found is not None else frozenset()
    wanted = plan_service.wanted(practice, found, now=now) if found is not None else ()
    return desk_service.keep(practice, plan_service.PREFIX, wanted, now=now) or bool(seen)


def seen(practice: Practice, *, now: datetime) -> list[str]:
    """See what an act has just brought instead of at the clock's next tick; return the titles of the days it ends.

    Without a plan nothing is looked for. The caller commits.
    """
    found = plan_service.find_plan(practice)
    if found is None:
        return []
    db.session.flush()
    before = plan_service.read(practice, found, now=now).done
    follow(practice, now=now)
    return [CARDS[day].title for day in sorted(plan_service.read(practice, found, now=now).done - before)]


def seen_words(practice: Practice, *, now: datetime) -> str:
    """See what an act has just brought, as a sentence to put behind another; empty where nothing is new."""
    titles = seen(practice, now=now)
    return f" Done in the setup plan: {', '.join(titles)}." if titles else ""


def _followed(practice_id: int, *, now: datetime) -> bool:
    with writing(practice_id):
        return follow(db.session.get_one(Practice, practice_id), now=now)


def follow_papers(practice: Practice, *, now: datetime) -> bool:
    """Let the desk's reminders follow the papers on file; return whether anything changed. The caller commits."""
    held = [papers.Held(row.id, row.expires_on, row.remind_days) for row in queries.papers_of(practice.id)]
    return desk_service.keep(practice, "paper:", papers.wanted(held), now=now)
