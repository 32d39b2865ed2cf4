"""The clock: the only user of APScheduler. It asks "what is due?" every few seconds; what is due stands in tables."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from crm.clock import utcnow
from crm.db import Busy, Damaged, db, writing
from crm.journal.jobs import seal_journal
from crm.keeping import backup_jobs, care_jobs, reseal_jobs
from crm.keeping.trouble_jobs import meet
from crm.keeping.trouble_models import TroubleKind
from crm.outreach import digest_jobs, jobs, outbox, upkeep_jobs
from crm.readiness.jobs import follow_plans

log = structlog.get_logger()
Job = Callable[..., int]
STOP_SECONDS = 8.0


class Worker:
    """Runs every job at each tick, each in its own turn; a job that fails is noted and tried at the next tick."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._idle = threading.Condition()
        self._running = 0
        self._runs: dict[str, dict[str, Any]] = {}  # the last run of each job, written down with the next tick
        self._jobs: dict[str, Job] = {
            "replan_today": jobs.replan_today,
            "follow_plans": follow_plans,
            "queue_digests": digest_jobs.queue_digests,
            "send_outbox": partial(jobs.send_outbox, stop=self._stopping.is_set),
            "seal_journal": seal_journal,
            "housekeeping": partial(upkeep_jobs.housekeeping, runs=self._runs),
            "check_database": care_jobs.check_database,
            "back_up": backup_jobs.back_up,
            "reseal": partial(reseal_jobs.reseal, last=reseal_jobs.LastPass()),
        }
        self._failing = set(self._jobs)  # not known yet: the first success clears what an earlier run left
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self, tick_seconds: int) -> None:
        """Tick at once and then every `tick_seconds`, in threads of this process."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a job longer than a tick is no news
        for name in self._jobs:
            self._scheduler.add_job(
                self._tick, "interval", seconds=tick_seconds, args=[name], id=name, next_run_time=utcnow()
            )
        self._scheduler.start()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Begin nothing new and wait for what is running; return whether all of it ended in time."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, seconds)

    def run_once(self, now: datetime) -> dict[str, int | None]:
        """Run every job once in order; return how many each did, None for one that failed."""
        return {name: self.run(name, now=now) for name in self._jobs}

    def run(self, name: str, *, now: datetime) -> int | None:
        """Run one job; an error is logged and noted for the page, never raised."""
        started = time.monotonic()
        with self._app.app_context():
            try:
                done = self._jobs[name](now=now)
            except Exception as error:
                db.session.rollback()
                log.error("job_failed", job=name, kind=type(error).__name__, exc_info=error)
                self._note(name, type(error).__name__, now)
                meet(TroubleKind.JOB, name, now=now)
                return None
            else:
                if name in self._failing:
                    self._note(name, "", now)
                self._runs[name] = {"at": now.isoformat(), "seconds": time.monotonic() - started, "done": done}
                return done
            finally:
                db.session.remove()

    def _tick(self, name: str) -> None:
        if self._stopping.is_set():
            return
        with self._idle:
            self._running += 1
        try:
            clock: Callable[[], datetime] = self._app.extensions["handoff"].clock
            self.run(name, now=clock())
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _note(self, name: str, trouble: str, now: datetime) -> None:
        """Write a job's trouble beside the heartbeat, or take it away."""
        try:
            with writing(jobs.HEARTBEAT_LOCK):
                row = outbox.heartbeat()
                kept = {job: told for job, told in row.details.items() if job != name}
                if trouble:
                    kept |= _failed(name, kept.get("failures", {}), {"at": now.isoformat(), "kind": trouble})
                row.details = kept
        except (SQLAlchemyError, OSError, Busy, Damaged) as error:
            log.error("trouble_not_noted", job=name, kind=type(error).__name__)
            return
        (self._failing.add if trouble else self._failing.discard)(name)


def _failed(name: str, failures: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
    """Return what stands beside the heartbeat after a failure: that it fails now, and how often it has in all."""
    count = failures.get(name, {}).get("count", 0) + 1
    return {name: told, "failures": {**failures, name: {**told, "count": count}}}
