"""Lunch-and-learns on their own page: offered on trust, agreed, moved, held, cancelled, declined (H8)."""

from datetime import date

import builders
import paperwork
import pytest

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import AssessmentDone, Discharged, ReferralReceived, SessionHeld, TaskDone
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import Task
from crm.pipeline.evidence import Facts
from crm.pipeline.signs import Sign
from crm.sources import lunches

PAGE = "/sources/1/lunch"
WHY = "Their manager asked for it at the front desk."


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source())
        yield owner


def agree(browser, on="2026-06-10", reason=WHY, **more):
    return browser.post(PAGE, data={"event_on": on, "reason": reason, **more})


def tasks():
    db.session.rollback()
    return {task.rule: task for task in db.session.query(Task) if task.rule.startswith("C5")}


def entries():
    """Return what the journal holds of lunches."""
    db.session.rollback()
    told = db.session.query(JournalEntry).order_by(JournalEntry.seq)
    return [entry for entry in told if entry.type.startswith("ll_")]


def note_of(app, entry):
    sealed = db.session.get(EntryNote, entry.seq)
    sealer = app.extensions["handoff"].sealer()
    return sealer.open(sealed.sealed, table="entry_note", row=str(entry.seq))["text"] if sealed else ""


def trusted(clock):
    """Let the office see a referral, a call and a discharge summary."""
    practice = builders.practice()
    about = {"now": clock.now}
    with writing():
        for event in (
            ReferralReceived(source="s1", id="r1", client="C-0142", complete=True),
            AssessmentDone(client="C-0142"),
        ):
            journal.record(practice, event, on=date(2026, 4, 1), **about)
        for day in (2, 6, 8):
            journal.record(practice, SessionHeld(client="C-0142"), on=date(2026, 4, day), **about)
        journal.record(practice, TaskDone(key="C24:C-0142:1"), on=date(2026, 4, 3), source_id=1, client_id=1, **about)
        journal.record(practice, TaskDone(key="C30:C-0142:1"), on=date(2026, 4, 20), source_id=1, client_id=1, **about)
        journal.record(practice, Discharged(client="C-0142"), on=date(2026, 4, 28), **about)
        journal.record(practice, TaskDone(key="C49:C-0142:1"), on=date(2026, 4, 29), source_id=1, client_id=1, **about)


def test_without_trust_the_page_says_what_is_missing_and_asks_for_a_reason(browser):
    page = browser.get(PAGE).text
    assert "Trust comes first." in page
    assert "0 of 2" in page
    answer = agree(browser, reason="")
    assert answer.status_code == 422
    assert "Say why it is agreed all the same." in answer.text
    assert entries() == []


def test_the_reason_stays_in_the_history_and_is_sealed(app, browser):
    assert agree(browser, note="Eight people, one without gluten.").status_code == 303
    entry = entries()[-1]
    assert entry.payload == {"source": "s1", "id": "l1", "event_on": "2026-06-10"}
    assert note_of(app, entry) == f"Why already now: {WHY} Eight people, one without gluten."
    assert WHY in browser.get("/sources/1").text


def test_an_agreed_lunch_plans_its_preparation(browser):
    agree(browser)
    assert {rule: task.due for rule, task in tasks().items()} == {
        "C51a": date(2026, 6, 3),
        "C51b": date(2026, 6, 5),
        "C51c": date(2026, 6, 8),
        "C51d": date(2026, 6, 9),
    }
    assert "Agreed for" in browser.get(PAGE).text


def test_a_moved_lunch_moves_its_preparation(browser):
    agree(browser)
    assert browser.post(f"{PAGE}/l1/moved", data={"moved_to": "2026-06-17"}).status_code == 303
    assert tasks()["C51a"].due == date(2026, 6, 10)
    assert entries()[-1].payload["id"] == "l1"


def test_a_cancelled_lunch_needs_no_preparation_and_the_next_gets_its_own_number(browser):
    agree(browser)
    browser.post(f"{PAGE}/l1/cancelled", data={"cancelled-on": "2026-05-06"})
    assert {task.status.value for task in tasks().values()} == {"cancelled"}
    agree(browser, on="2026-07-08")
    assert entries()[-1].payload["id"] == "l2"
    assert "Cancelled" in browser.get(PAGE).text


def test_a_lunch_that_was_held_is_followed_by_thanks_packet_and_call(browser):
    agree(browser, on="2026-05-06")
    browser.post(f"{PAGE}/l1/held", data={"held-on": "2026-05-06"})
    assert {"C52a", "C52b", "C52c"} <= set(tasks())
    assert tasks()["C52a"].due == date(2026, 5, 7)
    assert browser.post(f"{PAGE}/l1/moved", data={"moved_to": "2026-06-17"}).status_code == 404


def test_a_declined_offer_is_a_note_with_its_day(browser, app):
    answer = browser.post(f"{PAGE}/declined", data={"declined-on": "2026-05-04", "declined-note": "Too busy."})
    assert answer.status_code == 303
    entry = entries()[-1]
    assert (entry.type, entry.happened_on, note_of(app, entry)) == ("ll_declined", date(2026, 5, 4), "Too busy.")


def test_undo_takes_a_lunch_back_with_its_tasks(browser):
    agree(browser)
    browser.post(f"/undo/{entries()[-1].seq}")
    assert tasks() == {}
    agree(browser)
    assert entries()[-1].payload["id"] == "l2"


@pytest.mark.parametrize(
    ("address", "values", "said"),
    [
        pytest.param("", {"event_on": "2026-05-05", "reason": WHY}, "This day is over.", id="agreed for yesterday"),
        pytest.param("", {"event_on": "", "reason": WHY}, "Say which day it is.", id="no day"),
        pytest.param("/declined", {"declined-on": "2026-05-07"}, "This day has not come yet.", id="declined tomorrow"),
    ],
)
def test_what_is_not_right_is_named(browser, address, values, said):
    answer = browser.post(PAGE + address, data=values)
    assert answer.status_code == 422
    assert said in answer.text


def test_only_one_lunch_is_agreed_at_a_time(browser):
    agree(browser)
    answer = agree(browser, on="2026-07-08")
    assert answer.status_code == 422
    assert len(entries()) == 1


def test_who_wants_no_contact_is_invited_to_no_lunch(browser):
    browser.post("/sources/1/touch", data={"kind": "opt_out", "on": "2026-05-06"})
    assert "They want no contact." in browser.get(PAGE).text
    assert agree(browser).status_code == 422


def counts(*, reports: int = 0, **signs: int) -> Facts:
    known = {Sign[name.upper()]: number for name, number in signs.items()}
    return Facts(counts=known, on_time={Sign.REPORT: reports})


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        pytest.param(counts(), [False, False, False], id="nothing"),
        pytest.param(counts(referral=1, call=1, reports=1), [True, False, True], id="one report"),
        pytest.param(counts(referral=1, call=1, reports=2), [True, True, True], id="two reports"),
        pytest.param(counts(referral=1, call=1, discharge_summary=1), [True, True, True], id="a discharge summary"),
    ],
)
def test_trust_is_a_referral_reports_on_time_and_a_call(facts, met):
    assert [evidence.met for evidence in lunches.trust(facts)] == met


def test_with_trust_nobody_asks_for_a_reason(browser, clock):
    trusted(clock)
    page = browser.get(PAGE).text
    assert "The office knows the work." in page
    assert "Why already now" not in page
    assert "C50" in tasks()
    assert agree(browser, reason="").status_code == 303
    assert tasks()["C50"].status.value == "done"
