"""Reading the journal: timelines and what was taken back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from crm.db import NotFound, db
from crm.journal import chain
from crm.journal.models import EntryNote, JournalEntry, JournalHead


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


def undone(practice_id: int) -> Select[Any]:
    """Return the entries of a practice that were taken back, by number, for a query to leave out."""
    return select(JournalEntry.undoes).where(JournalEntry.practice_id == practice_id, JournalEntry.undoes.is_not(None))


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


def head(practice_id: int) -> tuple[int, str] | None:
    """Return entry and digest at the end of a practice's chain; None before there is one. Samples are in no chain."""
    query = (
        select(JournalEntry.seq, JournalEntry.digest)
        .where(JournalEntry.practice_id == practice_id, JournalEntry.sample.is_(False))
        .order_by(JournalEntry.seq.desc())
    )
    row = db.session.execute(query.limit(1)).first()
    return (row.seq, row.digest) if row and row.digest else None


def chained(practice_id: int) -> Iterator[Row[Any]]:
    """Yield a practice's entries in the order of the chain, a thousand at a time."""
    columns = [column for column in JournalEntry.__table__.columns if column.name != "sample"]
    query = select(*columns).where(JournalEntry.practice_id == practice_id, JournalEntry.sample.is_(False))
    yield from db.session.execute(query.order_by(JournalEntry.seq).execution_options(yield_per=1000))


def sealed_heads(practice_id: int) -> list[chain.Head]:
    """Return the digests that were sealed, oldest first."""
    query = select(JournalHead).where(JournalHead.practice_id == practice_id).order_by(JournalHead.seq)
    return [chain.Head(row.seq, row.digest, row.mac, row.key_id) for row in db.session.scalars(query)]


def newest_seal(practice_id: int) -> JournalHead | None:
    """Return what was sealed last."""
    query = select(JournalHead).where(JournalHead.practice_id == practice_id).order_by(JournalHead.seq.desc())
    return db.session.scalar(query.limit(1))
