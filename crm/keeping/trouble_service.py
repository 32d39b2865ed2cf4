"""Count what went wrong, by day and place, in a table that cannot grow without end. The edge commits."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from sqlalchemy import delete, func, select

from crm.db import db
from crm.keeping.trouble_models import TroubleCount, TroubleKind

MOST_PLACES = 40  # rows a day of one kind; what comes beyond is counted together
ELSEWHERE = "elsewhere"
KEPT = timedelta(days=90)
WRITE_EVERY = timedelta(seconds=2)
Counts = Mapping[tuple[TroubleKind, str], int]


class Tally:
    """Holds counts back in this process, so that a flood of reports is a write now and then and not one each."""

    def __init__(self) -> None:
        self._lock, self._held = Lock(), Counter[tuple[TroubleKind, str]]()
        self._next = datetime.min.replace(tzinfo=UTC)

    def add(self, kind: TroubleKind, place: str, now: datetime) -> Counts:
        """Count one; return what is to be written now, mostly nothing."""
        with self._lock:
            if (kind, place) not in self._held and sum(one is kind for one, _ in self._held) >= MOST_PLACES:
                place = ELSEWHERE
            self._held[kind, place] += 1
            if now < self._next:
                return {}
            self._next = now + WRITE_EVERY
            held, self._held = self._held, Counter()
            return held

    def put_back(self, counts: Counts) -> None:
        """Take up again what could not be written."""
        with self._lock:
            self._held.update(counts)


def count(counts: Counts, *, now: datetime) -> None:
    """Add to the counts of the day of `now` (UTC); the caller began to write."""
    on = now.astimezone(UTC).date()
    for (kind, place), times in counts.items():
        row = db.session.get(TroubleCount, (on, kind, place)) or _row(on, kind, place)
        row.count += times
        db.session.flush()


def forget_old(*, now: datetime) -> None:
    """Delete the counts of more than 90 days ago."""
    db.session.execute(delete(TroubleCount).where(TroubleCount.on < (now.astimezone(UTC) - KEPT).date()))


def counted(*, now: datetime, days: int) -> list[tuple[TroubleKind, str, int, date]]:
    """Return what was met in the last days, most often first: kind, place, how often, the last day."""
    since = (now.astimezone(UTC) - timedelta(days=days - 1)).date()
    total = func.sum(TroubleCount.count)
    query = (
        select(TroubleCount.kind, TroubleCount.place, total, func.max(TroubleCount.on))
        .where(TroubleCount.on >= since)
        .group_by(TroubleCount.kind, TroubleCount.place)
        .order_by(total.desc(), TroubleCount.place)
    )
    return [(kind, place, int(times), on) for kind, place, times, on in db.session.execute(query)]


def _row(on: date, kind: TroubleKind, place: str) -> TroubleCount:
    """Return a new row, or the one for all further places where the day has enough of them."""
    if _places(on, kind) >= MOST_PLACES:
        place = ELSEWHERE
        if found := db.session.get(TroubleCount, (on, kind, place)):
            return found
    row = TroubleCount(on=on, kind=kind, place=place, count=0)
    db.session.add(row)
    return row


def _places(on: date, kind: TroubleKind) -> int:
    query = select(func.count()).select_from(TroubleCount).where(TroubleCount.on == on, TroubleCount.kind == kind)
    return db.session.scalar(query) or 0
