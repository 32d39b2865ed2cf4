"""The ledger of meals and gifts: an entry typed in, and the meals that follow a lunch."""

from collections.abc import Sequence
from datetime import date

from crm.accounts.models import Practice
from crm.db import db
from crm.money import shared
from crm.readiness import gift_queries
from crm.readiness.models import Gift, GiftKind, LunchGuest, LunchPlan

MEAL = "Lunch-and-learn"


def add_gift(
    practice: Practice, kind: GiftKind, *, person: str, source_id: int | None, on: date, cents: int, what: str
) -> Gift:
    """Enter a meal or a gift to one person. The caller commits."""
    gift = Gift(
        practice_id=practice.id, kind=kind, person=person, source_id=source_id, on=on, cents=cents, what=what,
    )  # fmt: skip
    db.session.add(gift)
    db.session.flush()
    return gift


def follow_lunch(practice: Practice, plan: LunchPlan, guests: Sequence[LunchGuest], *, held_on: date | None) -> None:
    """Let the ledger hold a lunch that was held: its cost, shared among its guests to the cent. The caller commits.

    The meals of before are replaced, so it may be called after any change; a lunch that was not held, costs nothing
    known, or had no guests leaves none.
    """
    for meal in gift_queries.meals_of(practice.id, plan.id):
        db.session.delete(meal)
    db.session.flush()
    if held_on is None or plan.cost_cents is None:
        return
    for guest, share in zip(guests, shared(plan.cost_cents, len(guests)), strict=True):
        db.session.add(
            Gift(
                practice_id=practice.id, kind=GiftKind.MEAL, on=held_on, person=guest.name, plan_id=plan.id,
                contact_id=guest.contact_id, source_id=guest.guest_source_id, cents=share, what=MEAL,
            )
        )  # fmt: skip
    db.session.flush()
