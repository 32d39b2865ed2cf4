"""Move sources along the pipeline as the journal's evidence says."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select

from crm import clock
from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.pipeline import steps
from crm.pipeline.models import StepChange
from crm.sources.models import Lane, Source


def apply(practice: Practice, source_ids: Iterable[int], *, today: date, entry_seq: int | None = None) -> None:
    """Place sources where their evidence puts them as of `today` and keep each change of lane.

    Steps are derived from the journal every time, so applying twice changes nothing.
    """
    ids = set(source_ids)
    if not ids:
        return
    facts = facts_of(practice, ids)
    for source in db.session.scalars(select(Source).where(Source.practice_id == practice.id, Source.id.in_(ids))):
        _place(practice, source, facts[source.id], today, entry_seq)
    db.session.flush()


def _place(practice: Practice, source: Source, facts: steps.Facts, today: date, entry_seq: int | None) -> None:
    placement = steps.next_step(facts, today)
    lane = Lane.PARKED if placement.side else Lane(str(int(placement.step)))
    side = placement.side.value if placement.side else ""
    if (lane, side) != (source.lane, source.side):
        db.session.add(
            StepChange(
                practice_id=practice.id,
                source_id=source.id,
                entry_seq=entry_seq,
                from_lane=source.lane.value,
                to_lane=lane.value,
                side=side,
                evidence="; ".join(placement.evidence)[:120],
                on=today,
            )
        )
    source.lane, source.side, source.step = lane, side, int(placement.step)
    source.step_since, source.wake_on = placement.since, placement.wake_on
    source.last_contact_on = steps.last_contact_on(facts)
    source.do_not_contact = facts.opted_out


def facts_of(practice: Practice, source_ids: set[int]) -> dict[int, steps.Facts]:
    """Fold what the journal knows about each source, with its shared clients' events and its reports' punctuality."""
    owners: dict[int, set[int]] = defaultdict(set)
    shared = select(Client.id, Client.source_id).where(
        Client.practice_id == practice.id, Client.source_id.in_(source_ids)
    )
    for client_id, source_id in db.session.execute(shared):
        owners[client_id].add(source_id or 0)
    late = _finished_late(practice, source_ids)
    folded: dict[int, list[steps.Fact]] = {source_id: [] for source_id in source_ids}
    for entry in _entries(practice, source_ids, set(owners)):
        on = entry.happened_on or clock.local_date(entry.happened_at or entry.at, practice.time_zone)
        fields = dict(entry.payload)
        if entry.type == "task_done":
            fields["on_time"] = fields["key"] not in late
        for source_id in {entry.source_id} if entry.source_id else owners[entry.client_id or 0]:
            if source_id in folded:
                folded[source_id].append(steps.Fact(entry.type, on, fields))
    return {source_id: steps.fold(facts) for source_id, facts in folded.items()}


def _entries(practice: Practice, source_ids: set[int], client_ids: set[int]) -> list[JournalEntry]:
    query = select(JournalEntry).where(
        JournalEntry.practice_id == practice.id,
        or_(JournalEntry.source_id.in_(source_ids), JournalEntry.client_id.in_(client_ids)),
    )
    entries = db.session.scalars(query.order_by(JournalEntry.seq)).all()
    undone = {entry.undoes for entry in entries if entry.undoes is not None}
    return [entry for entry in entries if entry.undoes is None and entry.seq not in undone]


def _finished_late(practice: Practice, source_ids: set[int]) -> set[str]:
    query = select(Task.key, Task.window_end, Task.done_at).where(
        Task.practice_id == practice.id, Task.source_id.in_(source_ids), Task.status == TaskStatus.DONE
    )
    return {
        key
        for key, window_end, done_at in db.session.execute(query)
        if done_at and clock.local_date(done_at, practice.time_zone) > window_end
    }
