"""Take an imported list out again as a whole, and leave alone what somebody worked on since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import ImportUndone
from crm.sources import import_queries as queries
from crm.sources.import_service import OutOfStep, columns_of_known, touched, write_people
from crm.sources.models import BatchState, ImportBatch, Office, Source, SourceTerm

UNDO_FOR = timedelta(hours=24)
UNSEEN = {"synchronize_session": False}  # nothing of this request looks at them again


@dataclass(frozen=True, slots=True)
class Undone:
    """How many sources went, stayed because they are worked with, and got their old values back."""

    removed: int
    kept: int
    restored: int
    moved: frozenset[int]


def can_undo(batch: ImportBatch, now: datetime) -> bool:
    """Say whether the import was done in the last 24 hours."""
    return batch.state is BatchState.DONE and batch.done_at is not None and now < batch.done_at + UNDO_FOR


def undo(practice: Practice, batch: ImportBatch, *, now: datetime, actor: int | None) -> Undone:
    """Remove what the list added and give back what it replaced, where nobody changed it since. Raises OutOfStep."""
    if not can_undo(batch, now):
        raise OutOfStep
    restored = _restore(practice.id, batch.before)
    kept = queries.count_kept(practice.id, batch.id)
    removed = _remove_people(practice.id, batch.id)
    moved = touched(practice, restored, now=now)
    _remove_offices(practice.id, batch.id)
    batch.state, batch.before = BatchState.UNDONE, []
    batch.counts = {**batch.counts, "removed": removed, "kept": kept, "restored": len(restored)}
    journal.record(practice, ImportUndone(batch=batch.id), now=now, actor=actor)
    return Undone(removed, kept, len(restored), moved)


def _restore(practice_id: int, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give values back where they still read as the list wrote them, and return which."""
    people = queries.people_by_id(practice_id, [change["id"] for change in before])
    left = [change["old"]["office_id"] for change in before if change["old"].get("office_id") is not None]
    offices = queries.office_words(practice_id, set(left))
    rows: list[dict[str, Any]] = []
    restored: list[dict[str, Any]] = []
    for change in before:
        known = people.get(change["id"])
        if known is None:
            continue
        there = columns_of_known(known)
        back = {name: old for name, old in change["old"].items() if there[name] == change["new"][name]}
        if back.get("office_id") is not None and back["office_id"] not in offices:
            del back["office_id"]
        if back:
            rows.append({"id": known.id, **there, **back})
            restored.append({"id": known.id, "old": back, "new": {name: change["new"][name] for name in back}})
    write_people(practice_id, rows)
    return restored


def _remove_people(practice_id: int, batch_id: int) -> int:
    mine = (Source.practice_id == practice_id, Source.batch_id == batch_id)
    found = db.session.scalars(select(Source.id).where(*mine, ~queries.is_worked_with())).all()
    for piece in queries.in_pieces(found):
        db.session.execute(delete(SourceTerm).where(SourceTerm.source_id.in_(piece)))
        db.session.execute(delete(Source).where(Source.id.in_(piece)), execution_options=UNSEEN)
    return len(found)


def _remove_offices(practice_id: int, batch_id: int) -> None:
    empty = ~exists().where(Source.office_id == Office.id)
    mine = (Office.practice_id == practice_id, Office.batch_id == batch_id)
    db.session.execute(delete(Office).where(*mine, empty), execution_options=UNSEEN)
