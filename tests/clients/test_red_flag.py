"""A red flag through its own page: exercise rests, the office is called and written to, and how it goes on (H13)."""

import itertools
from datetime import date

import builders
import paperwork
import pytest
from flask import current_app

from crm.clients import flags
from crm.clients.models import Client
from crm.clients.record_models import FlagRaised
from crm.db import db, writing
from crm.documents.scope import check
from crm.documents.words_service import rules
from crm.journal.models import EntryNote, JournalEntry
from crm.outreach.models import Task

SEEN = "The right foot felt asleep after the third set."
GIVEN = {
    "flags": ["numbness", "function"],
    "seen": SEEN,
    "told": "To rest and to call the surgeon.",
    "on": "2026-05-06",
}
LIFTED = {"who": "Dr. Helen Marsh, by phone", "limits": "Heart rate up to 110", "on": "2026-05-06"}


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source(phone="(503) 555-0144"))
        yield owner


@pytest.fixture
def unreleased(app, owner):
    with app.app_context():
        paperwork.client(paperwork.source(), released=False)
        yield owner


def raise_flag(browser, code="C-0142", **values):
    return browser.post(f"/clients/{code}/flag", data={"stopped": flags.STOPPED, "asked": "nobody", **GIVEN, **values})


def client():
    return paperwork.only(Client)


def types():
    db.session.rollback()
    return [entry.type for entry in db.session.query(JournalEntry).order_by(JournalEntry.seq)]


def tasks():
    db.session.rollback()
    return {task.rule: task for task in db.session.query(Task)}


def seq_of(kind):
    db.session.rollback()
    return db.session.query(JournalEntry).filter_by(type=kind).one().seq


def test_the_form_shows_the_emergency_note_before_everything_else(browser):
    page = browser.get("/clients/C-0142/flag").text
    assert "In danger now? Call" in page
    assert page.index("tel:911") < page.index('name="flags"')
    assert page.count('name="flags"') == len(flags.FLAGS) == 9


def test_the_button_opens_the_form_in_the_dialog(browser):
    page = browser.get("/clients/C-0142/flag", headers={"HX-Request": "true"}).text
    assert "layer-title" in page
    assert "<html" not in page


def test_a_flag_lets_exercise_rest_and_plans_the_call_today_and_the_letter_tomorrow(browser):
    answer = raise_flag(browser)
    assert answer.headers["Location"] == f"/clients/C-0142/flag/{seq_of('red_flag')}"
    assert client().on_hold
    planned = tasks()
    assert (planned["C34a"].due, planned["C34b"].due) == (date(2026, 5, 6), date(2026, 5, 7))
    page = browser.get(answer.headers["Location"]).text
    assert "/tasks/C34a:C-0142:2026-05-06" in page
    assert "/tasks/C34b:C-0142:2026-05-06" in page
    assert "(503) 555-0144" in page
    assert SEEN in page
    assert "Blocked" not in page


def test_the_draft_of_the_letter_takes_its_words_from_the_flag(browser):
    raise_flag(browser)
    draft = browser.get("/documents/new?task=C34b:C-0142:2026-05-06").text
    assert (
        f"On May 6, 2026 I noted numbness or tingling and loss of something that was possible before. {SEEN}" in draft
    )
    assert flags.STOPPED in draft
    assert "Please tell me whether exercise may go on" in draft


