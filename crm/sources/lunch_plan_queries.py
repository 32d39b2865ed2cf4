"""Selects over the plans of lunch-and-learns, their guests and those on file at the office."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from crm.db import NotFound, db
from crm.outreach.agenda import AgendaItem
from crm.outreach.agenda_queries import statement, to_item
from crm.outreach.models import Task
from crm.readiness.models import LunchGuest, LunchPlan
from crm.sources.guests import Found, Known
from crm.sources.models import Contact, Source


def find_plan(practice_id: int, source_id: int, lunch: str) -> LunchPlan | None:
    """Return what is planned for a lunch beside its date, if anything is."""
    query = select(LunchPlan).where(
        LunchPlan.practice_id == practice_id, LunchPlan.source_id == source_id, LunchPlan.lunch == lunch
    )
    return db.session.scalar(query)


def guests_of(practice_id: int, plan_id: int) -> list[LunchGuest]:
    """Return the guests of a lunch, in the order of the sheet."""
    query = select(LunchGuest).join(LunchPlan, LunchGuest.plan_id == LunchPlan.id)
    query = query.where(LunchPlan.practice_id == practice_id, LunchPlan.id == plan_id)
    return list(db.session.scalars(query.order_by(LunchGuest.id)))


def get_guest(practice_id: int, source_id: int, lunch: str, guest_id: int) -> LunchGuest:
    """Return one guest of a lunch; raises NotFound."""
    query = select(LunchGuest).join(LunchPlan, LunchGuest.plan_id == LunchPlan.id)
    query = query.where(
        LunchPlan.practice_id == practice_id, LunchPlan.source_id == source_id, LunchPlan.lunch == lunch,
        LunchGuest.id == guest_id,
    )  # fmt: skip
    found: LunchGuest | None = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def known_at(practice_id: int, source: Source) -> list[Known]:
    """Return who is on file at a source's office: its sources, and the contacts of this one first."""
    here = [Source.id == source.id]
    if source.office_id is not None:
        here.append(Source.office_id == source.office_id)
    sources = list(db.session.scalars(select(Source).where(Source.practice_id == practice_id, or_(*here))))
    about = [one.id for one in sources]
    contacts = list(db.session.scalars(select(Contact).where(Contact.source_id.in_(about)).order_by(Contact.id)))
    contacts.sort(key=lambda one: one.source_id != source.id)
    return [
        *(Known(Found.SOURCE, one.id, _plain_name(one), one.email) for one in sources),
        *(Known(Found.CONTACT, one.id, one.name, one.email) for one in contacts),
    ]


def _plain_name(source: Source) -> str:
    return " ".join(filter(None, (source.first_name, source.middle_name, source.last_name, source.suffix)))


def tasks_by_key(practice_id: int, keys: Iterable[str]) -> list[AgendaItem]:
    """Return these tasks, whatever has become of them, by due date."""
    query = statement(practice_id).where(Task.key.in_(list(keys)))
    return [to_item(row) for row in db.session.execute(query)]
