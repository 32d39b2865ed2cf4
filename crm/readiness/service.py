"""Write down what a practice says of itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.accounts.models import Practice
from crm.db import db
from crm.journal import service as journal
from crm.journal.acts import PracticeTextSaved
from crm.readiness import queries, texts
from crm.readiness.models import PracticeText
from crm.readiness.texts import Page


def save_text(
    practice: Practice, page: Page, slots: Mapping[str, Any], *, blocked: int, now: datetime, actor: int
) -> PracticeText:
    """Keep one of the practice's own texts; `blocked` counts what the scope check would replace. The caller commits.

    A niche sentence in scope becomes what letters say of whom the practice works with.
    """
    row = queries.find_text(practice.id, page.slug)
    if row is None:
        row = PracticeText(practice_id=practice.id, kind=page.slug)
        db.session.add(row)
    row.slots, row.text = dict(slots), texts.compose(page, slots)
    row.blocked, row.changed_at = blocked, now
    if page.slug == "niche" and row.text and not blocked:
        practice.serves = f"{slots['group']} with {slots['condition']}"[:160]
    journal.record(practice, PracticeTextSaved(page=page.slug), now=now, actor=actor)
    return row
