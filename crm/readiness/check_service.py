"""Keep readings of the readiness check, one a day."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import ReadinessChecked
from crm.readiness import score
from crm.readiness.models import ReadinessCheck


def save_check(
    practice: Practice, points: Mapping[str, int], gates: Mapping[str, bool], *, now: datetime, actor: int
) -> ReadinessCheck:
    """Keep a reading of today; a second one on the same day takes the place of the first. The caller commits."""
    today = practice.local(now)
    there = select(ReadinessCheck).where(ReadinessCheck.practice_id == practice.id, ReadinessCheck.on == today)
    row: ReadinessCheck | None = db.session.scalar(there)
    if row is None:
        row = ReadinessCheck(practice_id=practice.id, on=today)
        db.session.add(row)
    row.points, row.gates, row.total, row.at = dict(points), dict(gates), score.total(points), now
    journal.record(practice, ReadinessChecked(total=row.total), now=now, actor=actor)
    return row
