"""The six criteria: what bears each out, the verdict in the words it may have, and the page that asks."""

from datetime import UTC, date, datetime

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import criteria, record, record_service, session_service
from crm.clients.criteria import KEYS, NO_PROMISE, Filed, Referred, standings, verdict, why_no_packet
from crm.clients.models import Client
from crm.clients.record import Criteria, Diagnosis, Gate, Health, Insurance, Person, Plan
from crm.clients.record_models import Attendance, ClientSheet, Part
from crm.clients.session_service import SessionDetails
from crm.clients.vitals import Words
from crm.db import writing
from crm.documents.scope import check
from crm.documents.words_service import rules

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
DAY = date(2026, 5, 4)
ALL_YES = Criteria(dict.fromkeys(KEYS, "yes"))
PRIVATE = Person(insurance=Insurance.PRIVATE)
FULL = {
    "person": PRIVATE,
    "health": Health(diagnoses=(Diagnosis("Knee osteoarthritis", "M17.11", "Dr. Marsh", DAY),)),
    "gate": Gate({"concluded": "yes"}),
    "plan": Plan(deficits="Stairs", frequency="twice a week", duration="12 weeks", agreed_on=DAY),
    "goals": 2,
}


def referral(credential="MD", *, written=True, transition=False):
    return Referred("Dr. Helen Marsh", credential, DAY, written, transition)


def filed(*referrals, **values):
    return Filed(**{"referrals": referrals, **FULL, **values})


def said(on_file, told=ALL_YES):
    return verdict(standings(on_file, told), on_file.person.insurance)


def test_with_six_answered_and_borne_out_it_meets_six_of_six_and_promises_nothing():
    found = said(filed(referral()))
    assert found.words == "Meets 6/6."
    assert found.rest == NO_PROMISE == "Meeting the list makes a review possible, not a payment."


def test_nothing_answered_names_all_that_is_missing():
    found = said(Filed(), Criteria())
    assert found.words.startswith("Missing: a valid written referral; formal rehab has ended; ")
    assert found.words.count(";") == 5
    assert found.rest == NO_PROMISE


@pytest.mark.parametrize(
    ("insurance", "words"),
    [
        pytest.param(Insurance.MEDICARE, "Not eligible (Medicare).", id="Medicare"),
        pytest.param(Insurance.MEDICAID, "Not eligible (Medicaid).", id="Medicaid"),
        pytest.param(Insurance.OTHER_GOVERNMENT, "Not eligible (government plan).", id="another government plan"),
    ],
)
def test_a_government_plan_ends_it_whatever_is_answered(insurance, words):
    found = said(filed(referral(), person=Person(insurance=insurance)))
    assert (found.words, found.eligible) == (words, False)


@pytest.mark.parametrize(
    ("insurance", "answer", "met", "asked"),
    [
        pytest.param(Insurance.PRIVATE, "no", True, False, id="private on record goes before the answer"),
        pytest.param(Insurance.UNSAID, "yes", False, False, id="not said is not yet, whatever is answered"),
        pytest.param(Insurance.NONE, "yes", False, False, id="no insurance is no"),
        pytest.param(Insurance.MEDICARE, "yes", False, False, id="Medicare is no"),
        pytest.param(Insurance.WORKERS_COMP, "yes", True, True, id="workers' compensation is for a person to answer"),
        pytest.param(Insurance.AUTO, "", False, True, id="an auto claim nobody looked into is not yet"),
    ],
)
def test_the_kind_of_insurance_on_record_answers_where_it_can(insurance, answer, met, asked):
    on_file = filed(referral(), person=Person(insurance=insurance))
    six = {one.criterion.key: one for one in standings(on_file, Criteria({"insurance": answer}))}
    assert (six["insurance"].met, six["insurance"].asked) == (met, asked)


