"""Putting a task off from its row: the shortcuts always lead to a later day."""

from datetime import date

import builders
import pytest

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import PackageReady
from crm.outreach.models import Task


@pytest.mark.parametrize(
    ("today", "leads"),
    [
        pytest.param("2026-05-06T14:00Z", (date(2026, 5, 7), "Mon 11 May"), id="due tomorrow goes to Monday"),
        pytest.param("2026-05-08T14:00Z", (date(2026, 5, 12), "Mon 18 May"), id="due next week goes to the week after"),
    ],
)
def test_next_week_is_seen_from_the_day_it_is_due(app, owner, clock, today, leads):
    due, put_off_to = leads
    clock.set(today)
    with app.app_context():
        with writing():
            source = builders.source(office=builders.office())
            journal.record(builders.practice(), PackageReady(source=f"s{source.id}"), now=clock.now)
        task = db.session.query(Task).filter(Task.rule == "C10").one()
        assert task.due == due
    answer = owner.post(f"/tasks/{task.key}/snooze", data={"to": "next_week"}, follow_redirects=True)
    assert f"Put off to {put_off_to}." in answer.text.replace("\N{NO-BREAK SPACE}", " ")