def test_what_was_seen_is_sealed(browser):
    raise_flag(browser)
    row = paperwork.only(FlagRaised)
    assert SEEN.encode() not in row.sealed
    assert (row.raised_on, row.entry_seq) == (date(2026, 5, 6), seq_of("red_flag"))
    entry = db.session.get(JournalEntry, row.entry_seq)
    assert entry.payload == {"client": "C-0142"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"flags": [], "seen": ""}, "Tick what applies, or write what was seen.", id="nothing said"),
        pytest.param({"on": "2026-05-07"}, "This day has not come yet.", id="a day to come"),
        pytest.param({"on": ""}, "Say which day.", id="no day"),
        pytest.param({"seen": "x" * 2001}, "This may have 2,000 characters.", id="too long"),
    ],
)
def test_what_is_no_flag_is_refused_with_the_reason_and_what_was_typed(browser, values, said):
    answer = raise_flag(browser, **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert GIVEN["told"] in answer.text
    assert not client().on_hold


def test_one_tick_is_enough(browser):
    assert raise_flag(browser, flags=["chest"], seen="", stopped="", told="").status_code == 303
    assert client().on_hold


def test_undo_takes_the_hold_back_and_with_it_the_tasks(browser):
    raise_flag(browser)
    seq = seq_of("red_flag")
    browser.post(f"/undo/{seq}")
    assert not client().on_hold
    assert not {"C34a", "C34b"} & set(tasks())
    assert browser.get(f"/clients/C-0142/flag/{seq}").headers["Location"] == "/clients/C-0142"


def test_without_a_release_the_letter_is_blocked_and_the_client_is_asked_to_call(unreleased):
    raise_flag(unreleased)
    seq = seq_of("red_flag")
    page = unreleased.get(f"/clients/C-0142/flag/{seq}").text
    assert "Blocked" in page
    assert "the letter stays blocked until one is filed" in page
    asked = {"who_asked": "emergency", "asked_on": "2026-05-06"}
    assert unreleased.post(f"/clients/C-0142/flag/{seq}/asked", data=asked).status_code == 303
    entry = db.session.query(JournalEntry).filter_by(type="provider_asked_through_client").one()
    assert entry.payload == {"client": "C-0142", "flag": seq, "who": "emergency"}
    assert "The emergency contact was asked" in unreleased.get(f"/clients/C-0142/flag/{seq}").text
    answer = unreleased.get("/documents/new?task=C34b:C-0142:2026-05-06")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"asked_on": "2026-05-05"}, "The flag was raised after this day.", id="before the flag"),
        pytest.param({"who_asked": ""}, "Say who was asked.", id="nobody"),
        pytest.param({"asked_on": "2026-05-07"}, "This day has not come yet.", id="a day to come"),
    ],
)
def test_who_was_asked_needs_a_person_and_a_day(unreleased, values, said):
    raise_flag(unreleased)
    url = f"/clients/C-0142/flag/{seq_of('red_flag')}/asked"
    answer = unreleased.post(url, data={"who_asked": "client", "asked_on": "2026-05-06", **values})
    assert answer.status_code == 422
    assert said in answer.text


def test_who_was_asked_at_once_is_logged_with_the_flag(unreleased):
    raise_flag(unreleased, asked="client")
    assert types()[-2:] == ["red_flag", "provider_asked_through_client"]


def test_a_client_without_a_provider_is_flagged_as_well(app, owner):
    with app.app_context():
        with writing():
            builders.client(code="C-0200")
        assert raise_flag(owner, "C-0200").status_code == 303
        assert set(tasks()) >= {"C34a"}
        assert "C34b" not in tasks()
        page = owner.get(f"/clients/C-0200/flag/{seq_of('red_flag')}").text
        assert "nobody can be written to" in page
        assert "Ask the client, or the emergency contact" in page


def test_lifting_keeps_who_said_so_and_the_limits_and_undo_puts_the_hold_back(browser):
    raise_flag(browser)
    seq = seq_of("red_flag")
    assert browser.post(f"/clients/C-0142/flag/{seq}/lift", data=LIFTED).status_code == 303
    assert not client().on_hold
    lifted = seq_of("hold_lifted")
    assert paperwork.only(FlagRaised).lifted_seq == lifted
    note = db.session.get(EntryNote, lifted)
    sealer = current_app.extensions["handoff"].sealer()
    words = sealer.open(note.sealed, table="entry_note", row=str(lifted))["text"]
    assert LIFTED["who"] in words
    assert LIFTED["limits"] in words
    assert "Exercise goes on</b>" in browser.get(f"/clients/C-0142/flag/{seq}").text
    browser.post(f"/undo/{lifted}")
    assert client().on_hold
    assert paperwork.only(FlagRaised).lifted_seq is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"who": ""}, "Say who said so.", id="nobody said so"),
        pytest.param({"limits": " "}, "Write the limits", id="no limits"),
        pytest.param({"on": "2026-05-07"}, "This day has not come yet.", id="a day to come"),
        pytest.param({"on": "2026-05-05"}, "The flag was raised after this day.", id="before the flag"),
    ],
)
def test_nobody_goes_on_without_who_when_and_how_far(browser, values, said):
    raise_flag(browser)
    answer = browser.post(f"/clients/C-0142/flag/{seq_of('red_flag')}/lift", data=LIFTED | values)
    assert answer.status_code == 422
    assert said in answer.text
    assert client().on_hold


