"""The record of a client, sheet by sheet: saved as versions, refused with a reason, never half."""

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import opened_queries, record_queries
from crm.clients.models import Client
from crm.clients.record_models import ClientSheet, Part, TreatingProvider
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach.models import Task
from crm.sources.models import Source

HEALTH = {
    "diagnoses-0-text": "Osteoarthritis of the right knee", "diagnoses-0-icd10": "M17.11",
    "diagnoses-0-stated_by": "Dr. Helen Marsh, MD", "diagnoses-0-stated_on": "2026-03-02",
    "systolic": "150", "diastolic": "90", "set_by": "Dr. Helen Marsh, MD", "confirmed_on": "2026-05-01",
    "contraindications": "Deep kneeling", "history_falls": "One, on ice",
}  # fmt: skip
PERSON = {"name": "Alma Reyes", "born_on": "1956-02-29", "sex": "f", "insurance": "medicare", "email": "a@example.com"}
GATE = {"gate_referral": "yes", "gate_stable": "no", "form_intake": "2026-05-04"}
PLAN = {"frequency": "twice a week", "categories": ["Strength", "Balance"], "agreed_on": "2026-05-05"}
TYPED = {"person": PERSON, "health": HEALTH, "gate": GATE, "plan": PLAN}


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source())
        yield owner


def save(browser, part, typed, base="newest", **more):
    found = versions(Part(part))
    seen = (found[0].id if found else 0) if base == "newest" else base
    return browser.post(f"/clients/C-0142/record/{part}", data={**typed, "base": str(seen), **more})


def versions(part):
    db.session.rollback()
    return record_queries.sheet_versions(builders.practice().id, client().id, part)


def client():
    return db.session.query(Client).filter_by(code="C-0142").one()


def sealer():
    return current_app.extensions["handoff"].sealer()


def entries():
    db.session.rollback()
    return len(builders.told())


@pytest.mark.parametrize("part", list(TYPED))
def test_a_sheet_is_shown_empty_saved_and_shown_again(browser, part):
    assert browser.get(f"/clients/C-0142/record/{part}").status_code == 200
    assert save(browser, part, TYPED[part]).status_code == 303
    page = browser.get(f"/clients/C-0142/record/{part}").text
    for name, value in TYPED[part].items():
        for one in [value] if isinstance(value, str) else value:
            assert one in page, name
    assert browser.get("/clients/C-0142").status_code == 200


@pytest.mark.parametrize("part", ["criteria", "nothing"])
def test_what_is_no_sheet_has_no_page(browser, part):
    assert browser.get(f"/clients/C-0142/record/{part}").status_code == 404
    assert browser.post(f"/clients/C-0142/record/{part}").status_code == 404


