"""What the clock does: idempotent jobs that take `now`, commit by themselves and return how many they did."""

from datetime import datetime

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.clock import local_date
from crm.db import db, writing
from crm.outreach import service
from crm.outreach.models import Task, TaskStatus
from crm.pipeline import service as pipeline
from crm.sources.models import Source


def replan_practice(practice: Practice, *, now: datetime) -> int:
    """Replay every circle of care of a practice that has something waiting; return how many. The caller commits."""
    waiting = select(Task.source_id, Task.client_id).where(
        Task.practice_id == practice.id, Task.status.in_([TaskStatus.OPEN, TaskStatus.SUPPRESSED])
    )
    rows = db.session.execute(waiting).all()
    sources = {row.source_id for row in rows if row.source_id}
    clients = {row.client_id for row in rows if row.client_id}
    sources |= set(
        db.session.scalars(select(Source.id).where(Source.practice_id == practice.id, Source.added_on.is_not(None)))
    )
    circles = 0
    today = local_date(now, practice.time_zone)
    while sources or clients:
        one_source = {sources.pop()} if sources else set()
        one_client = set() if one_source else {clients.pop()}
        circle = service.replan(practice, one_source, one_client, now=now)
        pipeline.apply(practice, circle.source_ids, today=today)
        sources -= circle.source_ids
        clients -= circle.client_ids
        circles += 1
    return circles


def replan_today(*, now: datetime) -> int:
    """Replay each practice once on every local day, since "today" moves watches, gates and caps.

    Idempotent: the local date of the last run stands in the practice. Returns how many circles were replayed.
    """
    circles = 0
    for practice_id in db.session.scalars(select(Practice.id).order_by(Practice.id)).all():
        with writing(practice_id):
            practice = db.session.get_one(Practice, practice_id)
            today = local_date(now, practice.time_zone).isoformat()
            if practice.replanned_on >= today:
                continue
            circles += replan_practice(practice, now=now)
            practice.replanned_on = today
    return circles
