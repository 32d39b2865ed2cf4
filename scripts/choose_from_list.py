"""Choose the five of the week from the list on file, for each niche, and see that each comes with its reasons.

For a list of real people: it prints sums and reasons, never a name, and changes nothing.
"""

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.accounts.queries import only_practice
from crm.db import db
from crm.factory import create_app
from crm.readiness.niches import NICHES, Niche
from crm.settings import load_settings
from crm.sources import fit, ideal, ideal_queries
from crm.sources.models import Source

LEAST = 1000  # rows that make a list long


def hold(so: bool, what: str) -> None:
    """Stop where something is not so."""
    if not so:
        raise SystemExit(f"Not so: {what}")


def choose(practice: Practice, niche: Niche, today: date) -> None:
    """Choose five for one niche, and look at each."""
    found = ideal.in_order(ideal_queries.ranked(practice, [niche], today=today))
    five = ideal.this_weeks_five(found)
    hold(len(five) == ideal.FIVE, f"{niche.title} has five, not {len(five)}")
    hold(five[0].fit.total == max(one.fit.total for one in found), f"the best of {niche.title} is the first")
    offices = [one.office_id for one in five if one.office_id is not None]
    hold(len(set(offices)) == len(offices), f"the five of {niche.title} are of five offices")
    for one in five:
        hold(one.specialty in niche.first + niche.second, f"{one.specialty} sees people of {niche.title}")
        hold(bool(one.fit.speaking), f"something speaks for each of {niche.title}")
        hold(all(part.reason for part in one.fit.parts), f"each part of {niche.title} has its reason")
        hold(one.fit.total == sum(part.points * part.weight for part in one.fit.parts), "a sum is that of its parts")
    reasons = "; ".join(part.reason for part in five[0].fit.speaking)
    print(f"{niche.title}: five of {len(found)}, the first {five[0].fit.total} of {fit.FULL}: {reasons}")


def main() -> None:
    """Choose for each niche in turn."""
    with create_app(load_settings()).app_context():
        listed = db.session.scalar(select(func.count(Source.id))) or 0
        hold(listed >= LEAST, f"{listed} sources are a long list")
        for niche in NICHES.values():
            choose(only_practice(None), niche, datetime.now(UTC).date())


if __name__ == "__main__":
    main()
