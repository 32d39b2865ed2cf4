"""One run of a backup, a rehearsal or a check: noted when it begins, and what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from crm.db import db, writing
from crm.keeping.models import KeepingRun, Kind, RunState
from crm.outreach.jobs import HEARTBEAT_LOCK

log = structlog.get_logger()


class Failed(Exception):  # noqa: N818
    """It could not be done; the text is one sentence for a person, with the way out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run that came to its end has to tell; `trouble` is what was found and is no reason to call it failed."""

    file: str = ""
    size: int = 0
    trouble: str = ""


def run(kind: Kind, act: Callable[[datetime], Outcome], is_due: Callable[[], bool], now: datetime) -> int:
    """Run `act` if it is due and nobody else has begun; note what came of it. Returns 1 if it was done well."""
    if not is_due():
        return 0
    with writing(HEARTBEAT_LOCK):
        if not is_due():
            return 0
        row = KeepingRun(kind=kind, at=now)
        db.session.add(row)
    return int(finish(row.id, act, now))


def note(kind: Kind, act: Callable[[datetime], Outcome], now: datetime) -> None:
    """Run `act` because a person asked for it, and note it like the clock's own. Raises Failed."""
    with writing(HEARTBEAT_LOCK):
        row = KeepingRun(kind=kind, at=now)
        db.session.add(row)
    if not finish(row.id, act, now):
        raise Failed(db.session.get_one(KeepingRun, row.id).trouble)


def finish(run_id: int, act: Callable[[datetime], Outcome], now: datetime) -> bool:
    """Do it and note how it ended."""
    began = time.perf_counter()
    try:
        outcome, state = act(now), RunState.OK
    except Failed as error:
        outcome, state = Outcome(trouble=str(error)), RunState.FAILED
        log.error("keeping_failed", run=run_id)
    with writing(HEARTBEAT_LOCK):
        row = db.session.get_one(KeepingRun, run_id)
        row.state, row.file, row.size, row.trouble = state, outcome.file[:120], outcome.size, outcome.trouble[:500]
        row.seconds = round(time.perf_counter() - began, 2)
    return state == RunState.OK
