"""Selects of the ledger of meals and gifts; of nothing else."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from crm.accounts.models import Practice
from crm.db import NotFound, db
from crm.readiness.gifts import Given
from crm.readiness.models import Gift, GiftKind, LunchPlan
from crm.sources.lunch_queries import held_days
from crm.sources.models import Contact, Office, Source


def given_in(practice: Practice, year: int) -> list[Given]:
    """Return what was given in a year, in order; the meals of a lunch that is not held any more are left out."""
    person, at = aliased(Source), aliased(Source)
    office = aliased(Office)
    query = (
        select(Gift, office.name, LunchPlan.source_id, LunchPlan.lunch)
        .outerjoin(LunchPlan, Gift.plan_id == LunchPlan.id)
        .outerjoin(person, Gift.source_id == person.id)
        .outerjoin(Contact, Gift.contact_id == Contact.id)
        .outerjoin(at, Contact.source_id == at.id)
        .outerjoin(office, office.id == func.coalesce(at.office_id, person.office_id))
        .where(Gift.practice_id == practice.id, Gift.on >= date(year, 1, 1), Gift.on <= date(year, 12, 31))
        .order_by(Gift.on, Gift.id)
    )
    held = held_days(practice)
    return [
        _given(gift, where or "")
        for gift, where, source_id, lunch in db.session.execute(query)
        if gift.plan_id is None or (source_id, lunch) in held
    ]


def _given(gift: Gift, where: str) -> Given:
    known = {"contact": gift.contact_id, "source": gift.source_id}
    return Given(
        id=gift.id,
        on=gift.on,
        person=gift.person,
        cents=gift.cents,
        what=gift.what,
        kind=gift.kind.value,
        known=tuple(f"{kind} {number}" for kind, number in known.items() if number),
        where=where,
        by_lunch=gift.plan_id is not None,
    )


def years_of(practice_id: int) -> list[int]:
    """Return the years that have an entry, newest first."""
    days = db.session.scalars(select(Gift.on).where(Gift.practice_id == practice_id).distinct())
    return sorted({on.year for on in days}, reverse=True)


def get_gift(practice_id: int, gift_id: int) -> Gift:
    """Return one entry that was typed in; raises NotFound, also for a meal that follows its lunch."""
    query = select(Gift).where(Gift.practice_id == practice_id, Gift.id == gift_id, Gift.plan_id.is_(None))
    found: Gift | None = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def meals_of(practice_id: int, plan_id: int) -> list[Gift]:
    """Return the meals that follow one lunch, in order."""
    query = select(Gift).where(Gift.practice_id == practice_id, Gift.plan_id == plan_id, Gift.kind == GiftKind.MEAL)
    return list(db.session.scalars(query.order_by(Gift.id)))
