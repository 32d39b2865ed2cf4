"""Selects over the journal for lunch-and-learns: those of one source, or the days of a whole practice."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import load_only

from crm.accounts.models import Practice
from crm.db import db
from crm.journal.events import LunchCancelled, LunchHeld, LunchScheduled
from crm.journal.models import JournalEntry
from crm.outreach import sound_queries
from crm.outreach.appointments import Appointment, What
from crm.sources import lunches
from crm.sources.models import Source

TYPES = (LunchScheduled.type, LunchCancelled.type, LunchHeld.type)
NAMES = (Source.first_name, Source.last_name, Source.suffix, Source.credential, Source.credentials_text)

Entry = Row[Any]


def entries(practice_id: int, source_id: int | None = None) -> list[Entry]:
    """Return what was said about lunches, in order, together with the entries that take some of it back."""
    about = [JournalEntry.practice_id == practice_id]
    if source_id is not None:
        about.append(JournalEntry.source_id == source_id)
    said = select(JournalEntry.seq).where(*about, JournalEntry.type.in_(TYPES))
    columns = (JournalEntry.seq, JournalEntry.at, JournalEntry.type, JournalEntry.source_id, JournalEntry.payload,
               JournalEntry.happened_on, JournalEntry.happened_at)  # fmt: skip
    query = select(*columns, JournalEntry.undoes).where(
        *about, or_(JournalEntry.type.in_(TYPES), JournalEntry.undoes.in_(said))
    )
    return sound_queries.rows(query.order_by(JournalEntry.seq), JournalEntry.seq)


def standing(found: Iterable[Entry]) -> list[Entry]:
    """Return the entries that hold: neither taken back nor taking back."""
    found = list(found)
    taken_back = {entry.undoes for entry in found}
    return [entry for entry in found if entry.undoes is None and entry.seq not in taken_back]


def held_days(practice: Practice, source_id: int | None = None) -> dict[tuple[int, str], date]:
    """Return the local day each lunch was held on, by source and lunch."""
    return {
        (entry.source_id, str(entry.payload.get("id"))): entry.happened_on
        or practice.local(entry.happened_at or entry.at)
        for entry in standing(entries(practice.id, source_id))
        if entry.type == LunchHeld.type
    }


def appointments_between(practice_id: int, first: date, last: date) -> list[Appointment]:
    """Return the agreed and held lunches of these local days, earliest first; a source's unreadable ones are left out.

    The revision counts all that was ever said of one, also what was taken back, so that it only rises.
    """
    by_source: dict[int, list[Entry]] = {}
    for entry in entries(practice_id):
        by_source.setdefault(entry.source_id, []).append(entry)
    names = _names(practice_id, set(by_source))
    made = [one for source_id, name in names.items() for one in _of_source(source_id, name, by_source[source_id])]
    return sorted((one for one in made if first <= one.on <= last), key=lambda one: (one.on, one.key))


def _of_source(source_id: int, name: str, told: list[Entry]) -> list[Appointment]:
    last: dict[str, Entry] = {}
    times: Counter[str] = Counter()
    subject: dict[int, str] = {}
    try:
        for entry in told:
            about = subject[entry.seq] = subject[entry.undoes] if entry.undoes else str(entry.payload["id"])
            last[about] = entry
            times[about] += 1
        found = lunches.fold((entry.type, entry.payload) for entry in standing(told))
    except (KeyError, TypeError, ValueError):
        return []
    return [
        Appointment(
            key=f"lunch:{source_id}:{lunch.id}",
            what=What.LUNCH,
            on=lunch.event_on,
            source_id=source_id,
            source_name=name,
            client_code=None,
            changed_at=last[lunch.id].at,
            revision=times[lunch.id] - 1,
            held=lunch.state == lunches.HELD,
        )
        for lunch in found
        if lunch.state != lunches.CANCELLED
    ]


def _names(practice_id: int, source_ids: set[int]) -> dict[int, str]:
    if not source_ids:
        return {}
    query = select(Source).options(load_only(*NAMES)).where(Source.practice_id == practice_id)
    return {source.id: source.display_name for source in db.session.scalars(query.where(Source.id.in_(source_ids)))}
