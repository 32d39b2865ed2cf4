"""Selects over sources, offices and the people there; the first argument is always the practice."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm.db import NotFound, db
from crm.sources.models import BackgroundFact, Contact, Office, Source

OFFICES_SHOWN = 8


def get_source(practice_id: int, source_id: int) -> Source:
    """Return a source with its office; raises NotFound for a missing or a foreign one alike."""
    query = select(Source).where(Source.id == source_id, Source.practice_id == practice_id)
    source: Source | None = db.session.scalar(query.options(joinedload(Source.office)))
    if source is None:
        raise NotFound
    return source


def get_office(practice_id: int, office_id: int) -> Office:
    """Return an office; raises NotFound."""
    office: Office | None = db.session.scalar(
        select(Office).where(Office.id == office_id, Office.practice_id == practice_id)
    )
    if office is None:
        raise NotFound
    return office


def get_contact(practice_id: int, source_id: int, contact_id: int) -> Contact:
    """Return somebody at this source's office; raises NotFound."""
    query = select(Contact).where(
        Contact.practice_id == practice_id, Contact.source_id == source_id, Contact.id == contact_id
    )
    contact: Contact | None = db.session.scalar(query)
    if contact is None:
        raise NotFound
    return contact


def get_fact(practice_id: int, source_id: int, fact_id: int) -> BackgroundFact:
    """Return a background fact of this source; raises NotFound."""
    query = select(BackgroundFact).where(
        BackgroundFact.practice_id == practice_id, BackgroundFact.source_id == source_id, BackgroundFact.id == fact_id
    )
    fact: BackgroundFact | None = db.session.scalar(query)
    if fact is None:
        raise NotFound
    return fact


def find_by_npi(practice_id: int, npi: str) -> Source | None:
    """Return the source with this NPI, if there is one."""
    return db.session.scalar(select(Source).where(Source.practice_id == practice_id, Source.npi == npi))


def find_namesake(practice_id: int, source: Source) -> Source | None:
    """Return another source of the same full name at the same office: most likely the same person."""
    query = select(Source).where(
        Source.practice_id == practice_id,
        Source.sort_name == source.sort_name,
        Source.middle_name == source.middle_name,
        Source.suffix == source.suffix,
        Source.office_id.is_not_distinct_from(source.office_id),
        Source.id.is_distinct_from(source.id),
    )
    return db.session.scalar(query.limit(1))


def find_office(practice_id: int, name: str) -> Office | None:
    """Return the office of exactly this name, if there is one."""
    query = select(Office).where(Office.practice_id == practice_id, Office.name == name)
    return db.session.scalar(query.order_by(Office.id).limit(1))


def find_offices(practice_id: int, text: str) -> Sequence[Office]:
    """Return some offices whose name or city begins with `text`, or whose name has a word that does."""
    mine = select(Office).where(Office.practice_id == practice_id)
    if typed := text.casefold():
        name, city = func.lower(Office.name), func.lower(Office.city)
        mine = mine.where(
            name.startswith(typed, autoescape=True)
            | name.contains(f" {typed}", autoescape=True)
            | city.startswith(typed, autoescape=True)
        )
    return db.session.scalars(mine.order_by(Office.name, Office.id).limit(OFFICES_SHOWN)).all()


def colleagues_of(practice_id: int, office_id: int, source_id: int) -> Sequence[int]:
    """Return the other relationships in an office, whose dates move when its days change or somebody leaves."""
    query = select(Source.id).where(
        Source.practice_id == practice_id,
        Source.office_id == office_id,
        Source.id != source_id,
        Source.added_on.is_not(None),
    )
    return db.session.scalars(query).all()