def test_of_two_flags_each_is_lifted_by_itself(browser):
    raise_flag(browser, on="2026-05-04")
    raise_flag(browser)
    first, second = (e.seq for e in db.session.query(JournalEntry).filter_by(type="red_flag").order_by("seq"))
    browser.post(f"/clients/C-0142/flag/{first}/lift", data=LIFTED)
    assert client().on_hold
    browser.post(f"/clients/C-0142/flag/{second}/lift", data=LIFTED)
    assert not client().on_hold
    browser.post(f"/clients/C-0142/flag/{second}/lift", data=LIFTED)
    assert types().count("hold_lifted") == 2


def test_only_a_red_flag_of_this_client_has_a_page(browser):
    raise_flag(browser)
    with writing():
        builders.client(code="C-0300")
    seq = seq_of("red_flag")
    assert browser.get(f"/clients/C-0300/flag/{seq}").status_code == 404
    browser.post(f"/clients/C-0142/flag/{seq}/lift", data=LIFTED)
    assert browser.get(f"/clients/C-0142/flag/{seq_of('hold_lifted')}").status_code == 404


def test_with_the_key_away_the_flag_still_stands_and_the_page_says_what_is_missing(browser, settings):
    raise_flag(browser, on="2026-05-05")
    settings.keyring_path.rename(settings.keyring_path.with_suffix(".away"))
    current_app.extensions["handoff"]._sealer = None
    assert "Cannot be read: the key is missing" in browser.get(f"/clients/C-0142/flag/{seq_of('red_flag')}").text
    refused = raise_flag(browser)
    assert refused.status_code == 422
    assert "the key is missing" in refused.text
    assert raise_flag(browser, flags=[], seen="", stopped="", told="").status_code == 303
    assert types().count("red_flag") == 2


@pytest.mark.parametrize(
    "ticked",
    [
        *[pytest.param([flag.key], id=flag.key) for flag in flags.FLAGS],
        pytest.param([flag.key for flag in flags.FLAGS], id="all nine"),
    ],
)
@pytest.mark.parametrize("asked", list(flags.ASKED))
def test_the_words_for_the_letter_stay_in_scope(ticked, asked):
    said = flags.letter_words({"flags": ticked, "asked": asked}, date(2026, 5, 6))
    assert set(said) == {"change", "stopped", "asked"}
    verdict = check("\n\n".join(said.values()), "report", rules(), fragment=True, release=True)
    assert [(f.rule, f.matched) for f in verdict.findings if f.severity != "hint"] == []


def test_the_words_for_the_letter_say_what_was_seen_on_which_day():
    said = flags.letter_words(
        {"flags": ["numbness", "swelling"], "seen": "The foot felt asleep", "stopped": "The leg press"},
        date(2026, 5, 6),
    )
    assert said["change"] == "On May 6, 2026 I noted numbness or tingling and swelling. The foot felt asleep."
    assert said["stopped"] == "The leg press."


def test_without_anything_known_the_letter_keeps_its_gaps():
    assert flags.letter_words({}, date(2026, 5, 6)) == {}


def test_every_flag_has_its_own_words():
    for one, other in itertools.combinations(flags.FLAGS, 2):
        assert len({one.key, other.key, one.tick, other.tick}) == 4
