"""The support packet: filled from rows, for the client alone, by hand only, refused for government plans."""

from datetime import UTC, date, datetime

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import goal_service, measure_service, record, record_queries, record_service, session_service
from crm.clients.goals import GoalTold
from crm.clients.measures import Reading
from crm.clients.models import Client, Referral, ReferralMethod
from crm.clients.record import Insurance, Person, Plan
from crm.clients.record_models import Attendance, Measurement, Occasion, Part
from crm.clients.session_service import SessionDetails
from crm.clients.vitals import Words
from crm.db import db, writing
from crm.documents.models import Delivery, Document, DocumentState
from crm.journal.models import JournalEntry
from crm.sources.models import Credential, Source

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
NEW = "/documents/new?key=support-packet&client=C-0142"
ADDRESS = "7 Cedar Court, Fairfield, OR 97000"
GOVERNMENT = [Insurance.MEDICARE, Insurance.MEDICAID, Insurance.OTHER_GOVERNMENT]


def sealer():
    return current_app.extensions["handoff"].sealer()


@pytest.fixture
def desk(app, owner):
    """A privately insured client with a written referral, sessions, measures, a goal and a plan."""
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        source_id = paperwork.source()
        paperwork.client(source_id, released=False)
        with writing():
            db.session.query(Measurement).delete()
            add_referral(source_id)
        insure(Insurance.PRIVATE)
        with writing():
            fill(db.session.query(Client).one())
        yield paperwork.Desk(app, owner)


def add_referral(source_id, *, written=True):
    client = db.session.query(Client).one()
    row = Referral(
        practice_id=client.practice_id, source_id=source_id, client_id=client.id, received_on=date(2026, 3, 1),
        method=ReferralMethod.FAX, is_written=written, has_wording=True, has_diagnosis=True, has_transition=True,
        sealed=b"", form_key="referral-form",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.sealed = sealer().seal({"service": "Functional Conditioning"}, table="referral", row=row.uuid)


def fill(client):
    practice = builders.practice()
    for on, words in (
        (date(2026, 3, 3), Words(done="Stairs")),
        (date(2026, 3, 10), Words(done="Stairs")),
        (date(2026, 5, 4), Words(done="Stairs")),
        (date(2026, 5, 5), Words()),  # not documented: it did not happen
    ):
        details = SessionDetails(on, Attendance.ATTENDED, words, f"form-{on}", later=words.is_empty, reason="known")
        session_service.log_session(practice, client, details, sealer=sealer(), now=NOW)
    for on, occasion, value in ((date(2026, 3, 10), Occasion.BASELINE, 8), (date(2026, 5, 4), Occasion.AGAIN, 13)):
        readings = [Reading("chair-stand-30s", value, on), Reading("pain", 3, on)]
        measure_service.take_measures(practice, client, readings, occasion, on=on, sealer=sealer(), now=NOW)
    plan = Plan(frequency="two sessions a week", duration="12 weeks", categories=("Strength",))
    record_service.save_sheet(practice, client, Part.PLAN, record.write(plan), base=0, sealer=sealer(), now=NOW)
    goal = GoalTold("Climb two flights", unit="steps", target=24, reached=20)
    goal_service.set_goal(practice, client, goal, days=30, due_on=date(2026, 6, 5), sealer=sealer(), now=NOW)


def insure(kind):
    with writing():
        client = db.session.query(Client).one()
        held = Person(name=paperwork.NAME, address=ADDRESS, insurance=kind)
        row = record_queries.sheet(client.practice_id, client.id, Part.PERSON)
        record_service.save_sheet(
            builders.practice(), client, Part.PERSON, record.write(held), base=row.id if row else 0, sealer=sealer(),
            now=NOW,
        )  # fmt: skip


def text_of(desk):
    """Return the text the packet begins with, as the composer shows it."""
    page = desk.browser.get(NEW)
    assert page.status_code == 200, page.headers.get("Location")
    return page.text.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].replace("&#39;", "'")


def approved(desk):
    return desk.approved(text_of(desk), key="support-packet", client="C-0142")


def test_it_lists_what_is_on_file_and_leaves_out_what_has_no_log(desk):
    text = text_of(desk)
    assert f"Client: {paperwork.NAME} (C-0142)" in text
    assert "Referral: Dr. Helen Marsh, MD, received in writing on March 1, 2026, for Functional Conditioning" in text
    assert "- March 2026: 3, 10 (2 sessions)\n- May 2026: 4 (1 session)" in text
    assert "- 30-second chair stand 8 on March 10, 2026, 13 stands on May 4, 2026 (meaningful change)" in text
    assert "Plan of exercise: Two sessions a week, for 12 weeks: strength." in text
    assert "- Climb two flights by June 5, 2026 (20 of 24 steps)" in text
    assert "pain" not in text.lower()
    assert "{{" not in text


