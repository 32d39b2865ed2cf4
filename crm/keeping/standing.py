"""When a backup, a rehearsal and a check are due, and in which words a page tells how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.keeping.models import KeepingRun, Kind, RunState
from crm.outreach.day_words import near_day

NIGHT = time(2)
AGAIN = timedelta(hours=1)  # after a failure, or after a run that never came to its end
WEEK = timedelta(days=7)
STALE = timedelta(days=2)

Latest = Mapping[tuple[Kind, RunState], KeepingRun]


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment, the zone of the night, and since when there is a practice to keep."""

    now: datetime
    zone: str
    began_at: datetime

    @property
    def last_night(self) -> datetime:
        """Return the last time it was two at night, in UTC."""
        local = self.now.astimezone(ZoneInfo(self.zone))
        on = local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1)
        return datetime.combine(on, NIGHT, local.tzinfo).astimezone(UTC)


def at_of(latest: Latest, kind: Kind, *states: RunState) -> datetime | None:
    """Return when a kind last came to one of these states."""
    return max((latest[kind, state].at for state in states if (kind, state) in latest), default=None)


def is_due(latest: Latest, kind: Kind, clock: Clock, *, since: datetime | None = None) -> bool:
    """Say whether it is time: once a night, an hour after a failure, and as soon as something calls for it `since`.

    The first one comes in the first night of a practice. A machine that is off at night catches up when it is on.
    """
    done = at_of(latest, kind, RunState.OK)
    tried = at_of(latest, kind, RunState.RUNNING, RunState.FAILED)
    if tried and clock.now - AGAIN < tried <= clock.now:
        return False
    if done and since and done < since:
        return True
    return clock.began_at < clock.last_night and (done is None or done < clock.last_night)


def week_is_over(latest: Latest, kind: Kind, now: datetime) -> bool:
    """Say whether a weekly thing is due; a failed one waits an hour."""
    done, failed = at_of(latest, kind, RunState.OK), at_of(latest, kind, RunState.RUNNING, RunState.FAILED)
    if failed and now - AGAIN < failed <= now:
        return False
    return done is None or now - done >= WEEK - AGAIN


def has_backup(latest: Latest) -> bool:
    """Say whether there is a backup to try."""
    return (Kind.BACKUP, RunState.OK) in latest


@dataclass(frozen=True, slots=True)
class Standing:
    """How backups stand, in one line; what is wrong, and what is missing after a restore nobody has read of yet."""

    line: str
    warning: str = ""
    restored: str = ""


def standing(latest: Latest, clock: Clock) -> Standing:
    """Say how backups stand."""
    told = _backups(latest, clock)
    restored = latest.get((Kind.RESTORE, RunState.OK))
    if restored is None or restored.seen_at:
        return told
    since = _when(restored.at, clock)
    missing = (
        f"It is as it was {since}. What was entered after that is missing: enter it again. Messages that waited are "
        "held in the outbox, because they may have left in the meantime. Links in older mails are void."
    )
    return replace(told, restored=missing)


def _backups(latest: Latest, clock: Clock) -> Standing:
    backup, failed = latest.get((Kind.BACKUP, RunState.OK)), latest.get((Kind.BACKUP, RunState.FAILED))
    if failed and (backup is None or failed.id > backup.id):
        return Standing(_line(latest, clock), f"A backup failed: {failed.trouble}.")
    if backup is None:
        waits = clock.now - clock.began_at < STALE
        return Standing("The first backup comes tonight." if waits else "", "" if waits else "There is no backup yet.")
    rehearsed, broke = (latest.get((Kind.REHEARSAL, state)) for state in (RunState.OK, RunState.FAILED))
    warning = ""
    if clock.now - backup.at > STALE:
        warning = f"The last backup is {(clock.now - backup.at).days} days old."
    elif broke and (rehearsed is None or broke.id > rehearsed.id):
        warning = f"The newest backup could not be restored on trial: {broke.trouble}."
    elif backup.trouble:
        warning = backup.trouble
    return Standing(_line(latest, clock), warning)


def _line(latest: Latest, clock: Clock) -> str:
    backup, rehearsed = latest.get((Kind.BACKUP, RunState.OK)), latest.get((Kind.REHEARSAL, RunState.OK))
    if backup is None:
        return ""
    said = f"Last backup: {_when(backup.at, clock)}, checked"
    return f"{said}; restored on trial {_when(rehearsed.at, clock)}." if rehearsed else f"{said}."


def _when(at: datetime, clock: Clock) -> str:
    local, today = at.astimezone(ZoneInfo(clock.zone)), clock.now.astimezone(ZoneInfo(clock.zone)).date()
    day = near_day(local.date(), today)
    return f"{day} {local:%H:%M}"
