"""Reading the journal: timelines and what was taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from crm.db import NotFound, db
from crm.journal.models import EntryNote, JournalEntry


def get_entry(practice_id: int, seq: int) -> JournalEntry:
    """Return one entry of this practice; raises NotFound."""
    entry: JournalEntry | None = db.session.scalar(
        select(JournalEntry).where(JournalEntry.seq == seq, JournalEntry.practice_id == practice_id)
    )
    if entry is None:
        raise NotFound
    return entry


def is_undone(practice_id: int, seq: int) -> bool:
    """Say whether an entry was taken back."""
    query = select(JournalEntry.seq).where(JournalEntry.practice_id == practice_id, JournalEntry.undoes == seq)
    return db.session.scalar(query) is not None


def timeline(
    practice_id: int,
    *,
    source_id: int | None = None,
    client_id: int | None = None,
    limit: int,
    before: int | None = None,
) -> Sequence[JournalEntry]:
    """Return a source's or a client's entries, newest first, with what was taken back left out."""
    about = [JournalEntry.practice_id == practice_id]
    if source_id is not None:
        about.append(JournalEntry.source_id == source_id)
    if client_id is not None:
        about.append(JournalEntry.client_id == client_id)
    undone = select(JournalEntry.undoes).where(*about, JournalEntry.undoes.is_not(None))
    query = select(JournalEntry).where(*about, JournalEntry.undoes.is_(None), JournalEntry.seq.not_in(undone))
    if before is not None:
        query = query.where(JournalEntry.seq < before)
    return db.session.scalars(query.order_by(JournalEntry.seq.desc()).limit(limit)).all()


def entries_of_types(practice_id: int, client_id: int, types: set[str]) -> Sequence[JournalEntry]:
    """Return a client's entries of some types in the order they happened, with what was taken back left out."""
    about = [JournalEntry.practice_id == practice_id, JournalEntry.client_id == client_id]
    undone = select(JournalEntry.undoes).where(*about, JournalEntry.undoes.is_not(None))
    query = select(JournalEntry).where(*about, JournalEntry.type.in_(types), JournalEntry.seq.not_in(undone))
    entries = db.session.scalars(query).all()
    return sorted(entries, key=lambda e: (e.happened_on or (e.happened_at or e.at).date(), e.seq))


def entries_at(practice_id: int, moment: datetime | None, types: set[str]) -> Sequence[JournalEntry]:
    """Return the entries of some types that happened at exactly this moment, in order."""
    query = select(JournalEntry).where(
        JournalEntry.practice_id == practice_id, JournalEntry.happened_at == moment, JournalEntry.type.in_(types)
    )
    return db.session.scalars(query.order_by(JournalEntry.seq)).all()


def notes_of(seqs: Sequence[int]) -> dict[int, bytes]:
    """Return the sealed notes of some entries, by entry."""
    query = select(EntryNote.entry_seq, EntryNote.sealed).where(EntryNote.entry_seq.in_(seqs))
    return dict(db.session.execute(query).tuples().all())
