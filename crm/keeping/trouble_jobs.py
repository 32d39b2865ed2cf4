"""Write down what went wrong, from pages and from the clock; nothing waits for it and nothing fails of it."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from crm.db import Busy, Damaged, db, writing
from crm.keeping import trouble_service
from crm.keeping.trouble_models import TroubleKind

UNWRITABLE = (Busy, Damaged, SQLAlchemyError, OSError)
LOCK = -2  # on PostgreSQL, where two processes must not begin the same row; practices count up from 1
PATIENCE = 0.05  # seconds a count waits to be written; otherwise it comes with the next one
tally = trouble_service.Tally()


def meet(kind: TroubleKind, place: str, *, now: datetime) -> None:
    """Count one trouble, in a short transaction of its own. What was begun and not saved is rolled back."""
    counts = tally.add(kind, place, now)
    if not counts:
        return
    try:
        with writing(LOCK, patience=PATIENCE):
            trouble_service.count(counts, now=now)
            trouble_service.forget_old(now=now)
    except UNWRITABLE:
        tally.put_back(counts)
    finally:
        db.session.rollback()
