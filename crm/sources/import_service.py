"""Take a list of providers in, as a whole or not at all, and out again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import ProvidersImported
from crm.sources import import_parcel as parcel
from crm.sources import import_queries as queries
from crm.sources.import_plan import NAMED, Counts, Known, Person, Plan, plan, sort_name
from crm.sources.import_terms_service import write_terms
from crm.sources.models import BatchState, ImportBatch, Source
from crm.sources.provider_list import (
    ListShape,
    ProviderList,
    ProviderRow,
    Refused,
    UnreadableList,
    count_rows,
    inspect_columns,
    office_name,
    read_provider_list,
)
from crm.text import clean_line

STEP_ROWS = 2000
PIECE = 1000
ONE_STEP_ROWS = 3000  # a list up to this size is checked at once


class OutOfStep(Exception):  # noqa: N818
    """The batch is not where this act begins: done already, or not checked yet."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import or its undoing did; `moved` are the relationships whose dates have to be planned anew."""

    counts: Counts
    moved: frozenset[int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a list, read but not yet kept."""

    start: int
    stop: int
    rows: Sequence[ProviderRow]
    refused: Sequence[Refused]


def measure(raw: bytes) -> tuple[ListShape, int]:
    """Return what stands above the rows, and how many there are; raises UnreadableList."""
    shape = inspect_columns(raw)
    total = count_rows(raw)
    if not total:
        raise UnreadableList("The list has headers but no rows below them.")
    return shape, total


def start(practice: Practice, file_name: str, raw: bytes, total: int, *, now: datetime) -> ImportBatch:
    """Keep a file to be imported. What was begun before and left lying is thrown away."""
    for left in queries.unfinished(practice.id):
        db.session.delete(left)
    batch = ImportBatch(
        practice_id=practice.id,
        file_name=_file_name(file_name),
        content=parcel.pack(raw),
        total_rows=total,
        created_at=now,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def shape_of(batch: ImportBatch) -> ListShape:
    """Return the columns of a batch's file as chosen so far."""
    return inspect_columns(parcel.file_of(_content(batch)), columns_of(batch))


def columns_of(batch: ImportBatch) -> dict[int, str]:
    """Return which field each column was chosen for."""
    return {int(index): str(name) for index, name in batch.mapping.items()}


def choose_columns(batch: ImportBatch, chosen: Mapping[int, str]) -> None:
    """Settle what each column is; the check begins anew. Raises UnreadableList for a choice that cannot be."""
    if batch.state not in {BatchState.UPLOADED, BatchState.CHECKED}:
        raise OutOfStep
    raw = parcel.file_of(_content(batch))
    if missing := inspect_columns(raw, chosen).missing:
        raise UnreadableList(missing, "header")
    batch.mapping = {str(index): name for index, name in chosen.items()}
    batch.content, batch.checked_rows, batch.refused, batch.counts = parcel.pack(raw), 0, [], {}
    batch.state = BatchState.UPLOADED


def read_piece(batch: ImportBatch) -> Piece:
    """Read the next rows of a batch; needs no lock, keeps nothing."""
    begin = batch.checked_rows
    size = batch.total_rows if batch.total_rows <= ONE_STEP_ROWS else STEP_ROWS
    end = min(begin + size, batch.total_rows)
    found = read_provider_list(parcel.file_of(_content(batch)), columns_of(batch), start=begin, stop=end)
    return Piece(begin, end, found.rows, found.refused)


def keep_piece(batch: ImportBatch, piece: Piece) -> None:
    """Keep rows that were read, unless somebody else was faster; after the last one the list is compared."""
    if batch.state is not BatchState.UPLOADED or batch.checked_rows != piece.start:
        return
    batch.content = parcel.add_rows(_content(batch), piece.rows)
    batch.refused = [*batch.refused, *(_refusal(row) for row in piece.refused)]
    batch.checked_rows = piece.stop
    if piece.stop == batch.total_rows:
        counts = compare(batch.practice_id, parcel.rows_of(_content(batch))).counts
        batch.counts = _as_counts(counts)
        batch.state = BatchState.CHECKED


def compare(practice_id: int, rows: Sequence[ProviderRow]) -> Plan:
    """Say what importing these rows would do."""
    return plan(rows, queries.known_people(practice_id, rows))


def import_batch(practice: Practice, batch: ImportBatch, *, now: datetime, actor: int | None) -> Imported:
    """Write a checked list, all of it in the caller's transaction. Imported people are only listed.

    Compares anew, since somebody may have added a source after the check. Raises OutOfStep.
    """
    if batch.state is not BatchState.CHECKED:
        raise OutOfStep
    return _write(practice, batch, parcel.rows_of(_content(batch)), now=now, actor=actor)


def import_rows(practice: Practice, file_name: str, found: ProviderList, *, now: datetime) -> Imported:
    """Import a list that was read as a whole, as the command does."""
    total = len(found.rows) + len(found.refused)
    batch = ImportBatch(practice_id=practice.id, file_name=_file_name(file_name), total_rows=total, created_at=now)
    batch.checked_rows, batch.refused = total, [_refusal(row) for row in found.refused]
    db.session.add(batch)
    db.session.flush()
    return _write(practice, batch, found.rows, now=now, actor=None)


def _write(
    practice: Practice, batch: ImportBatch, rows: Sequence[ProviderRow], *, now: datetime, actor: int | None
) -> Imported:
    found = compare(practice.id, rows)
    changed = [person for person in found.people if person.is_changed]
    new = [person for person in found.people if person.known is None]
    offices = _offices(practice.id, batch.id, found, [*changed, *new])
    _insert_people(practice.id, batch.id, new, offices, now=now)
    batch.before = _update_people(practice.id, changed, offices)
    batch.counts = _as_counts(found.counts)
    batch.state, batch.done_at, batch.content = BatchState.DONE, now, None
    event = ProvidersImported(batch=batch.id, new=found.counts.new, updated=found.counts.updated)
    journal.record(practice, event, now=now, actor=actor)
    return Imported(found.counts, touched(practice, batch.before, now=now))


def _offices(practice_id: int, batch_id: int, found: Plan, people: Iterable[Person]) -> dict[str, int]:
    """Return the offices people go to, each address once; those not on file are added."""
    keys = {person.office_key for person in people if person.moves}
    ids = queries.offices_by_key(practice_id, keys)
    missing = sorted(keys - ids.keys(), key=lambda key: found.offices[key].line)
    for start_at in range(0, len(missing), PIECE):
        piece = missing[start_at : start_at + PIECE]
        made = _insert("office", [_office_values(practice_id, batch_id, key, found.offices[key]) for key in piece])
        ids.update(zip(piece, made, strict=True))
    return ids


def _office_values(practice_id: int, batch_id: int, key: str, row: ProviderRow) -> dict[str, Any]:
    place: dict[str, Any] = {"street": row.street, "city": row.city, "state": row.state, "zip": row.zip}
    return place | {
        "practice_id": practice_id,
        "batch_id": batch_id,
        "name": office_name(row)[:160],
        "match_key": key,
    }


def _insert_people(
    practice_id: int, batch_id: int, people: Sequence[Person], offices: Mapping[str, int], *, now: datetime
) -> None:
    same = {"practice_id": practice_id, "batch_id": batch_id, "created_at": now}
    for start_at in range(0, len(people), PIECE):
        piece = people[start_at : start_at + PIECE]
        rows = [same | _columns(person.values, offices.get(person.office_key)) for person in piece]
        ids = _insert("source", rows)
        write_terms(practice_id, list(zip(ids, rows, strict=True)), are_new=True)


def _insert(table: str, rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows past the session, which would keep an object for each, and return their ids in order."""
    into = db.metadata.tables[table]
    made = db.session.execute(insert(into).returning(into.c.id, sort_by_parameter_order=True), rows)
    return list(made.scalars())


def _update_people(practice_id: int, people: Sequence[Person], offices: Mapping[str, int]) -> list[dict[str, Any]]:
    """Write what changed and return what stood there before."""
    before: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for person in people:
        known = person.known
        if known is None:
            continue
        office_id = offices[person.office_key] if person.moves else known.office_id
        old, new = _columns(known.values, known.office_id), _columns(person.values, office_id)
        names = [name for name in new if new[name] != old[name]]
        before.append({"id": known.id, "old": {n: old[n] for n in names}, "new": {n: new[n] for n in names}})
        rows.append({"id": known.id, **new})
    write_people(practice_id, rows)
    return before


def write_people(practice_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write facts of sources by their ids, and the words they are found by."""
    if rows:
        db.session.execute(update(Source), rows)
        write_terms(practice_id, [(row["id"], row) for row in rows])


def _columns(values: Mapping[str, str], office_id: int | None) -> dict[str, Any]:
    named: dict[str, Any] = {name: values[name] for name in NAMED}
    return named | {
        "npi": values["npi"] or None,
        "sort_name": sort_name(values["last_name"], values["first_name"]),
        "office_id": office_id,
    }


def columns_of_known(known: Known) -> dict[str, Any]:
    """Return what is on file of a source in the form of its columns."""
    return _columns(known.values, known.office_id)


def touched(practice: Practice, before: Iterable[Mapping[str, Any]], *, now: datetime) -> frozenset[int]:
    """Return the relationships whose dates may move, and give their open tasks a new revision."""
    changes = {change["id"]: change for change in before}
    people = queries.people_by_id(practice.id, changes)
    worked = {source_id for source_id, known in people.items() if known.is_worked}
    if not worked:
        return frozenset()
    practice.task_revision += 1
    queries.raise_revisions(practice.id, worked, now)
    offices = {changes[source_id][side].get("office_id") for source_id in worked for side in ("old", "new")}
    return frozenset(worked | queries.colleagues(practice.id, offices - {None}))


def _content(batch: ImportBatch) -> bytes:
    if batch.content is None:
        raise OutOfStep
    return batch.content


def _file_name(name: str) -> str:
    return clean_line(name.replace("\\", "/").rpartition("/")[2], 120) or "list.csv"


def _refusal(row: Refused) -> dict[str, object]:
    return {"row": row.line, "field": row.field, "reason": row.reason}


def _as_counts(counts: Counts) -> dict[str, int]:
    return {"new": counts.new, "updated": counts.updated, "same": counts.same}
