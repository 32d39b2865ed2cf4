"""Too much is late: the week planned again, seen before it is saved, and taken back in one go."""

import re
from datetime import UTC, date, datetime, timedelta

import builders
import pytest

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import manual, week_plan
from crm.outreach import service as outreach
from crm.outreach.agenda import AgendaItem
from crm.outreach.models import Task
from crm.outreach.workdays import US_WORKDAYS

TODAY = date(2026, 5, 6)  # Wednesday


def item(key: str, due: date) -> AgendaItem:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    return AgendaItem(
        key, "C22", due, due, "open", "card", "", "", None, None, None, None, "", None, None, 1, moment, None
    )


def late_tasks(app, clock, many: int) -> None:
    """Plan tasks for the days before, as if nobody had come to them."""
    with app.app_context(), writing():
        practice = builders.practice()
        source = builders.source(office=builders.office())
        for n in range(many):
            details = manual.Details("letter", TODAY - timedelta(days=1 + n % 5), source.id, None)
            outreach.add_manual_task(
                practice, details, sealed=None, task_uuid=f"{n:036}", now=clock.now - timedelta(days=7)
            )


def dues(app) -> list[date]:
    with app.app_context():
        return sorted(db.session.scalars(db.select(Task.due).where(Task.rule == manual.RULE)))


def test_the_days_ahead_are_working_days_and_today_where_it_is_worked():
    assert week_plan.days_ahead(TODAY, US_WORKDAYS) == tuple(date(2026, 5, n) for n in (6, 7, 8, 11, 12, 13))
    assert week_plan.days_ahead(date(2026, 5, 9), US_WORKDAYS)[0] == date(2026, 5, 11)


def test_the_oldest_stay_nearest_and_a_full_day_is_passed_over():
    late = [item(f"t{n}", TODAY - timedelta(days=9 - n)) for n in range(4)]
    days = week_plan.days_ahead(TODAY, US_WORKDAYS)[:3]
    moves = week_plan.spread(reversed(late), {days[1]: 5}, days)
    assert [(move.item.key, move.to) for move in moves] == [
        ("t0", days[0]), ("t1", days[0]), ("t2", days[2]), ("t3", days[2]),
    ]  # fmt: skip
    assert [(day, len(of)) for day, of in week_plan.by_day(moves)] == [(days[0], 2), (days[2], 2)]


NOTHING_SAVED = "Nothing is saved yet."


@pytest.mark.parametrize(
    ("late", "moved", "first", "rest"),
    [
        pytest.param(0, 0, "Nothing is late.", "There is nothing to plan again.", id="nothing is late"),
        pytest.param(
            1, 0, "One task is late.", "None of them can wait any longer; begin with the oldest.", id="none can wait"
        ),
        pytest.param(
            12,
            10,
            "Twelve tasks are late.",
            f"Ten go to a later day, two stay for today. {NOTHING_SAVED}",
            id="some stay",
        ),
        pytest.param(11, 11, "Eleven tasks are late.", f"Eleven go to a later day. {NOTHING_SAVED}", id="all go"),
    ],
)
def test_the_sentence_above_says_what_would_happen(late, moved, first, rest):
    assert week_plan.opening(late, moved) == (first, rest)


@pytest.mark.parametrize(("many", "offered"), [(10, False), (11, True)])
def test_the_week_is_offered_to_be_planned_again_when_more_than_ten_are_late(app, owner, clock, many, offered):
    late_tasks(app, clock, many)
    assert ("Plan the week again" in owner.get("/").text) is offered


def test_looking_at_the_new_week_changes_nothing(app, owner, clock):
    late_tasks(app, clock, 12)
    before = dues(app)
    page = owner.get("/today/week").text
    assert "Twelve tasks are late." in page
    assert "Stays for today" in page
    assert "Tomorrow" in page
    assert dues(app) == before


def test_the_week_is_planned_again_as_it_was_shown_and_taken_back_in_one_go(app, owner, clock):
    late_tasks(app, clock, 12)
    before = dues(app)
    answer = owner.post("/today/week", data={}, follow_redirects=True).text
    assert "Ten tasks are put off, each to its day." in answer
    after = dues(app)
    assert after[:2] == [TODAY - timedelta(days=5)] * 2  # the oldest are today's work
    assert {day: after.count(day) for day in after[2:]} == dict.fromkeys(
        (date(2026, 5, n) for n in (7, 8, 11, 12, 13)), 2
    )
    undo = re.search(r'action="(/today/week/\d+/undo)"', answer)[1]
    assert "Taken back. The week is as it was." in owner.post(undo, follow_redirects=True).text
    assert dues(app) == before
    assert "taken back already" in owner.post(undo, follow_redirects=True).text


def test_what_was_put_off_twice_asks_why(app, clock):
    late_tasks(app, clock, 11)
    for _ in range(2):
        assert builders.signed_in(app).post("/today/week", data={"reason": "ill"}).status_code == 303
        clock.set((clock.now + timedelta(days=14)).isoformat())
    owner = builders.signed_in(app)
    refused = owner.post("/today/week", data={})
    assert refused.status_code == 422
    assert "put off twice before" in refused.text
    assert owner.post("/today/week", data={"reason": "ill again"}).status_code == 303


def test_nothing_late_is_said_and_saves_nothing(app, owner):
    assert "Nothing is late." in owner.get("/today/week").text
    answer = owner.post("/today/week", data={}, follow_redirects=True).text
    assert "Nothing was put off" in answer
    with app.app_context():
        assert db.session.query(JournalEntry).count() == 0


def test_only_what_was_put_off_is_taken_back_this_way(app, owner):
    assert owner.post("/quick-add", data={"line": "ring", "kind": "call", "due": "2026-05-08"}).status_code == 303
    with app.app_context():
        seq = db.session.scalar(db.select(JournalEntry.seq).where(JournalEntry.type == "manual_task_added"))
    assert owner.post(f"/today/week/{seq}/undo").status_code == 400
