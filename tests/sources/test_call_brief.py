"""The brief before a provider call, and why there is none yet (H7)."""

from dataclasses import replace
from datetime import date

import builders
import paperwork
import pytest
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.clients import measure_service, record, record_service
from crm.clients import service as clients
from crm.clients.measure_service import Occasion
from crm.clients.measures import Reading
from crm.clients.models import Client, Referral, ReferralMethod
from crm.clients.record import Health, Limits
from crm.clients.record_models import Part
from crm.clients.referral_check import Elements
from crm.clients.series import series_of
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import AssessmentDone, RedFlag, SessionHeld, TaskDone
from crm.journal.models import JournalEntry
from crm.sources import call_brief
from crm.sources.call_brief import Asked
from crm.sources.models import BackgroundFact, Contact, ContactRole

PAGE, CALL = "/sources/1/call-brief", "C30:C-0142:1"
TODAY = date(2026, 5, 6)
FACT = "Trained in Lakewood and coaches the school's runners"


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source(phone="(503) 555-0144"))
        yield owner


def practice() -> Practice:
    return builders.practice()


def record_on(day, event, now, **about):
    with writing():
        journal.record(practice(), event, on=date.fromisoformat(day), now=now, **about)


@pytest.fixture
def unlocked(browser, clock):
    """Three sessions were held, and the summary is in the chart."""
    record_on("2026-04-20", AssessmentDone(client="C-0142"), clock.now)
    for day in ("2026-04-22", "2026-04-24", "2026-04-27"):
        record_on(day, SessionHeld(client="C-0142"), clock.now)
    record_on("2026-04-22", TaskDone(key="C24:C-0142:1"), clock.now, source_id=1, client_id=1)
    return browser


@pytest.fixture
def sealer(app):
    return app.extensions["handoff"].sealer()


def measure(sealer, now, value, on, occasion):
    with writing():
        reading = Reading("chair-stand-30s", value, on)
        measure_service.take_measures(
            practice(), db.session.scalar(select(Client)), [reading], occasion, on=on, sealer=sealer, now=now
        )


def test_without_a_summary_sent_the_call_is_locked_and_the_front_desk_is_not(browser):
    page = browser.get(PAGE).text
    assert "Not yet." in page
    assert "An assessment summary sent to them" in page
    assert "Log a receipt check" in page
    assert "outcome" not in page


def test_the_receipt_check_that_is_planned_is_offered(app, browser, clock):
    record_on("2026-04-20", AssessmentDone(client="C-0142"), clock.now)
    browser.post("/sources/1/touch", data={"kind": "package_sent", "on": "2026-05-06"})
    assert "/tasks/C11:s1:2026-05-06" in browser.get(PAGE).text


def test_without_a_client_in_common_the_call_is_locked(app, owner):
    with app.app_context():
        paperwork.source()
        page = owner.get(PAGE).text
    assert "A client in common" in page
    assert "Not yet." in page


def test_who_wants_no_contact_is_not_called(unlocked):
    unlocked.post("/sources/1/touch", data={"kind": "opt_out", "on": "2026-05-06"})
    page = unlocked.get(PAGE).text
    assert "They want no contact." in page
    assert "Log a receipt check" not in page


def test_a_planned_call_opens_its_brief_from_today_and_from_the_source(unlocked):
    assert unlocked.get(f"/tasks/{CALL}").headers["Location"] == f"{PAGE}?task={CALL}"
    assert f"/tasks/{CALL}" in unlocked.get("/").text
    assert f"/tasks/{CALL}" in unlocked.get("/sources/1").text


def test_the_brief_tells_by_code_what_is_known(unlocked, sealer, clock):
    measure(sealer, clock.now, 8, date(2026, 4, 27), Occasion.BASELINE)
    measure(sealer, clock.now, 13, date(2026, 5, 5), Occasion.AGAIN)
    with writing():
        client = db.session.scalar(select(Client))
        clients.schedule_visit(practice(), client, date(2026, 5, 20), source=None, now=clock.now)
    page = unlocked.get(f"{PAGE}?task={CALL}").text
    assert "C-0142" in page
    assert "3 sessions held" in page
    assert "Assessment summary, " in page
    assert "8 to 13 stands" in page
    assert "meaningful change" in page
    assert "Wed&nbsp;20&nbsp;May" in page
    assert "(503) 555-0144" in page
    assert paperwork.NAME not in page
    for purpose, _text in call_brief.PURPOSES:
        assert purpose in page
    assert "Which exercises to use" in page


def test_the_office_manager_is_asked_for_before_everybody_else(unlocked):
    with writing():
        for name, role in (("Gloria", ContactRole.FRONT_DESK), ("Carmen", ContactRole.OFFICE_MANAGER)):
            db.session.add(Contact(practice_id=practice().id, source_id=1, name=name, role=role))
    assert "Ask for Carmen." in unlocked.get(PAGE).text


def test_one_public_fact_stands_with_its_source_and_day(unlocked):
    with writing():
        for text, day in (("An old one", 1), (FACT, 4)):
            fact = BackgroundFact(
                practice_id=practice().id, source_id=1, text=text, found_at="Office page", read_on=date(2026, 5, day)
            )
            db.session.add(fact)
    page = unlocked.get(PAGE).text
    assert "coaches the school" in page
    assert "Office page, read" in page
    assert "An old one" not in page


