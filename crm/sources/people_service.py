"""The people at a source's office and what is publicly known of the source."""

from datetime import date, datetime

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SourceChanged
from crm.journal.models import JournalEntry
from crm.sources.models import BackgroundFact, Contact, ContactRole, Source


def put_contact(
    practice: Practice,
    source: Source,
    contact: Contact | None,
    *,
    name: str,
    role: ContactRole,
    phone: str,
    email: str,
    now: datetime,
    actor: int | None = None,
) -> Contact:
    """Add somebody at the office, or change `contact`. The caller commits."""
    if contact is None:
        contact = Contact(practice_id=practice.id, source_id=source.id)
        db.session.add(contact)
    contact.name, contact.role, contact.phone, contact.email = name, role, phone, email
    db.session.flush()
    _record(practice, source, "contacts", now=now, actor=actor)
    return contact


def put_fact(
    practice: Practice,
    source: Source,
    fact: BackgroundFact | None,
    *,
    text: str,
    found_at: str,
    read_on: date,
    now: datetime,
    actor: int | None = None,
) -> BackgroundFact:
    """Add a public fact with where it stands and the day it was read (H16), or change `fact`. The caller commits."""
    if fact is None:
        fact = BackgroundFact(practice_id=practice.id, source_id=source.id)
        db.session.add(fact)
    fact.text, fact.found_at, fact.read_on = text, found_at, read_on
    db.session.flush()
    _record(practice, source, "background", now=now, actor=actor)
    return fact


def remove(
    practice: Practice, source: Source, row: Contact | BackgroundFact, *, now: datetime, actor: int | None = None
) -> None:
    """Take a contact or a background fact out. The caller commits."""
    field = "contacts" if isinstance(row, Contact) else "background"
    db.session.delete(row)
    db.session.flush()
    _record(practice, source, field, now=now, actor=actor)


def _record(practice: Practice, source: Source, field: str, *, now: datetime, actor: int | None) -> JournalEntry:
    return journal.record(practice, SourceChanged(source=f"s{source.id}", fields=field), now=now, actor=actor)
