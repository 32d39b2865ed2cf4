"""One tick of the clock with 50,000 open tasks and nothing due: what every thirty seconds cost."""

import statistics
import time
from collections.abc import Iterator

import dataset
from setup import Installation
from sqlalchemy import func, select

from crm.accounts import service as accounts
from crm.clock import local_date, utcnow
from crm.db import db, writing
from crm.outreach.models import Task, TaskStatus
from crm.outreach.worker import Worker

TASKS, TIMES = 50_000, 15


def figures(installation: Installation) -> Iterator[tuple[str, float]]:
    """Fill up to 50,000 open tasks, let the clock do the day's work once, and measure the ticks after that."""
    now = utcnow()
    with installation.app.app_context():
        there = db.session.scalar(select(func.count()).select_from(Task).where(Task.status == TaskStatus.OPEN)) or 0
        with writing():
            other = accounts.create_practice("Tick Practice", "America/New_York")
            other.replanned_on = local_date(now, other.time_zone).isoformat()
            dataset.add_tasks(other, max(1, TASKS - there), local_date(now, other.time_zone), spread=300)
    worker = Worker(installation.app)
    worker.run_once(now)
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        done = worker.run_once(now)
        taken.append((time.perf_counter() - start) * 1000)
        assert None not in done.values()
    yield "tick_50000_tasks_p50", statistics.median(taken)
    yield "tick_50000_tasks_max", max(taken)