@pytest.mark.parametrize(
    ("referrals", "note", "lacks"),
    [
        pytest.param([referral("MD")], "", "", id="a physician, in writing"),
        pytest.param([referral("DPM")], "", "", id="a podiatrist, in writing"),
        pytest.param([], "In the drawer", "No written referral", id="none: a note is no referral"),
        pytest.param([referral("MD", written=False)], "", "No written referral", id="by phone only"),
        pytest.param([referral("DC")], "", "No written referral", id="a chiropractor is a relationship"),
        pytest.param([referral("PT")], "", "No written referral", id="a physical therapist is a relationship"),
        pytest.param([referral("PA")], "", "Name the supervising", id="a PA without the supervising physician"),
        pytest.param([referral("NP")], "Under Dr. Osei, MD", "", id="an NP with the supervising physician"),
        pytest.param([referral("PA"), referral("DO")], "", "", id="a PA, and a physician too"),
    ],
)
def test_only_a_written_referral_of_those_who_may_is_valid(referrals, note, lacks):
    told = Criteria(ALL_YES.answers, {"referral": note} if note else {})
    first = standings(filed(*referrals), told)[0]
    assert first.lacks.startswith(lacks) if lacks else first.met


@pytest.mark.parametrize("key", ["concluded", "condition", "deficits", "plan"])
def test_a_yes_needs_a_paper_or_a_note_that_says_where_it_lies(key):
    bare = Filed(referrals=[referral()], person=PRIVATE)
    for notes, met in (({}, False), ({key: "Letter in the blue folder"}, True)):
        six = {one.criterion.key: one for one in standings(bare, Criteria(ALL_YES.answers, notes))}
        assert six[key].met is met
        assert six[key].state == (("done", "Yes") if met else ("ask", "Yes, without a paper"))


@pytest.mark.parametrize(
    ("key", "on_file", "words", "place"),
    [
        pytest.param("referral", filed(referral()), "Referral from Dr. Helen Marsh, in writing", "referral", id="fax"),
        pytest.param(
            "concluded", filed(referral(transition=True)), "Dr. Helen Marsh confirms that care has ended", "referral",
            id="transition",
        ),
        pytest.param("concluded", filed(), "Intake: treatment for it has ended", "gate", id="intake"),
        pytest.param(
            "condition", filed(), "“Knee osteoarthritis, M17.11”, as stated by Dr. Marsh", "health", id="diagnosis"
        ),
        pytest.param("deficits", filed(assessed_on=DAY), "Assessment, baseline complete", "measures", id="assessment"),
        pytest.param("deficits", filed(measures=[("Gait speed 0.9", DAY)]), "Gait speed 0.9", "measures", id="measure"),
        pytest.param("plan", filed(), "Plan of exercise: twice a week, 12 weeks", "plan", id="plan"),
        pytest.param("plan", filed(), "2 goals", "goals", id="goals"),
        pytest.param("plan", filed(reports=[("Summary", DAY)]), "Summary, sent", "reports", id="report"),
        pytest.param("plan", filed(sessions=[DAY]), "1 session log, of", "sessions", id="session log"),
        pytest.param("insurance", filed(), "Private insurance, as told", "person", id="insurance"),
    ],
)  # fmt: skip
def test_what_is_on_file_is_named_with_its_place(key, on_file, words, place):
    assert (words, place) in [(found.words, found.place) for found in criteria.evidence(on_file)[key]]


@pytest.mark.parametrize(
    ("insurance", "referrals", "why"),
    [
        pytest.param(Insurance.MEDICARE, [referral()], "government plan", id="Medicare"),
        pytest.param(Insurance.MEDICAID, [referral()], "government plan", id="Medicaid"),
        pytest.param(Insurance.OTHER_GOVERNMENT, [referral()], "government plan", id="another government plan"),
        pytest.param(Insurance.UNSAID, [referral()], "how the client is insured", id="not said"),
        pytest.param(Insurance.PRIVATE, [referral("DC")], "No written referral", id="no valid referral"),
        pytest.param(Insurance.PRIVATE, [referral()], "", id="private, referred"),
    ],
)
def test_no_packet_is_made_where_it_could_mislead(insurance, referrals, why):
    assert why in why_no_packet(insurance, referrals)
    assert bool(why_no_packet(insurance, referrals)) is bool(why)


