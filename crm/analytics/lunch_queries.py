"""The lunches of a practice that were held, with the sources who sat at the table."""

from collections import defaultdict

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.analytics.lunches import HeldLunch
from crm.analytics.queries import names
from crm.db import db
from crm.readiness.models import LunchGuest, LunchPlan
from crm.sources.lunch_queries import held_days


def held(practice: Practice) -> list[HeldLunch]:
    """Return every lunch that was held: its day, its source and those of its guests who are sources."""
    query = (
        select(LunchPlan.source_id, LunchPlan.lunch, LunchGuest.guest_source_id)
        .join(LunchGuest, LunchGuest.plan_id == LunchPlan.id)
        .where(LunchPlan.practice_id == practice.id)
    )
    came: dict[tuple[int, str], set[int]] = defaultdict(set)
    for source_id, lunch, guest in db.session.execute(query):
        if guest is not None:
            came[source_id, lunch].add(guest)
    days = held_days(practice)
    known = names(practice.id, {source_id for source_id, _lunch in days})
    return [
        HeldLunch(on, of[0], known[of[0]][0], frozenset({of[0], *came[of]}))
        for of, on in days.items()
        if of[0] in known
    ]
