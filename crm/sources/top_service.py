"""Choose the top three sources, and let one go again; there are never more than three."""

from datetime import datetime

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SourceChanged
from crm.sources import top_queries
from crm.sources.models import Lane, Source

RANKS = (1, 2, 3)
FIELD = "top_three"


class ThreeAlready(Exception):  # noqa: N818
    """Three are chosen; one has to go first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


class NotToBeChosen(Exception):  # noqa: N818
    """This source wants no contact, or was put aside."""


def add_to_top(practice: Practice, source: Source, *, now: datetime, actor: int) -> None:
    """Give a source the first free place of the three; one who has a place keeps it. The caller commits.

    Raises ThreeAlready, and NotToBeChosen for one who may not be written to.
    """
    if source.top_rank is not None:
        return
    there = top_queries.on_top(practice.id)
    free = [rank for rank in RANKS if rank not in {one.top_rank for one in there}]
    if not free:
        raise ThreeAlready([one.display_name for one in there])
    put_on_top(practice, source, free[0], now=now, actor=actor)


def put_on_top(practice: Practice, source: Source, rank: int | None, *, now: datetime, actor: int) -> Source | None:
    """Give a source a place of the three, None takes it out; return who stood there and is out now.

    The caller commits. Raises NotToBeChosen for one who may not be written to.
    """
    if source.top_rank == rank:
        return None
    if rank is not None and (source.do_not_contact or source.lane == Lane.PARKED):
        raise NotToBeChosen
    stood = next((one for one in top_queries.on_top(practice.id) if rank is not None and one.top_rank == rank), None)
    if stood is not None:
        _place(practice, stood, None, now=now, actor=actor)
    _place(practice, source, rank, now=now, actor=actor)
    return stood


def _place(practice: Practice, source: Source, rank: int | None, *, now: datetime, actor: int) -> None:
    """Write a place down at once: no two may have the same, not even for a moment."""
    source.top_rank = rank
    db.session.flush()
    journal.record(practice, SourceChanged(source=f"s{source.id}", fields=FIELD), now=now, actor=actor)