@pytest.fixture
def about(app, owner):
    with app.app_context():
        builders.user()
        source_id = paperwork.source()
        paperwork.client(source_id)
        yield owner


def put(part, told):
    with writing():
        record_service.save_sheet(
            builders.practice(), paperwork.only(Client), part, record.write(told), base=0,
            sealer=current_app.extensions["handoff"].sealer(), now=NOW,
        )  # fmt: skip


def answers(**more):
    return {"base": "0", **{f"answer_{key}": "yes" for key in KEYS}, **more}


def test_the_page_asks_the_six_and_the_client_page_leads_there(about):
    assert "/clients/C-0142/criteria" in about.get("/clients/C-0142").text
    page = about.get("/clients/C-0142/criteria").text
    for one in criteria.CRITERIA:
        assert one.asks in page
    assert NO_PROMISE in page
    assert "Nothing on file yet." in page


def test_answers_and_notes_are_kept_sealed_and_shown_again(about):
    answer = about.post("/clients/C-0142/criteria", data=answers(note_concluded="Discharge letter, blue folder"))
    assert answer.status_code == 303, answer.text
    page = about.get("/clients/C-0142/criteria").text
    assert "Discharge letter, blue folder" in page
    row = paperwork.newest(ClientSheet)
    assert row.part is Part.CRITERIA
    assert b"blue folder" not in row.sealed


def test_a_note_that_is_too_long_is_refused_with_what_was_typed(about):
    answer = about.post("/clients/C-0142/criteria", data=answers(note_plan="x" * 301))
    assert answer.status_code == 422
    assert "A note may have 300 characters." in answer.text
    assert "x" * 301 in answer.text


def test_answers_somebody_else_changed_meanwhile_are_not_written_over(about):
    about.post("/clients/C-0142/criteria", data=answers())
    answer = about.post("/clients/C-0142/criteria", data=answers(note_plan="mine"))
    assert answer.status_code == 409
    assert "mine" in answer.text
    assert (
        about.post("/clients/C-0142/criteria", data=answers(base=str(paperwork.newest(ClientSheet).id))).status_code
        == 303
    )


def test_a_client_of_a_government_plan_ends_as_not_eligible_and_gets_no_packet(about):
    put(Part.PERSON, Person(insurance=Insurance.MEDICARE))
    about.post("/clients/C-0142/criteria", data=answers())
    page = about.get("/clients/C-0142/criteria").text
    assert "Not eligible (Medicare)." in page
    assert "key=support-packet" not in page


def test_a_session_without_a_log_bears_nothing_out(about):
    with writing():
        for on, words in ((date(2026, 5, 4), Words()), (date(2026, 5, 5), Words(done="Stairs"))):
            session_service.log_session(
                builders.practice(), paperwork.only(Client),
                SessionDetails(on, Attendance.ATTENDED, words, f"form-{on}", later=words.is_empty),
                sealer=current_app.extensions["handoff"].sealer(), now=NOW,
            )  # fmt: skip
    page = about.get("/clients/C-0142/criteria").text
    assert "1 session log, of" in page


def test_every_word_of_the_six_is_within_scope():
    words = [text for one in criteria.CRITERIA for text in (one.asks, one.name.capitalize() + ".")]
    words += [NO_PROMISE, *(why_no_packet(kind, ()) for kind in Insurance)]
    assert [text for text in words if check(text, "billing", rules(), fragment=True).blocked] == []


def test_a_code_nobody_has_is_not_found(about):
    assert about.get("/clients/C-9999/criteria").status_code == 404
