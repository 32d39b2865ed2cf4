"""Selects for the import of lists: batches, and who and which offices are on file already."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.orm import defer

from crm.clients.models import Client, Referral, Visit
from crm.db import NotFound, db
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.sources import addresses
from crm.sources.import_plan import NAMED, Known, sort_name
from crm.sources.models import BackgroundFact, BatchState, Contact, ImportBatch, Office, Source
from crm.sources.provider_rows import ProviderRow

PIECE = 500
SHOWN = 50
T = TypeVar("T")


def get_batch(practice_id: int, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """Return a batch with its file; raises NotFound. `lock` reads it anew in a writing transaction."""
    query = select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.practice_id == practice_id)
    batch: ImportBatch | None = db.session.scalar(query.execution_options(populate_existing=lock))
    if batch is None:
        raise NotFound
    return batch


def batches(practice_id: int) -> Sequence[ImportBatch]:
    """Return the newest batches without their files and rows."""
    query = select(ImportBatch).where(ImportBatch.practice_id == practice_id)
    heavy = (defer(ImportBatch.content), defer(ImportBatch.before), defer(ImportBatch.refused))
    return db.session.scalars(query.options(*heavy).order_by(ImportBatch.id.desc()).limit(SHOWN)).all()


def unfinished(practice_id: int) -> Sequence[ImportBatch]:
    """Return batches whose file nobody went on with."""
    waiting = ImportBatch.state.in_([BatchState.UPLOADED, BatchState.CHECKED])
    query = select(ImportBatch).where(ImportBatch.practice_id == practice_id, waiting)
    return db.session.scalars(query.options(defer(ImportBatch.content), defer(ImportBatch.refused))).all()


def known_people(practice_id: int, rows: Collection[ProviderRow]) -> list[Known]:
    """Return the sources a list may speak of: those with its NPIs, and their namesakes; oldest first."""
    found: dict[int, Known] = {}
    columns = _known_columns(practice_id)
    for npis in in_pieces({row.npi for row in rows if row.npi}):
        found.update(_known(columns.where(Source.npi.in_(npis))))
    npis_on_file = {one.values["npi"] for one in found.values()}
    names = {sort_name(row.last_name, row.first_name) for row in rows if row.npi not in npis_on_file or not row.npi}
    for piece in in_pieces(names):
        found.update(_known(columns.where(Source.sort_name.in_(piece))))
    return [found[source_id] for source_id in sorted(found)]


def people_by_id(practice_id: int, source_ids: Iterable[int]) -> dict[int, Known]:
    """Return some sources, as far as they are still there."""
    found: dict[int, Known] = {}
    for piece in in_pieces(source_ids):
        found.update(_known(_known_columns(practice_id).where(Source.id.in_(piece))))
    return found


def _known_columns(practice_id: int) -> Select[Any]:
    place = (Office.match_key, Office.name, Office.street, Office.city, Office.zip)
    mine = tuple(getattr(Source, name) for name in NAMED)
    query = select(Source.id, Source.office_id, Source.added_on, *place, *mine)
    return query.outerjoin(Office, Office.id == Source.office_id).where(Source.practice_id == practice_id)


def _known(query: Select[Any]) -> Iterator[tuple[int, Known]]:
    for source_id, office_id, added_on, match_key, *rest in db.session.execute(query):
        (name, street, city, zip_code), values = rest[:4], rest[4:]
        key = match_key or (addresses.office_key(name, street, city, zip_code) if office_id is not None else "")
        said = {field: str(value or "") for field, value in zip(NAMED, values, strict=True)}
        yield source_id, Known(source_id, said, office_id, key, zip_code or "", bool(street), added_on is not None)


def offices_by_key(practice_id: int, keys: Iterable[str]) -> dict[str, int]:
    """Return the offices at some addresses; of two at one address the older."""
    wanted = set(keys)
    found: dict[str, int] = {}
    query = select(Office.match_key, Office.id).where(Office.practice_id == practice_id).order_by(Office.id.desc())
    for piece in in_pieces(wanted):
        found.update(db.session.execute(query.where(Office.match_key.in_(piece))).tuples().all())
    typed = select(Office.name, Office.street, Office.city, Office.zip, Office.id)
    for *place, office_id in db.session.execute(
        typed.where(Office.practice_id == practice_id, Office.match_key == "").order_by(Office.id.desc())
    ):
        if (key := addresses.office_key(*place)) in wanted:
            found.setdefault(key, office_id)
    return found


def office_words(practice_id: int, office_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return name and city of some offices."""
    query = select(Office.id, Office.name, Office.city).where(Office.practice_id == practice_id)
    found: dict[int, tuple[str, str]] = {}
    for piece in in_pieces(office_ids):
        found.update({row.id: (row.name, row.city) for row in db.session.execute(query.where(Office.id.in_(piece)))})
    return found


def colleagues(practice_id: int, office_ids: Iterable[int]) -> set[int]:
    """Return the relationships in some offices, whose dates may move when somebody comes or leaves."""
    query = select(Source.id).where(Source.practice_id == practice_id, Source.added_on.is_not(None))
    return {
        source_id
        for piece in in_pieces(office_ids)
        for source_id in db.session.scalars(query.where(Source.office_id.in_(piece)))
    }


def raise_revisions(practice_id: int, source_ids: Iterable[int], now: datetime) -> None:
    """Give the open tasks of some sources a new revision, since a calendar shows their titles."""
    open_tasks = update(Task).where(Task.practice_id == practice_id, Task.status == TaskStatus.OPEN)
    for piece in in_pieces(source_ids):
        db.session.execute(
            open_tasks.where(Task.source_id.in_(piece)).values(revision=Task.revision + 1, changed_at=now),
            execution_options={"synchronize_session": False},
        )


def is_worked_with() -> ColumnElement[bool]:
    """Say of a source whether anything came to hang on it since it was listed."""
    hanging = [exists().where(table.source_id == Source.id) for table in (Client, Referral, Visit)]
    hanging += [
        exists().where(Task.practice_id == Source.practice_id, Task.source_id == Source.id),
        exists().where(JournalEntry.practice_id == Source.practice_id, JournalEntry.source_id == Source.id),
        exists().where(Contact.source_id == Source.id),
        exists().where(BackgroundFact.source_id == Source.id),
    ]
    return or_(Source.added_on.is_not(None), *hanging)


def count_kept(practice_id: int, batch_id: int) -> int:
    """Return how many sources of a batch have been worked with since."""
    mine = (Source.practice_id == practice_id, Source.batch_id == batch_id)
    return db.session.scalar(select(func.count()).select_from(Source).where(*mine, is_worked_with())) or 0


def in_pieces(values: Iterable[T]) -> Iterator[list[T]]:
    """Part values into lists that fit into one statement, always in the same order."""
    ordered = sorted(values)  # type: ignore[type-var]
    for start in range(0, len(ordered), PIECE):
        yield ordered[start : start + PIECE]
