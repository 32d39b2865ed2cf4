"""Tasks of the desk's own are written back by key, and what a person did to them holds."""

from datetime import timedelta

import builders
import pytest
from sqlalchemy import select

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import TaskSkipped, TaskSnoozed
from crm.outreach import desk_service, jobs, kinds
from crm.outreach.manual import Wanted
from crm.outreach.models import Task

MON, TUE, WED, THU = (builders.day(f"2026-05-{n}") for n in ("11", "12", "13", "14"))


@pytest.fixture
def practice(app):
    with app.app_context():
        yield builders.practice()
        db.session.remove()


def keep(practice, clock, *wanted: Wanted) -> bool:
    with writing(practice.id):
        return desk_service.keep(practice, "plan:", wanted, now=clock.now)


def rows() -> dict[str, tuple[str, object, str]]:
    tasks = db.session.scalars(select(Task).order_by(Task.key))
    return {task.key: (task.rule, task.due, task.status.value) for task in tasks}


def test_wanted_tasks_come_once_move_and_go(practice, clock):
    assert keep(practice, clock, Wanted("1", "P01", MON), Wanted("2", "P02", TUE))
    assert not keep(practice, clock, Wanted("1", "P01", MON), Wanted("2", "P02", TUE))
    assert rows() == {"plan:1": ("P01", MON, "open"), "plan:2": ("P02", TUE, "open")}
    assert keep(practice, clock, Wanted("2", "P02", WED))
    assert rows() == {"plan:2": ("P02", WED, "open")}


def test_a_done_one_stays_and_one_never_there_is_not_made(practice, clock):
    keep(practice, clock, Wanted("1", "P01", MON))
    assert keep(practice, clock, Wanted("1", "P01", MON, done=True), Wanted("2", "P02", TUE, done=True))
    assert rows() == {"plan:1": ("P01", MON, "done")}
    assert not keep(practice, clock)
    assert db.session.scalar(select(Task.done_at)) == clock.now


def test_put_off_and_skipped_hold_through_a_move_and_through_the_night(practice, clock):
    keep(practice, clock, Wanted("1", "P01", MON), Wanted("2", "P02", MON))
    with writing(practice.id):
        journal.record(practice, TaskSnoozed(key="plan:1", to=THU.isoformat()), now=clock.now)
        journal.record(practice, TaskSkipped(key="plan:2"), now=clock.now)
    keep(practice, clock, Wanted("1", "P01", TUE), Wanted("2", "P02", TUE))
    jobs.replan_today(now=clock.now + timedelta(days=1))
    assert rows() == {"plan:1": ("P01", THU, "open"), "plan:2": ("P02", TUE, "cancelled")}


def test_other_tasks_and_other_practices_are_left_alone(practice, clock):
    keep(practice, clock, Wanted("1", "P01", MON))
    elsewhere = builders.practice(name="Elsewhere")
    keep(elsewhere, clock, Wanted("1", "P01", TUE))
    with writing(practice.id):
        desk_service.keep(practice, "paper:", [Wanted("1:2026-05-14", "X01", THU)], now=clock.now)
    assert keep(elsewhere, clock)
    assert list(rows()) == ["paper:1:2026-05-14", "plan:1"]


def test_each_day_of_the_plan_has_its_words():
    assert kinds.title("P07", source=None, client=None) == "Setup plan: Practice standards"
    assert kinds.outside_title("X01", source=None, client=None) == "Renew a paper of the practice that runs out"
