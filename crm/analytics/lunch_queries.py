"""The lunches of a practice that were held, with the sources who sat at the table."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select

from crm.analytics.lunches import HeldLunch
from crm.db import db
from crm.readiness.models import LunchGuest, LunchPlan
from crm.sources.lunch_queries import appointments_between


def held(practice_id: int, *, today: date) -> list[HeldLunch]:
    """Return every lunch that was held until today: with its source and those of its guests who are sources."""
    query = (
        select(LunchPlan.source_id, LunchPlan.lunch, LunchGuest.guest_source_id)
        .join(LunchGuest, LunchGuest.plan_id == LunchPlan.id)
        .where(LunchPlan.practice_id == practice_id, LunchGuest.guest_source_id.is_not(None))
    )
    came: dict[str, set[int]] = defaultdict(set)
    for source_id, lunch, guest in db.session.execute(query):
        came[f"lunch:{source_id}:{lunch}"].add(guest)
    return [
        HeldLunch(
            on=one.on,
            source_id=one.source_id,
            name=one.source_name,
            lunch=one.key.rpartition(":")[2],
            at_table=frozenset({one.source_id, *came[one.key]}),
        )
        for one in appointments_between(practice_id, date.min, today)
        if one.held
    ]
