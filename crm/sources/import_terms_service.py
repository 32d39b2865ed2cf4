"""Write the words that many sources at once are found by."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert

from crm.db import db
from crm.sources import import_queries as queries
from crm.sources.models import SourceTerm
from crm.sources.search import terms_of

PIECE = 1000


def write_terms(practice_id: int, people: Sequence[tuple[int, Mapping[str, Any]]], *, are_new: bool = False) -> None:
    """Write the words of sources given by id and columns, in place of what was there."""
    offices = queries.office_words(
        practice_id, {columns["office_id"] for _id, columns in people if columns["office_id"]}
    )
    for start in range(0, len(people), PIECE):
        piece = people[start : start + PIECE]
        if not are_new:
            ids = [source_id for source_id, _columns in piece]
            db.session.execute(delete(SourceTerm).where(SourceTerm.source_id.in_(ids)))
        rows = [
            {"practice_id": practice_id, "term": term, "source_id": source_id}
            for source_id, columns in piece
            for term in _terms(columns, offices)
        ]
        if rows:
            db.session.execute(insert(db.metadata.tables["source_term"]), rows)


def _terms(columns: Mapping[str, Any], offices: Mapping[int, tuple[str, str]]) -> list[str]:
    names = ("first_name", "middle_name", "last_name", "specialty", "npi")
    return terms_of(*(columns[name] for name in names), *offices.get(columns["office_id"] or 0, ()))