def test_it_is_approved_without_a_release_and_frozen_on_one_page_for_the_client(desk):
    document_id = approved(desk)
    pages, words = paperwork.read(paperwork.frozen(document_id)[0])
    assert pages == 1
    assert ADDRESS in words
    assert "It is no bill and no claim, and it promises no payment." in " ".join(words.split())


def test_each_line_of_it_names_its_rows(desk):
    page = desk.browser.get(f"/documents/{approved(desk)}/approved").text
    assert "Days of the sessions whose log is written" in page
    assert page.count(">session ") == 3


def test_a_source_named_in_the_address_does_not_become_its_recipient(desk):
    source = db.session.query(Source).one()
    document_id = desk.write(text_of(desk), key="support-packet", client="C-0142", source=source.id)
    assert db.session.get_one(Document, document_id).source_id is None


def test_it_is_not_among_the_letters_to_sources(desk):
    assert "support-packet" not in desk.browser.get("/documents/new").text


@pytest.mark.parametrize("channel", ["email", "fax", "letter", "portal", "phone", "visit"])
def test_it_leaves_by_hand_only(desk, channel):
    document_id = approved(desk)
    desk.send(document_id, channel, agreed="y")
    db.session.rollback()
    assert db.session.query(Delivery).count() == 0


def test_handed_over_it_stands_on_the_list_of_what_was_told_without_a_name(desk):
    document_id = approved(desk)
    assert desk.send(document_id, "hand").status_code == 303
    delivery = paperwork.only(Delivery)
    assert (delivery.to_name, delivery.to_address) == ("Client C-0142", "")
    desk.browser.post(f"/deliveries/{delivery.id}/sent", data={"proof": "in_person"})
    page = desk.browser.get(f"/documents/{document_id}/approved").text
    assert "handed to the client" in page
    assert "Put it on its way" not in page
    told = desk.browser.get("/clients/C-0142/disclosures").text
    assert "handed to the client for their own use" in told
    assert "none needed: it is the client" in told
    db.session.rollback()
    assert paperwork.NAME not in str([entry.payload for entry in db.session.query(JournalEntry)])


@pytest.mark.parametrize("kind", [*GOVERNMENT, Insurance.UNSAID], ids=lambda kind: kind.value or "not said")
def test_it_is_refused_for_a_government_plan_and_where_nobody_said_which_plan(desk, kind):
    insure(kind)
    for address in (NEW, NEW.replace("new?", "new/page.svg?"), NEW.replace("new?", "new/test.pdf?")):
        answer = desk.browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/clients/C-0142/criteria")
    page = desk.browser.get("/clients/C-0142/criteria").text
    assert "no support packet is made." in page


def test_it_is_refused_without_a_written_referral_of_somebody_who_may(desk):
    with writing():
        db.session.query(Source).one().credential = Credential.DC
    assert desk.browser.get(NEW).headers["Location"] == "/clients/C-0142/criteria"


def test_a_draft_begun_before_the_plan_was_known_is_not_approved(desk):
    text = text_of(desk)
    document_id = desk.write(text, key="support-packet", client="C-0142")
    insure(Insurance.MEDICARE)
    answer = desk.approve(document_id, text)
    assert answer.status_code == 422
    assert "The client is in a government plan" in answer.text
    db.session.rollback()
    assert db.session.get_one(Document, document_id).state is DocumentState.DRAFT


def test_one_approved_before_the_plan_was_known_is_not_handed_over(desk):
    document_id = approved(desk)
    insure(Insurance.MEDICAID)
    answer = desk.send(document_id, "hand")
    assert answer.status_code == 422
    assert "The client is in a government plan" in answer.text


def test_a_promise_written_into_it_is_stopped(desk):
    text = text_of(desk).replace("This page is", "Your insurance will pay. This page is")
    document_id = desk.write(text, key="support-packet", client="C-0142")
    assert desk.approve(document_id, text).status_code == 422


def test_without_a_client_there_is_no_packet(desk):
    assert desk.browser.get("/documents/new?key=support-packet").status_code == 404


def test_it_is_refused_where_the_insurance_cannot_be_read(desk):
    with writing():
        client = db.session.query(Client).one()
        row = record_queries.sheet(client.practice_id, client.id, Part.PERSON)
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    assert desk.browser.get(NEW).headers["Location"] == "/clients/C-0142/criteria"
    assert desk.browser.get("/clients/C-0142/criteria").status_code == 503
