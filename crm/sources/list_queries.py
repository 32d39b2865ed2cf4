"""The list of sources and the search over them; both cost the same on the last page and among 100,000."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased, load_only

from crm.clients.models import Client
from crm.db import db
from crm.sources.models import Grade, Lane, Office, Source, SourceTerm
from crm.sources.search import range_of

PAGE = 50
FOUND_LIMIT = 500  # a single letter means half the list; nobody reads further than this
SPECIALTY_LIMIT = 100
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "name": (Source.sort_name.asc(), Source.id.asc()),
    "specialty": (Source.specialty.asc(), Source.sort_name.asc()),
    "grade": (Source.grade.asc().nulls_last(), Source.sort_name.asc()),
    "contact": (Source.last_contact_on.desc().nulls_last(), Source.id.desc()),
    "due": (Source.next_due_on.asc().nulls_last(), Source.id.asc()),
}
ROW_COLUMNS = (
    Source.first_name, Source.last_name, Source.suffix, Source.credential, Source.credentials_text,
    Source.specialty, Source.grade, Source.lane, Source.step, Source.side, Source.added_on,
    Source.last_contact_on, Source.next_due_on, Source.do_not_contact,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader of the list asks for; an unknown value was dropped before it came here."""

    words: tuple[str, ...] = ()
    lane: Lane | None = None
    grade: Grade | None = None
    specialty: str = ""
    worked: bool | None = None  # None: all; True: worked with; False: only listed
    sort: str = "name"

    @property
    def is_everything(self) -> bool:
        return not (self.words or self.lane or self.grade or self.specialty) and self.worked is None


def counts(practice_id: int) -> tuple[int, int]:
    """Return how many sources are on file and how many of them are worked with."""
    query = select(func.count(), func.count(Source.added_on)).where(Source.practice_id == practice_id)
    total, worked = db.session.execute(query).tuples().one()
    return total, worked


def count_wanted(practice_id: int, wanted: Wanted) -> int:
    """Return how many sources a reader's wishes leave; of a search at most FOUND_LIMIT."""
    return db.session.scalar(select(func.count()).select_from(Source).where(*_where(practice_id, wanted))) or 0


def page_of_sources(practice_id: int, wanted: Wanted, page: int) -> Sequence[Any]:
    """Return one page: (Source, office name, city). Ids come from an index, whole rows for this page only."""
    order = SORTS[wanted.sort]
    ids = select(Source.id).where(*_where(practice_id, wanted)).order_by(*order)
    chosen = ids.limit(PAGE).offset((page - 1) * PAGE).subquery()
    query = (
        select(Source, Office.name.label("office_name"), Office.city)
        .join(chosen, chosen.c.id == Source.id)
        .outerjoin(Office, Office.id == Source.office_id)
        .options(load_only(*ROW_COLUMNS))
        .order_by(*order)
    )
    return db.session.execute(query).all()


def find_sources(practice_id: int, words: Sequence[str], limit: int) -> Sequence[Any]:
    """Return (Source, office name, city) of those found by all the words; worked-with ones first, then by name."""
    query = (
        select(Source, Office.name.label("office_name"), Office.city)
        .outerjoin(Office, Office.id == Source.office_id)
        .options(load_only(*ROW_COLUMNS))
        .where(_found(practice_id, words))
        .order_by(Source.added_on.is_(None), Source.sort_name, Source.id)
        .limit(limit)
    )
    return db.session.execute(query).all()


def find_clients(practice_id: int, prefix: str, limit: int) -> Sequence[Any]:
    """Return code and source of the clients whose code begins so."""
    padded = f"C-0{prefix[2:]}"  # 142 means C-0142 too
    query = (
        select(Client.code, Source)
        .outerjoin(Source, Source.id == Client.source_id)
        .options(load_only(*ROW_COLUMNS))
        .where(
            Client.practice_id == practice_id,
            Client.code.startswith(prefix, autoescape=True) | Client.code.startswith(padded, autoescape=True),
        )
        .order_by(Client.code)
        .limit(limit)
    )
    return db.session.execute(query).all()


def specialties(practice_id: int) -> Sequence[str]:
    """Return the specialties in use, by hopping from one to the next along their index."""
    mine = Source.practice_id == practice_id
    hops = select(func.min(Source.specialty).label("name")).where(mine, Source.specialty > "").cte(recursive=True)
    after = select(func.min(Source.specialty)).where(mine, Source.specialty > hops.c.name).scalar_subquery()
    hops = hops.union_all(select(after).where(hops.c.name.is_not(None)))
    query = select(hops.c.name).where(hops.c.name.is_not(None)).limit(SPECIALTY_LIMIT)
    return db.session.scalars(query).all()


def _where(practice_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_found(practice_id, wanted.words) if wanted.words else Source.practice_id == practice_id]
    if wanted.lane is not None:
        conditions.append(Source.lane == wanted.lane)
    if wanted.grade is not None:
        conditions.append(Source.grade == wanted.grade)
    if wanted.specialty:
        conditions.append(Source.specialty == wanted.specialty)
    if wanted.worked is not None:
        conditions.append(Source.added_on.is_not(None) if wanted.worked else Source.added_on.is_(None))
    return conditions


def _found(practice_id: int, words: Sequence[str]) -> ColumnElement[bool]:
    """The longest word gives candidates in the order of its terms; each must have the other words as well.

    The sum keeps SQLite from walking all sources of the practice to ask of each whether it is among the few.
    """
    query = (
        select(SourceTerm.source_id)
        .distinct()
        .where(SourceTerm.practice_id == practice_id, *_within(SourceTerm, words[0]))
    )
    for word in words[1:]:
        other = aliased(SourceTerm)
        also = select(other.source_id).where(
            other.source_id == SourceTerm.source_id, other.practice_id == practice_id, *_within(other, word)
        )
        query = query.where(also.exists())
    limited = query.limit(FOUND_LIMIT).subquery()
    return and_(Source.id.in_(select(limited.c.source_id)), Source.practice_id + 0 == practice_id)


def _within(term: type[SourceTerm], word: str) -> list[ColumnElement[bool]]:
    first, end = range_of(word)
    return [term.term >= first] if end is None else [term.term >= first, term.term < end]
