"""Measured values on their pages: entered by battery, refused where they cannot be, corrected and kept."""

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import measures, opened_queries, record_queries
from crm.clients.measure_forms import SIDES, name_of
from crm.clients.models import Client
from crm.clients.record_models import Measurement
from crm.db import db, writing

CHAIR = "chair-stand-30s"
BATTERY = next(battery for battery in measures.BATTERIES.values() if CHAIR in battery.measures)


@pytest.fixture
def browser(app, owner):
    with app.app_context(), writing():
        builders.client()
    with app.app_context():
        yield owner


def enter(browser, *keys, **values):
    form = {"measured_on": "2026-05-06", "occasion": "baseline", "measure": list(keys or (CHAIR,))}
    return browser.post("/clients/C-0142/measures", data=form | {CHAIR: "12"} | values)


def rows(*, replaced=False):
    db.session.rollback()
    client = db.session.query(Client).filter_by(code="C-0142").one()
    return record_queries.measurements_of(client.practice_id, client.id, replaced=replaced)


def value(row):
    return opened_queries.open_value(row, current_app.extensions["handoff"].sealer()).value


def types():
    return [entry.type for entry in builders.told()]


@pytest.mark.parametrize("battery", list(measures.BATTERIES))
def test_a_battery_asks_for_its_measures_and_no_other(browser, battery):
    page = browser.get(f"/clients/C-0142/measures/new?battery={battery}")
    assert page.status_code == 200
    asked = set(measures.BATTERIES[battery].measures)
    assert {key for key in measures.MEASURES if f'name="measure" value="{key}"' in page.text} == asked


@pytest.mark.parametrize("query", ["battery=nothing", "with=nothing", "battery=&with=", ""])
def test_an_unknown_battery_begins_with_the_first(browser, query):
    page = browser.get(f"/clients/C-0142/measures/new?{query}")
    assert page.status_code == 200


def test_another_measure_is_added_to_a_battery(browser):
    other = next(key for key in measures.MEASURES if key not in BATTERY.measures)
    page = browser.get(f"/clients/C-0142/measures/new?battery={BATTERY.key}&with={other}").text
    assert f'name="measure" value="{other}"' in page
    assert f'name="measure" value="{CHAIR}"' in page


@pytest.mark.parametrize("battery", list(measures.BATTERIES))
def test_a_whole_battery_is_entered_at_once(browser, battery):
    chosen = [measures.MEASURES[key] for key in measures.BATTERIES[battery].measures]
    typed = {
        name_of(measure, side): str(measure.high)
        for measure in chosen
        for side in (SIDES if "side" in measure.asks else ("",))
    }
    aids = {name_of(measure, "aid"): "cane" for measure in chosen if "aid" in measure.asks}
    form = {"measured_on": "2026-05-06", "occasion": "baseline", "measure": [measure.key for measure in chosen]}
    assert browser.post("/clients/C-0142/measures", data=form | typed | aids).status_code == 303
    assert len(rows()) == len(typed)
    assert types() == ["baseline_done"]
    assert browser.get("/clients/C-0142").status_code == 200
    assert browser.get("/clients/C-0142/measures").status_code == 200
    assert browser.get("/clients/C-0142/measures/new").status_code == 200


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("12", 12.0, id="a whole number"),
        pytest.param("12,5", 12.5, id="a comma is as good as a point"),
        pytest.param(" 12.5 ", 12.5, id="spaces around it"),
        pytest.param("0", 0.0, id="none at all is a value"),
    ],
)
def test_a_value_is_stored_as_it_was_typed(browser, typed, stored):
    assert enter(browser, **{CHAIR: typed}).status_code == 303
    (row,) = rows()
    assert value(row) == stored


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({CHAIR: "1200"}, CHAIR, id="more than anybody can"),
        pytest.param({CHAIR: "-1"}, CHAIR, id="below nothing"),
        pytest.param({CHAIR: "twelve"}, CHAIR, id="a word"),
        pytest.param({CHAIR: "nan"}, CHAIR, id="no number"),
        pytest.param({CHAIR: "1e999"}, CHAIR, id="no end"),
        pytest.param({"measured_on": "2026-05-07"}, "measured_on", id="tomorrow"),
        pytest.param({"measured_on": ""}, "measured_on", id="no day"),
        pytest.param({"occasion": "again"}, "occasion", id="again without a baseline"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_saved(browser, values, field):
    answer = enter(browser, CHAIR, "tug", **{"tug": "9.7", "tug-aid": "cane"} | values)
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert 'value="9.7"' in answer.text
    assert f'value="{values.get(CHAIR, "12")}"' in answer.text
    assert rows() == []
    assert types() == []


def test_no_value_at_all_is_refused(browser):
    answer = enter(browser, **{CHAIR: ""})
    assert answer.status_code == 422
    assert "Enter at least one value." in answer.text
    assert browser.post("/clients/C-0142/measures", data={}).status_code == 422
    assert enter(browser, "nothing", **{"nothing": "3"}).status_code == 422
    assert types() == []


@pytest.mark.parametrize(
    ("occasion", "kind"), [("baseline", "baseline_done"), ("again", "measures_taken"), ("some", "values_measured")]
)
def test_the_occasion_says_what_moves(browser, occasion, kind):
    enter(browser)
    assert enter(browser, occasion=occasion).status_code == 303
    assert types() == ["baseline_done", kind]


def test_undone_values_are_out_of_view(browser):
    enter(browser)
    seq = rows()[0].entry_seq
    assert browser.post(f"/undo/{seq}").status_code in {200, 303}
    assert rows() == []
    assert browser.get(f"/clients/C-0142/measures/{db.session.query(Measurement).one().id}").status_code == 404


def test_a_correction_keeps_the_old_value_and_why(browser):
    enter(browser)
    old = rows()[0]
    page = browser.get(f"/clients/C-0142/measures/{old.id}")
    assert page.status_code == 200
    form = {"value": "14", "reason": "Two stands were not counted"}
    assert browser.post(f"/clients/C-0142/measures/{old.id}", data=form).status_code == 303
    (new,) = rows()
    assert (value(new), new.replaces_id, new.taken_on) == (14, old.id, old.taken_on)
    assert [value(row) for row in rows(replaced=True)] == [14, 12]
    assert "Two stands were not counted" in browser.get("/clients/C-0142").text
    assert browser.get(f"/clients/C-0142/measures/{old.id}").status_code == 404
    assert browser.post(f"/undo/{new.entry_seq}").status_code in {200, 303}
    assert [value(row) for row in rows()] == [12]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        pytest.param({"value": "14", "reason": ""}, "reason", id="no reason"),
        pytest.param({"value": "", "reason": "typed already"}, "value", id="no value"),
        pytest.param({"value": "1400", "reason": "typed already"}, "value", id="more than anybody can"),
        pytest.param({"value": "nan", "reason": "typed already"}, "value", id="no number"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(browser, form, field):
    enter(browser)
    answer = browser.post(f"/clients/C-0142/measures/{rows()[0].id}", data=form)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert all(f'value="{typed}"' in answer.text for typed in form.values() if typed)
    assert [value(row) for row in rows(replaced=True)] == [12]


def test_a_value_of_another_client_is_not_found(browser):
    enter(browser)
    with writing():
        builders.client(code="C-0300")
    row = rows()[0]
    assert browser.get(f"/clients/C-0300/measures/{row.id}").status_code == 404
    answer = browser.post(f"/clients/C-0300/measures/{row.id}", data={"value": "1", "reason": "x"})
    assert answer.status_code == 404
    assert paperwork.only(Measurement).id == row.id
