"""Measured values: entered together, corrected one by one; what was there before is kept."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from crm.accounts.models import Practice
from crm.clients.measures import Reading
from crm.clients.models import Client
from crm.clients.opened_queries import VALUES, open_value
from crm.clients.record_models import Measurement, Occasion
from crm.crypto import Sealer
from crm.db import db
from crm.journal import service as journal
from crm.journal.client_acts import ValueCorrected, ValuesMeasured
from crm.journal.events import BaselineDone, Event, MeasuresTaken
from crm.journal.models import JournalEntry


def take_measures(
    practice: Practice,
    client: Client,
    readings: Sequence[Reading],
    occasion: Occasion,
    *,
    on: date,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> JournalEntry:
    """Put values on file, all of one day. What follows for reports is planned; the caller commits."""
    event: Event = {
        Occasion.BASELINE: BaselineDone(client=client.code),
        Occasion.AGAIN: MeasuresTaken(client=client.code),
        Occasion.SOME: ValuesMeasured(client=client.code),
    }[occasion]
    earlier = on if on < journal.local_day(practice, now) else None
    entry = journal.record(practice, event, now=now, on=earlier, actor=actor)
    for reading in readings:
        add_value(practice, client, replace(reading, on=on), entry, sealer)
    return entry


def add_value(
    practice: Practice,
    client: Client,
    reading: Reading,
    entry: JournalEntry,
    sealer: Sealer,
    *,
    replaces: Measurement | None = None,
) -> Measurement:
    """Add one value under an entry of the journal."""
    row = Measurement(
        practice_id=practice.id,
        client_id=client.id,
        entry_seq=entry.seq,
        taken_on=reading.on,
        replaces_id=replaces.id if replaces else None,
        sealed=b"",
    )
    db.session.add(row)
    db.session.flush()
    held = {name: value for name, value in asdict(reading).items() if name not in {"on", "row"}}
    row.sealed = sealer.seal(held, table=VALUES, row=row.uuid)
    return row


def correct_value(
    practice: Practice,
    client: Client,
    row: Measurement,
    value: float,
    reason: str,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
) -> Measurement:
    """Put a corrected value in the place of one that was wrong; that one is kept. Raises Unreadable."""
    reading = replace(open_value(row, sealer), value=value)
    entry = journal.record(practice, ValueCorrected(client=client.code, measurement=row.id), now=now, actor=actor)
    journal.add_note(entry, reason, sealer)
    return add_value(practice, client, reading, entry, sealer, replaces=row)
