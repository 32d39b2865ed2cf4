"""The setup plan through its page, the list, the digest, the feed and the clock."""

import re

import builders
import pytest
from sqlalchemy import select

from crm import demo
from crm.db import db, writing
from crm.journal import service as journal
from crm.outreach import digest_jobs, feed_service
from crm.outreach.models import Task
from crm.outreach.worker import Worker
from crm.readiness import jobs
from crm.readiness.models import PlanDay, PracticeText


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def start(owner, on="2026-05-06", days="work"):
    assert owner.post("/setup/start", data={"started_on": on, "days": days}).status_code == 303


def tasks(app) -> dict[str, tuple[str, str]]:
    with app.app_context():
        found = db.session.scalars(select(Task).where(Task.key.startswith("plan:")))
        return {task.key: (task.due.isoformat(), task.status.value) for task in found}


def write_niche(owner):
    owner.post("/practice/niche", data={"niches": "joint", "measured": "chair stands"})


def niche_comes(app, clock):
    """The sentence is there without an act that looks at the plan."""
    with app.app_context(), writing():
        db.session.add(
            PracticeText(
                practice_id=builders.practice().id,
                kind="niche",
                slots={"niches": ["joint"]},
                text="I work with adults.",
                changed_at=clock.now,
            )
        )


def test_before_it_begins_the_page_offers_the_start(owner):
    text = plain(owner.get("/setup"))
    assert "Thirty days, an hour a day at most." in text
    assert "Start the plan" in text


def test_started_it_stands_in_list_digest_and_feed(app, owner, clock):
    start(owner)
    assert len(tasks(app)) == 30
    assert tasks(app)["plan:1"] == ("2026-05-06", "open")
    assert "Setup plan: Niche" in plain(owner.get("/"))
    with app.app_context():
        practice = builders.practice()
        with writing():
            _feed, token = feed_service.create_feed(
                practice, builders.user(), name="Phone", hide_sources=False, now=clock.now
            )
        mail = digest_jobs.digest_of(builders.user(), journal.local_day(practice, clock.now), now=clock.now)
    assert "Setup plan: Niche" in mail.text
    assert b"Setup plan: Niche" in owner.get(f"/cal/{token}.ics").data
    answer = owner.get("/tasks/plan:1")
    assert (answer.status_code, answer.location) == (303, "/practice/niche")


def test_what_was_made_is_seen_by_the_clock_and_ticked_off(app, owner, clock):
    start(owner)
    with app.app_context():
        assert jobs.follow_plans(now=clock.now) == 0
    niche_comes(app, clock)
    with app.app_context():
        assert jobs.follow_plans(now=clock.now) == 1
        assert jobs.follow_plans(now=clock.now) == 0
        assert list(db.session.scalars(select(PlanDay.day))) == [1]
    assert tasks(app)["plan:1"] == ("2026-05-06", "done")
    assert "Day 2 of 30." not in plain(owner.get("/setup"))  # its day is tomorrow
    text = plain(owner.get("/setup"))
    assert "1 of 30 done." in text
    assert "The next card comes tomorrow." in text


def test_the_worker_follows_it(app, owner, clock):
    start(owner)
    niche_comes(app, clock)
    assert Worker(app).run("follow_plans", now=clock.now) == 1


def test_ticking_it_off_without_the_output_says_what_is_missing(app, owner):
    start(owner)
    owner.post("/tasks/plan:1/done")
    assert tasks(app)["plan:1"][1] == "open"
    assert "Not there yet: one sentence: whom you serve" in plain(owner.get("/"))
    write_niche(owner)
    owner.post("/tasks/plan:1/done")
    assert tasks(app)["plan:1"][1] == "done"


def test_saving_an_output_ends_its_day_at_once(app, owner):
    start(owner)
    write_niche(owner)
    assert "Saved. Done in the setup plan: Niche." in plain(owner.get("/practice/niche"))
    assert tasks(app)["plan:1"] == ("2026-05-06", "done")
    write_niche(owner)
    assert "Done in the setup plan" not in plain(owner.get("/practice/niche"))


def test_without_a_plan_nothing_is_looked_for(app, owner):
    write_niche(owner)
    with app.app_context():
        assert list(db.session.scalars(select(PlanDay.day))) == []


def test_looking_again_says_what_it_saw(app, owner, clock):
    start(owner)
    owner.post("/setup/look")
    assert "Nothing new is there yet." in plain(owner.get("/setup"))
    niche_comes(app, clock)
    owner.post("/setup/look")
    assert "Seen: Niche." in plain(owner.get("/setup"))


def test_a_day_left_out_can_come_back(app, owner):
    start(owner)
    owner.post("/setup/days/1/skip")
    assert tasks(app)["plan:1"][1] == "cancelled"
    text = plain(owner.get("/setup"))
    assert "Left out" in text
    seq = re.search(r"/undo/(\d+)", text)[1]
    owner.post(f"/undo/{seq}")
    assert tasks(app)["plan:1"][1] == "open"


def test_while_it_rests_nothing_is_due_and_then_it_goes_on_where_it_stopped(app, owner, clock):
    start(owner)
    owner.post("/setup/days/2/skip")
    clock.set("2026-05-08T14:00:00+00:00")
    owner.post("/setup/pause")
    assert set(tasks(app)) == {"plan:1", "plan:2"}
    assert "The plan rests." in plain(owner.get("/setup"))
    clock.set("2026-05-18T14:00:00+00:00")
    owner.post("/setup/resume")
    assert tasks(app)["plan:3"] == ("2026-05-18", "open")
    assert tasks(app)["plan:2"] == ("2026-05-07", "cancelled")
    assert len(tasks(app)) == 30


def test_what_was_left_out_before_a_rest_is_still_left_out_after_it(app, owner, clock):
    start(owner)
    owner.post("/setup/days/9/skip")
    owner.post("/setup/pause")
    owner.post("/setup/resume")
    assert tasks(app)["plan:9"][1] == "cancelled"


def test_catching_up_spreads_what_was_missed(app, owner, clock):
    start(owner)
    write_niche(owner)
    owner.post("/setup/look")
    clock.set("2026-05-13T14:00:00+00:00")
    assert "Catch up from today" in plain(owner.get("/setup"))
    owner.post("/setup/catch-up")
    found = tasks(app)
    assert (found["plan:2"], found["plan:3"]) == (("2026-05-13", "open"), ("2026-05-14", "open"))
    assert found["plan:1"] == ("2026-05-06", "done")


def test_put_away_its_tasks_go_and_what_is_done_stays(app, owner):
    start(owner)
    write_niche(owner)
    owner.post("/setup/look")
    owner.post("/setup/stop")
    assert tasks(app) == {"plan:1": ("2026-05-06", "done")}
    start(owner, on="2026-06-01")
    assert len(tasks(app)) == 30


@pytest.mark.parametrize("form", [{"started_on": "", "days": "work"}, {"started_on": "2026-05-06", "days": "never"}])
def test_a_start_that_does_not_fit_changes_nothing(app, owner, form):
    assert owner.post("/setup/start", data=form).status_code == 422
    assert tasks(app) == {}


def test_without_a_plan_there_is_nothing_to_pause(owner):
    for act in ("pause", "resume", "catch-up", "look", "days/1/skip"):
        assert owner.post(f"/setup/{act}").status_code == 404


def test_the_sample_practice_makes_no_day_done(app, owner, clock):
    with app.app_context(), writing():
        demo.load(builders.practice(), app.extensions["handoff"].sealer(), now=clock.now)
    start(owner)
    owner.post("/setup/look")
    with app.app_context():
        assert list(db.session.scalars(select(PlanDay.day))) == []