@pytest.mark.parametrize(
    ("part", "wrong", "said"),
    [
        pytest.param("person", {"born_on": "2026-05-07"}, "born_on", id="born tomorrow"),
        pytest.param("person", {"born_on": "yesterday"}, "born_on", id="no date"),
        pytest.param("person", {"email": "alma at home"}, "email", id="no e-mail address"),
        pytest.param("person", {"insurance": "barter"}, "insurance", id="an insurance nobody has"),
        pytest.param("person", {"name": "x" * 161}, "name", id="a name without end"),
        pytest.param("health", {"diagnoses-0-icd10": "knee"}, "diagnoses-0-icd10", id="no code"),
        pytest.param("health", {"diagnoses-0-stated_by": " "}, "diagnoses-0-stated_by", id="stated by nobody"),
        pytest.param("health", {"systolic": "15"}, "systolic", id="a limit that cannot be"),
        pytest.param("health", {"systolic": "nan"}, "systolic", id="a limit that is no number"),
        pytest.param("health", {"diastolic": "90.5"}, "diastolic", id="a limit that is not whole"),
        pytest.param("health", {"glucose_low": "180", "glucose_high": "90"}, "glucose_high", id="ends turned round"),
        pytest.param("health", {"set_by": ""}, "set_by", id="limits set by nobody"),
        pytest.param("gate", {"gate_stable": "perhaps"}, "gate_stable", id="an answer that is none"),
        pytest.param("gate", {"form_intake": "2026-02-30"}, "form_intake", id="a day that is none"),
        pytest.param("plan", {"categories": ["Magic"]}, "categories", id="a category that is none"),
        pytest.param("plan", {"agreed_on": "x"}, "agreed_on", id="agreed on no day"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_saved(browser, part, wrong, said):
    before = entries()
    answer = save(browser, part, TYPED[part] | wrong)
    assert answer.status_code == 422
    assert f'href="#{said}' in answer.text
    kept = next(value for name, value in TYPED[part].items() if name not in wrong and isinstance(value, str))
    assert kept in answer.text
    assert versions(Part(part)) == []
    assert entries() == before


def test_a_change_keeps_the_old_version_and_why(browser):
    save(browser, "health", HEALTH)
    assert save(browser, "health", HEALTH | {"systolic": "140"}, reason="Dr. Marsh called").status_code == 303
    new, old = versions(Part.HEALTH)
    opened = [opened_queries.open_sheet(row, sealer())["limits"]["systolic"] for row in (new, old)]
    assert opened == [140, 150]
    assert [opened_queries.reason_of(row, sealer()) for row in (new, old)] == ["Dr. Marsh called", ""]
    assert "blood pressure up to 140/90 mmHg" in browser.get("/clients/C-0142").text


def test_saving_what_did_not_change_makes_no_version(browser):
    save(browser, "plan", PLAN)
    before = entries()
    assert save(browser, "plan", PLAN).status_code == 303
    assert len(versions(Part.PLAN)) == 1
    assert entries() == before


def test_a_page_that_is_stale_is_refused_and_what_was_typed_stays(browser):
    save(browser, "plan", PLAN)
    seen = versions(Part.PLAN)[0].id
    save(browser, "plan", PLAN | {"frequency": "three times a week"})
    refused = save(browser, "plan", PLAN | {"duration": "typed meanwhile"}, base=seen)
    assert refused.status_code == 409
    assert "Somebody saved this page meanwhile" in refused.text
    assert "typed meanwhile" in refused.text
    newest = versions(Part.PLAN)[0]
    assert f'value="{newest.id}"' in refused.text
    assert len(versions(Part.PLAN)) == 2
    assert save(browser, "plan", PLAN | {"duration": "typed meanwhile"}, base=newest.id).status_code == 303


@pytest.mark.parametrize("base", ["", "0", "-1", "x", "²", "9" * 5000])
def test_a_page_without_its_version_is_stale(browser, base):
    save(browser, "plan", PLAN)
    assert save(browser, "plan", PLAN | {"duration": "8 weeks"}, base=base).status_code == 409
    assert len(versions(Part.PLAN)) == 1


def test_name_and_diagnosis_follow_beside_the_code(browser):
    save(browser, "person", PERSON)
    save(browser, "health", HEALTH)
    row = client()
    held = sealer().open(row.sealed, table="client", row=row.uuid)
    assert held == {"name": "Alma Reyes", "diagnosis": "Osteoarthritis of the right knee", "icd10": "M17.11"}
    assert "Alma Reyes" in browser.get("/clients/C-0142").text


def test_the_journal_tells_that_a_part_was_saved_and_nothing_of_it(browser):
    save(browser, "person", PERSON)
    db.session.rollback()
    entry = db.session.query(JournalEntry).order_by(JournalEntry.seq.desc()).first()
    assert (entry.type, entry.client_id) == ("record_saved", client().id)
    assert "Alma" not in str(entry.payload)


def test_a_client_who_came_without_a_referral_is_taken_in(browser):
    answer = browser.post("/clients", data={"code": "c-0777", "name": "Alma Reyes", "client_class": "post_rehab"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/clients/C-0777/record/health")
    assert "Alma Reyes" in browser.get("/clients/C-0777").text


@pytest.mark.parametrize("code", ["C-0142", "c-0142", "Alma", "C 1", "<b>"])
def test_a_code_that_is_taken_or_none_is_refused(browser, code):
    answer = browser.post("/clients", data={"code": code, "name": "Alma Reyes", "client_class": ""})
    assert answer.status_code == 422
    assert 'href="#code"' in answer.text
    assert "Alma Reyes" in answer.text
    assert db.session.query(Client).count() == 1


def test_somebody_who_treats_a_client_becomes_a_source(browser):
    told = {"first_name": "Ira", "last_name": "Boone", "credential": "DPT", "office": "Hill Therapy", "treats": "knee"}
    assert browser.post("/clients/C-0142/providers", data=told).status_code == 303
    assert "Ira Boone, DPT" in browser.get("/clients/C-0142").text
    assert "C02" in {task.rule for task in db.session.query(Task)}
    row = paperwork.only(TreatingProvider)
    assert browser.post(f"/clients/C-0142/providers/{row.id}/source").status_code == 303
    assert paperwork.newest(Source).last_name == "Boone"
    assert browser.post(f"/clients/C-0142/providers/{row.id}/source").status_code == 303
    assert db.session.query(Source).count() == 2


def test_somebody_without_a_name_treats_nobody(browser):
    answer = browser.post("/clients/C-0142/providers", data={"treats": "typed already"})
    assert answer.status_code == 422
    assert "Say who it is" in answer.text
    assert "typed already" in answer.text
    assert db.session.query(TreatingProvider).count() == 0


@pytest.mark.parametrize("typed", ["²", "9" * 30, "0"])
def test_a_source_nobody_has_is_not_found_rather_than_a_crash(browser, typed):
    told = {"provider_source_id": typed, "last_name": "Boone"}
    new = {"code": "", "client_class": "", "source_id": typed}
    assert browser.post("/clients", data=new).status_code in {303, 404}
    assert browser.post("/clients/C-0142/providers", data=told).status_code in {303, 404}
    visit = {"visit_on": "2026-06-01", "source_id": typed}
    assert browser.post("/clients/C-0142/visits", data=visit).status_code in {303, 404}
    release = {"from_on": "2026-05-01", "until_on": "2026-12-31", "release_source_id": typed}
    assert browser.post("/clients/C-0142/releases", data=release).status_code in {303, 404}


def test_a_goal_seen_by_a_number_of_its_own_says_what_it_counts(browser):
    goal = {"activity": "climb the stairs", "days": "30", "measure": "", "side": "", "target": "20"}
    refused = browser.post("/clients/C-0142/goals", data=goal | {"unit": ""})
    assert refused.status_code == 422
    assert "Say what the number counts" in refused.text
    assert browser.post("/clients/C-0142/goals", data=goal | {"unit": "steps"}).status_code == 303


def test_the_sheets_of_a_client_nobody_has_are_not_found(browser):
    assert browser.get("/clients/C-9999/record/person").status_code == 404
    assert browser.post("/clients/C-9999/record/person", data=PERSON).status_code == 404
    assert db.session.query(ClientSheet).count() == 0
