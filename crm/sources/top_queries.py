"""The top three sources: who they are, and where each stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm.clients.models import Referral
from crm.db import db
from crm.outreach import agenda_queries
from crm.outreach.agenda import AgendaItem
from crm.sources.models import Source


@dataclass(frozen=True, slots=True)
class OnTop:
    """One of the three: the source, its referrals in all and since a day, and what is next for it."""

    source: Source
    referrals: int
    lately: int
    next: AgendaItem | None


def on_top(practice_id: int) -> Sequence[Source]:
    """Return the top three, the first in front; also one who is parked or wants no contact, to be taken out."""
    query = select(Source).where(Source.practice_id == practice_id, Source.top_rank.is_not(None))
    return db.session.scalars(query.options(joinedload(Source.office)).order_by(Source.top_rank)).all()


def standing(practice_id: int, *, since: date) -> list[OnTop]:
    """Return the top three with their progress."""
    sources = on_top(practice_id)
    ids = {source.id for source in sources}
    every, lately = _referrals(practice_id, ids, None), _referrals(practice_id, ids, since)
    return [
        OnTop(source, every.get(source.id, 0), lately.get(source.id, 0), _next(practice_id, source.id))
        for source in sources
    ]


def _referrals(practice_id: int, ids: set[int], since: date | None) -> Mapping[int, int]:
    query = select(Referral.source_id, func.count()).where(
        Referral.practice_id == practice_id, Referral.source_id.in_(ids)
    )
    if since is not None:
        query = query.where(Referral.received_on >= since)
    return dict(db.session.execute(query.group_by(Referral.source_id)).tuples().all())


def _next(practice_id: int, source_id: int) -> AgendaItem | None:
    return next((item for item in agenda_queries.items_of_source(practice_id, source_id) if item.is_open), None)
