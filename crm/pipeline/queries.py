"""Selects for the board: how many in each lane, which cards first, and their next tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, literal, null, or_, select, tuple_, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from crm.accounts.models import Practice
from crm.db import db
from crm.outreach.models import Task, TaskStatus
from crm.pipeline.board import Filters, Place
from crm.readiness.niches import NICHES
from crm.sources.distances import miles_between
from crm.sources.models import Grade, Lane, Office, Source

FIVE = func.substr(Office.zip, 1, 5)  # of a ZIP code with its four more digits


@dataclass(frozen=True, slots=True)
class Wanted:
    """What filters come to in the columns of a source: names of specialties, and the ZIP codes that are near."""

    grade: Grade | None = None
    specialties: tuple[str, ...] | None = None
    zips: tuple[str, ...] | None = None


def meant_by(practice: Practice, filters: Filters) -> Wanted:
    """Look up whom a niche's filter means, and which of the offices' ZIP codes are near enough."""
    niche = NICHES.get(filters.niche)
    named = {filters.specialty} if filters.specialty else None
    seen = {*niche.first, *niche.second} if niche else None
    both = named & seen if named is not None and seen is not None else named if named is not None else seen
    specialties = tuple(sorted(both)) if both is not None else None
    if not filters.miles:
        return Wanted(filters.grade, specialties)
    zips = db.session.scalars(select(FIVE).where(Office.practice_id == practice.id, Office.zip != "").distinct())
    near = [
        code for code in zips if (miles := miles_between(practice.zip, code)) is not None and miles <= filters.miles
    ]
    return Wanted(filters.grade, specialties, tuple(near))


def tally(practice_id: int, filters: Wanted, today: date) -> Sequence[Row[Any]]:
    """Count each lane by the day its sources came there: all, worked, without a task, with none ahead.

    Those only listed are counted apart, by a range of an index: there may be a hundred thousand of them.
    """
    idle = Source.next_due_on.is_(None)
    loose = or_(idle, Source.next_due_on < today)
    worked = (
        select(
            Source.lane,
            Source.step_since,
            func.count().label("sources"),
            func.count().label("worked"),
            func.sum(case((idle, 1), else_=0)).label("idle"),
            func.sum(case((loose, 1), else_=0)).label("loose"),
        )
        .where(*_where(practice_id, filters), Source.added_on >= date.min)  # SQLite takes no range from "is not null"
        .group_by(Source.lane, Source.step_since)
    )
    nothing = literal(0)
    listed = (
        select(Source.lane, null(), func.count(), nothing, nothing, nothing)
        .where(*_where(practice_id, filters), Source.added_on.is_(None))
        .group_by(Source.lane)
    )
    return list(db.session.execute(union_all(worked, listed)))


def places(
    practice_id: int, lanes: Iterable[Lane], filters: Wanted, *, limit: int, after: Place | None = None
) -> dict[Lane, list[Place]]:
    """Return the first `limit` places of each lane, or those behind `after`, in one statement.

    Each part of a lane is a range of one index, so the answer costs the same however many sources there are.
    """
    found: dict[Lane, list[Place]] = {lane: [] for lane in lanes}
    first = after.bucket if after else 0
    parts = [_part(practice_id, lane, filters, bucket, after) for lane in found for bucket in range(first, 3)]
    limited = [select(part.limit(limit).subquery()) for part in parts]
    for lane, bucket, on, source_id in db.session.execute(union_all(*limited)):
        found[Lane(lane)].append(Place(bucket, on, source_id))
    return {lane: sorted(of, key=lambda p: (p.bucket, p.on or date.min, p.id))[:limit] for lane, of in found.items()}


def _part(practice_id: int, lane: Lane, filters: Wanted, bucket: int, after: Place | None) -> Select[Any]:
    wanted: tuple[tuple[ColumnElement[bool], ...], Any] = (
        ((Source.next_due_on.is_not(None),), Source.next_due_on),
        ((Source.next_due_on.is_(None), Source.added_on.is_not(None)), Source.added_on),
        ((Source.next_due_on.is_(None), Source.added_on.is_(None)), Source.added_on),
    )[bucket]
    conditions, on = wanted
    query = select(literal(lane.value).label("lane"), literal(bucket).label("bucket"), on.label("on"), Source.id)
    query = query.where(*_where(practice_id, filters), Source.lane == lane, *conditions)
    if after is not None and after.bucket == bucket:
        query = query.where(Source.id > after.id if after.on is None else tuple_(on, Source.id) > (after.on, after.id))
    return query.order_by(Source.id) if bucket == 2 else query.order_by(on, Source.id)


def _where(practice_id: int, filters: Wanted) -> list[ColumnElement[bool]]:
    conditions = [Source.practice_id == practice_id]
    if filters.grade:
        conditions.append(Source.grade == filters.grade)
    if filters.specialties is not None:
        conditions.append(Source.specialty.in_(filters.specialties))
    if filters.zips is not None:
        near = select(Office.id).where(Office.practice_id == practice_id, FIVE.in_(filters.zips))
        conditions.append(Source.office_id.in_(near))
    return conditions


def sources(practice_id: int, source_ids: Iterable[int]) -> Sequence[Source]:
    """Return some sources with their offices."""
    query = select(Source).where(Source.practice_id == practice_id, Source.id.in_(source_ids))
    return db.session.scalars(query.options(joinedload(Source.office))).all()


def next_tasks(practice_id: int, source_ids: Iterable[int]) -> dict[int, Any]:
    """Return the earliest open task of some sources, by source."""
    query = (
        select(Task.source_id, Task.due, Task.rule, Task.manual_kind)
        .join(Source, and_(Source.id == Task.source_id, Source.next_due_on == Task.due))
        .where(Task.practice_id == practice_id, Task.source_id.in_(source_ids), Task.status == TaskStatus.OPEN)
        .order_by(Task.key.desc())
    )
    return {row.source_id: row for row in db.session.execute(query)}
