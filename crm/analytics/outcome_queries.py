"""The measures of clients whose program is over, opened for sums; reading only, and the sample practice left out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.clients.measures import Reading
from crm.clients.models import Client, ClientStatus
from crm.clients.opened_queries import open_value
from crm.clients.record_models import Measurement
from crm.clients.series import Series, series_of
from crm.crypto import Sealer, Unreadable
from crm.db import db
from crm.journal.models import JournalEntry
from crm.journal.queries import undone


@dataclass(frozen=True, slots=True)
class Finished:
    """A client whose program is over, with every measure."""

    code: str
    series: Sequence[Series]


def finished(practice: Practice, sealer: Sealer) -> list[Finished]:
    """Return who was discharged, by code; a value that cannot be read is left out."""
    query = select(Client.id, Client.code).where(
        Client.practice_id == practice.id, Client.status == ClientStatus.DISCHARGED, Client.sample.is_(False)
    )
    clients = db.session.execute(query.order_by(Client.code, Client.id)).all()
    readings = _readings(practice.id, sealer)
    began = _baselines(practice)
    return [Finished(one.code, series_of(readings[one.id], baseline_on=began.get(one.id))) for one in clients]


def still_here(practice_id: int) -> int:
    """Count clients in their program: they are no outcome yet."""
    query = select(Client.id).where(
        Client.practice_id == practice_id, Client.sample.is_(False),
        Client.status.in_([ClientStatus.ACTIVE, ClientStatus.PAUSED]),
    )  # fmt: skip
    return len(db.session.scalars(query).all())


def _readings(practice_id: int, sealer: Sealer) -> dict[int, list[Reading]]:
    """Return the values in force of those who finished: without what was corrected or taken back."""
    query = (
        select(Measurement)
        .join(Client, Measurement.client_id == Client.id)
        .where(
            Measurement.practice_id == practice_id, Client.status == ClientStatus.DISCHARGED,
            Client.sample.is_(False), Measurement.entry_seq.not_in(undone(practice_id)),
        )
    )  # fmt: skip
    rows = db.session.scalars(query.order_by(Measurement.taken_on, Measurement.id)).all()
    corrected = {row.replaces_id for row in rows}
    found: dict[int, list[Reading]] = defaultdict(list)
    for row in rows:
        if row.id not in corrected:
            try:
                found[row.client_id].append(open_value(row, sealer))
            except Unreadable:
                continue
    return found


def _baselines(practice: Practice) -> dict[int, date]:
    """Return the day each client's baseline was completed last."""
    query = select(JournalEntry).where(
        JournalEntry.practice_id == practice.id, JournalEntry.type == "baseline_done",
        JournalEntry.client_id.is_not(None), JournalEntry.undoes.is_(None),
        JournalEntry.seq.not_in(undone(practice.id)),
    )  # fmt: skip
    found: dict[int, date] = {}
    for entry in db.session.scalars(query):
        on = entry.happened_on or practice.local(entry.happened_at or entry.at)
        client_id = entry.client_id or 0
        found[client_id] = max(on, found.get(client_id, on))
    return found
