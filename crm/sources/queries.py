"""Selects over sources, offices and contacts; the first argument is always the practice."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.db import NotFound, db
from crm.sources.models import Source


def get_source(practice_id: int, source_id: int) -> Source:
    """Return a source with its office; raises NotFound for a missing or a foreign one alike."""
    query = select(Source).where(Source.id == source_id, Source.practice_id == practice_id)
    source = db.session.scalar(query.options(joinedload(Source.office)))
    if source is None:
        raise NotFound
    return source
