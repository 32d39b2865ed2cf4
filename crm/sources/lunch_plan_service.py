"""What a lunch-and-learn needs beside its date: the plan, and the guests, who become contacts without duplicates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SourceChanged
from crm.readiness.models import LunchGuest, LunchPlan
from crm.sources import guests, lunch_plan_queries, service
from crm.sources.credentials import read_credentials
from crm.sources.guests import Found, Guest, Known
from crm.sources.models import Contact, Credential, Source
from crm.sources.person_names import split_whole_name


@dataclass(frozen=True, slots=True)
class Planned:
    """What somebody wrote into the planner; amounts in cents."""

    topic: str
    agenda: str
    starts_at: str
    head_count: int | None
    diets: str
    order_text: str
    cost_cents: int | None


@dataclass(frozen=True, slots=True)
class Seated:
    """A guest and whom they were found to be."""

    guest: Guest
    found: Found
    as_name: str


def save_plan(
    practice: Practice, source: Source, lunch: str, planned: Planned, *, now: datetime, actor: int
) -> LunchPlan:
    """Keep what a lunch needs. The caller commits."""
    plan = _plan(practice, source, lunch)
    for name in Planned.__slots__:
        setattr(plan, name, getattr(planned, name))
    _changed(practice, source, "lunch", now=now, actor=actor)
    return plan


def seat(
    practice: Practice, source: Source, lunch: str, came: Sequence[Guest], *, now: datetime, actor: int
) -> list[Seated]:
    """Put guests on a lunch; who is not on file at the office becomes a contact of the source. The caller commits.

    Who is on the sheet already is passed over. A contact without an e-mail gets the one that was written down.
    """
    plan = _plan(practice, source, lunch)
    there = lunch_plan_queries.guests_of(practice.id, plan.id)
    new = guests.once(came, [Guest(one.name, one.role, one.email) for one in there])
    known = lunch_plan_queries.known_at(practice.id, source)
    seated = [_seat(practice, source, plan, guest, known) for guest in new]
    if any(one.found != Found.SOURCE for one in seated):
        _changed(practice, source, "contacts lunch", now=now, actor=actor)
    elif seated:
        _changed(practice, source, "lunch", now=now, actor=actor)
    return seated


def _seat(practice: Practice, source: Source, plan: LunchPlan, guest: Guest, known: Sequence[Known]) -> Seated:
    match = guests.find(guest, known)
    row = LunchGuest(plan_id=plan.id, name=guest.name, role=guest.role, email=guest.email)
    if match is None:
        contact = Contact(
            practice_id=practice.id, source_id=source.id, name=guest.name, role=guests.role_of(guest.role),
            email=guest.email,
        )  # fmt: skip
        db.session.add(contact)
        db.session.flush()
        row.contact_id = contact.id
    elif match.found == Found.SOURCE:
        row.guest_source_id = match.id
    else:
        row.contact_id = match.id
        contact = db.session.get_one(Contact, match.id)
        contact.email = contact.email or guest.email
    db.session.add(row)
    db.session.flush()
    return Seated(guest, match.found if match else Found.NEW, match.name if match else guest.name)


def unseat(practice: Practice, source: Source, guest: LunchGuest, *, now: datetime, actor: int) -> None:
    """Take somebody off the lunch; who they are on file stays. The caller commits."""
    db.session.delete(guest)
    db.session.flush()
    _changed(practice, source, "lunch", now=now, actor=actor)


def make_source(practice: Practice, source: Source, guest: LunchGuest, *, now: datetime, actor: int) -> Source:
    """List a guest as a source at the same office; they are worked with once somebody grades them. The caller commits.

    One of this name who is listed there already is taken.
    """
    name = split_whole_name(guest.name)
    letters = read_credentials(name.credentials)
    details = service.SourceDetails(
        last_name=name.last[:80], first_name=name.first[:80], middle_name=name.middle[:80], suffix=name.suffix[:20],
        credential=Credential(letters.engine), credentials_text=letters.display[:80], email=guest.email,
    )  # fmt: skip
    place = service.OfficeDetails(office_id=source.office_id)
    try:
        made = service.add_source(practice, details, place, now=now, actor=actor)
    except service.AlreadyListed as listed:
        made = listed.other
    guest.guest_source_id = made.id
    db.session.flush()
    _changed(practice, source, "lunch", now=now, actor=actor)
    return made


def _plan(practice: Practice, source: Source, lunch: str) -> LunchPlan:
    plan = lunch_plan_queries.find_plan(practice.id, source.id, lunch)
    if plan is None:
        plan = LunchPlan(practice_id=practice.id, source_id=source.id, lunch=lunch)
        db.session.add(plan)
        db.session.flush()
    return plan


def _changed(practice: Practice, source: Source, fields: str, *, now: datetime, actor: int) -> None:
    journal.record(practice, SourceChanged(source=f"s{source.id}", fields=fields), now=now, actor=actor)
