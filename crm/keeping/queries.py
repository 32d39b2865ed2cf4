"""Selects about backups, checks and restores; they are the installation's, not one practice's."""

from datetime import datetime

from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.clients.record_models import Erasure
from crm.db import db
from crm.keeping.models import KeepingRun, Kind, RunState
from crm.keeping.standing import Clock, Standing, standing


def latest() -> dict[tuple[Kind, RunState], KeepingRun]:
    """Return the last run of each kind in each state."""
    newest = select(func.max(KeepingRun.id)).group_by(KeepingRun.kind, KeepingRun.state)
    return {
        (run.kind, run.state): run for run in db.session.scalars(select(KeepingRun).where(KeepingRun.id.in_(newest)))
    }


def clock_of(now: datetime) -> Clock | None:
    """Return the night of the first practice; None before there is one."""
    first = db.session.execute(select(Practice.time_zone, Practice.created_at).order_by(Practice.id).limit(1)).first()
    return Clock(now, first.time_zone, first.created_at) if first else None


def last_erased_at() -> datetime | None:
    """Return when somebody was last erased: every backup of before does not know of it."""
    at: datetime | None = db.session.scalar(select(func.max(Erasure.erased_at)))
    return at


def safety(practice: Practice, now: datetime) -> Standing:
    """Return what pages of this practice say of backups, read in one statement."""
    return standing(latest(), Clock(now, practice.time_zone, practice.created_at))
