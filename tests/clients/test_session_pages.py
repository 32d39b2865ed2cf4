"""Sessions on their pages: logged once, refused with a reason, written afterwards, taken back."""

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import opened_queries
from crm.clients.models import Client, ClientClass
from crm.clients.record_models import Attendance, SessionLog
from crm.db import db, writing
from crm.outreach.models import Task, TaskStatus

KEY = "6f1c1f2e-9f0e-4a9b-8f5e-3b7e5f0a1c2d"
SESSION = {
    "form_key": KEY, "held_on": "2026-05-06", "attendance": "attended", "before_systolic": "138",
    "before_diastolic": "84", "done": "Sit to stand, 3 x 8", "response": "No pain", "plan": "Stairs",
}  # fmt: skip
HEALTH = {"systolic": "130", "set_by": "Dr. Helen Marsh, MD", "base": "0"}


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source())
        yield owner


def log(browser, **values):
    return browser.post("/clients/C-0142/sessions", data=SESSION | values)


def sessions():
    db.session.rollback()
    return db.session.query(SessionLog).order_by(SessionLog.id).all()


def words(row):
    return opened_queries.open_words(row, current_app.extensions["handoff"].sealer())


def types():
    return [entry.type for entry in builders.told()]


def test_a_session_is_logged_and_read_again(browser):
    assert browser.get("/clients/C-0142/sessions/new").status_code == 200
    assert log(browser).status_code == 303
    (row,) = sessions()
    assert row.attendance is Attendance.ATTENDED
    assert (words(row).before.systolic, words(row).done) == (138, "Sit to stand, 3 x 8")
    page = browser.get("/clients/C-0142/sessions").text
    assert "138/84 mmHg" in page
    assert "No pain" in page
    assert "Planned last time: Stairs" in browser.get("/clients/C-0142/sessions/new").text
    assert "1 session" in browser.get("/clients/C-0142").text


def test_a_form_sent_twice_is_one_session(browser):
    assert log(browser).status_code == 303
    assert log(browser).status_code == 303
    assert len(sessions()) == 1
    assert types().count("session_held") == 1


def test_a_form_without_a_usable_key_is_saved_all_the_same(browser):
    assert log(browser, form_key="<b>").status_code == 303
    assert log(browser, form_key="").status_code == 303
    assert len(sessions()) == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"held_on": ""}, "held_on", id="no day"),
        pytest.param({"held_on": "2026-05-07"}, "held_on", id="tomorrow"),
        pytest.param({"held_on": "May"}, "held_on", id="no date"),
        pytest.param({"attendance": "perhaps"}, "attendance", id="neither came nor not"),
        pytest.param({"before_systolic": "13"}, "before_systolic", id="below what can be"),
        pytest.param({"before_systolic": "261"}, "before_systolic", id="above what can be"),
        pytest.param({"after_heart_rate": "fast"}, "after_heart_rate", id="no number"),
        pytest.param({"before_glucose": "inf"}, "before_glucose", id="no end"),
        pytest.param({"before_diastolic": "84.5"}, "before_diastolic", id="not whole"),
        pytest.param({"done": "x" * 2001}, "done", id="more than a log holds"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays_typed(browser, values, field):
    before = types()
    answer = log(browser, **values)
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert "No pain" in answer.text
    if field.startswith(("before", "after")):
        assert f'value="{values[field]}"' in answer.text
    assert sessions() == []
    assert types() == before


@pytest.mark.parametrize(("what", "shown"), [("missed", "0 of 1 sessions"), ("cancelled", "0 sessions")])
def test_a_session_that_was_not_held_moves_no_clock(browser, what, shown):
    assert log(browser, attendance=what).status_code == 303
    assert "session_held" not in types()
    assert types()[-1] == "session_missed"
    assert shown in browser.get("/clients/C-0142").text


def test_an_undone_session_is_out_of_view(browser):
    log(browser)
    seq = sessions()[0].entry_seq
    assert browser.post(f"/undo/{seq}").status_code in {200, 303}
    assert "Sit to stand" not in browser.get("/clients/C-0142/sessions").text
    assert browser.get(f"/clients/C-0142/sessions/{sessions()[0].id}").status_code == 404
    assert "0 sessions" in browser.get("/clients/C-0142").text


def test_a_log_for_later_is_a_task_until_it_is_written(browser):
    log(browser, later="y", done="", response="", plan="")
    task = db.session.query(Task).filter_by(rule="C46").one()
    assert task.status is TaskStatus.OPEN
    row = sessions()[0]
    typed = {**SESSION, "done": "Step-ups", "response": "A little breathless"}
    assert browser.post(f"/clients/C-0142/sessions/{row.id}", data=typed).status_code == 303
    db.session.rollback()
    assert db.session.query(Task).filter_by(rule="C46").one().status is TaskStatus.DONE
    assert words(sessions()[0]).done == "Step-ups"


def test_a_log_written_anew_with_a_wrong_reading_keeps_the_old_one(browser):
    log(browser)
    row = sessions()[0]
    refused = browser.post(f"/clients/C-0142/sessions/{row.id}", data=SESSION | {"before_systolic": "900"})
    assert refused.status_code == 422
    assert 'value="900"' in refused.text
    assert words(sessions()[0]).before.systolic == 138


def test_saving_a_log_that_did_not_change_leaves_no_trace(browser):
    log(browser)
    before = types()
    assert browser.post(f"/clients/C-0142/sessions/{sessions()[0].id}", data=SESSION).status_code == 303
    assert types() == before


def test_a_reading_past_the_limit_on_file_is_said_while_it_is_typed_and_saves_nothing(browser):
    assert browser.post("/clients/C-0142/record/health", data=HEALTH).status_code == 303
    said = "Systolic 138 is above the limit of 130 mmHg."
    assert said in browser.post("/clients/C-0142/sessions/check", data=SESSION).text
    assert said not in browser.post("/clients/C-0142/sessions/check", data=SESSION | {"before_systolic": "130"}).text
    assert browser.post("/clients/C-0142/sessions/check", data=SESSION | {"before_systolic": "x"}).status_code == 200
    assert sessions() == []
    log(browser)
    assert "A reading passed a limit on file." in browser.get("/clients/C-0142").text


@pytest.mark.parametrize("why", ["hold", "no referral"])
def test_a_session_that_should_rest_asks_why_it_was_held(browser, why):
    with writing():
        row = db.session.query(Client).one()
        row.on_hold, row.client_class = why == "hold", ClientClass.POST_REHAB
    refused = log(browser)
    assert refused.status_code == 422
    assert "Say why the session was held all the same." in refused.text
    assert "Sit to stand" in refused.text
    assert sessions() == []
    assert log(browser, attendance="missed", form_key="").status_code == 303
    assert log(browser, reason="Dr. Marsh said so by phone").status_code == 303
    assert "Dr. Marsh said so by phone" in browser.get("/clients/C-0142").text


def test_a_session_of_another_client_is_not_found(browser):
    log(browser)
    with writing():
        builders.client(code="C-0300")
    row = sessions()[0]
    assert browser.get(f"/clients/C-0300/sessions/{row.id}").status_code == 404
    assert browser.post(f"/clients/C-0300/sessions/{row.id}", data=SESSION).status_code == 404
