"""The only place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC, to the second the database keeps."""
    return datetime.now(UTC).replace(microsecond=0)


def local_date(now: datetime, zone: str) -> date:
    """Return the calendar date at `now` (aware) on the wall of `zone` (an IANA name)."""
    return now.astimezone(ZoneInfo(zone)).date()