def test_the_public_fact_never_stands_in_a_letter_or_sheet(unlocked):
    with writing():
        db.session.add(
            BackgroundFact(
                practice_id=practice().id, source_id=1, text="Zanzibar regatta", found_at="Paper", read_on=TODAY
            )
        )
    for path in (f"/sheets/call-sheet.pdf?task={CALL}", "/documents/new/test.pdf?key=call-confirmation&source=1"):
        assert "Zanzibar" not in paperwork.read(unlocked.get(path).data)[1]


def test_the_outcome_is_logged_below_the_brief(unlocked):
    page = unlocked.get(f"{PAGE}?task={CALL}").text
    assert f'action="/tasks/{CALL}/outcome"' in page
    given = {"outcome": "reached", "limits": "yes", "note": "Load up to 20 pounds.", "back": "/sources/1"}
    answer = unlocked.post(f"/tasks/{CALL}/outcome", data=given)
    assert answer.headers["Location"] == "/sources/1"
    entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert (entry.type, entry.payload) == ("task_done", {"key": CALL, "limits": True})
    assert "This call is settled" in unlocked.get(f"{PAGE}?task={CALL}").text


def test_a_change_in_status_comes_before_every_other_call(unlocked, clock):
    with writing():
        clients.record_client_event(
            practice(), db.session.scalar(select(Client)), RedFlag(client="C-0142"), now=clock.now
        )
    page = unlocked.get(PAGE).text
    assert "This comes first." in page
    assert "/tasks/C34a:C-0142:2026-05-06" in page
    assert "Exercise rests" in page


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("C24:C-0142:1", id="not a provider call"),
        pytest.param("C30:C-9999:1", id="no such task"),
    ],
)
def test_a_brief_is_for_a_provider_call_of_this_source_only(unlocked, key):
    assert unlocked.get(f"{PAGE}?task={key}").status_code == 404


def test_the_task_of_another_source_has_its_brief_there(unlocked, clock):
    other = paperwork.source("Other")
    paperwork.client(other, code="C-0500", name="Somebody Else")
    with writing():
        journal.record(practice(), AssessmentDone(client="C-0500"), now=clock.now)
        journal.record(
            practice(), TaskDone(key="C24:C-0500:1"), now=clock.now, source_id=other,
            client_id=db.session.scalar(select(Client.id).where(Client.code == "C-0500")),
        )  # fmt: skip
    assert unlocked.get(f"/sources/{other}/call-brief").status_code == 200
    assert unlocked.get(f"/sources/{other}/call-brief?task={CALL}").status_code == 404


def test_what_the_referral_lacks_and_which_limits_are_not_confirmed_is_asked(unlocked, sealer, clock):
    with writing():
        client = db.session.scalar(select(Client))
        referral = Referral(
            practice_id=client.practice_id, source_id=1, client_id=client.id, received_on=date(2026, 4, 17),
            method=ReferralMethod.FAX, is_written=True, has_wording=False, has_diagnosis=True, has_transition=False,
            sealed=b"",
        )  # fmt: skip
        db.session.add(referral)
        health = Health(limits=Limits(systolic=150, diastolic=90, set_by="Dr. Marsh"))
        record_service.save_sheet(
            practice(), client, Part.HEALTH, record.write(health), base=0, sealer=sealer, now=clock.now
        )
    page = unlocked.get(PAGE).text
    assert "wording, Care has ended" in page
    assert "Limits not confirmed: blood pressure up to 150/90 mmHg." in page


def test_with_the_key_away_the_brief_says_what_is_missing(unlocked, app, sealer, clock, settings):
    measure(sealer, clock.now, 8, date(2026, 4, 27), Occasion.BASELINE)
    with writing():
        record_service.save_sheet(
            practice(), db.session.scalar(select(Client)), Part.HEALTH,
            record.write(Health(limits=Limits(heart_rate=120))), base=0, sealer=sealer, now=clock.now,
        )  # fmt: skip
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    app.extensions["handoff"]._sealer = None
    page = unlocked.get(PAGE).text
    assert "Measures cannot be read" in page
    assert "Limits cannot be read" in page


FINE = Asked(
    elements=Elements(written=True, wording=True, diagnosis=True, transition=True),
    referred_on=date(2026, 4, 17),
    limits=Limits(heart_rate=120, confirmed_on=date(2026, 5, 1)),
    limits_readable=True,
    release_until=date(2026, 12, 31),
)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(FINE, [], id="nothing open"),
        pytest.param(
            replace(FINE, release_until=None),
            ["No release covers them: name no client and no finding."],
            id="no release",
        ),
        pytest.param(
            replace(FINE, release_until=date(2026, 6, 5)), ["The release ends Fri\xa05\xa0Jun."], id="ends in 30"
        ),
        pytest.param(replace(FINE, release_until=date(2026, 6, 6)), [], id="ends in 31"),
        pytest.param(
            replace(FINE, limits=None),
            ["No limits on file. Ask for blood pressure, heart rate, glucose, load."],
            id="no limits",
        ),
        pytest.param(replace(FINE, elements=None, referred_on=None), [], id="no referral at all"),
    ],
)
def test_what_is_open_is_said_most_pressing_first(asked, said):
    assert call_brief.questions(asked, TODAY) == said


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        pytest.param([], "", id="nothing measured"),
        pytest.param([Reading("pain", 6, TODAY), Reading("pain", 2, TODAY)], "", id="pain is no headline"),
        pytest.param(
            [Reading("chair-stand-30s", 8, TODAY)],
            "30-second chair stand: 8 stands on Wed\xa06\xa0May, measured once",
            id="once",
        ),
    ],
)
def test_one_change_is_told_in_our_words(readings, said):
    assert call_brief.change_words(series_of(readings), TODAY) == said
