"""Tick skills off and take ticks back; nobody but the person does either."""

from datetime import date, datetime

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import SkillMarked
from crm.readiness.models import SkillMark


def tick(practice: Practice, skill: str, on: date, evidence: str, *, now: datetime, actor: int) -> SkillMark:
    """Note that `actor` says they can do this since a day, with what shows it; again changes day and words.

    The caller commits.
    """
    mark: SkillMark | None = db.session.get(SkillMark, (practice.id, actor, skill))
    if mark is None:
        mark = SkillMark(practice_id=practice.id, user_id=actor, skill=skill)
        db.session.add(mark)
    mark.on, mark.evidence = on, evidence
    journal.record(practice, SkillMarked(skill=skill, ticked=True), now=now, actor=actor)
    return mark


def untick(practice: Practice, skill: str, *, now: datetime, actor: int) -> None:
    """Take the tick back; where there is none, nothing happens. The caller commits."""
    mark = db.session.get(SkillMark, (practice.id, actor, skill))
    if mark is not None:
        db.session.delete(mark)
        journal.record(practice, SkillMarked(skill=skill, ticked=False), now=now, actor=actor)
