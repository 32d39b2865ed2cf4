"""The composer through HTTP: what is saved, judged, refused, frozen."""

import re

import paperwork
import pytest
from flask import current_app
from paperwork import CLEAN, NAME, Desk

from crm.db import db
from crm.documents.models import Document, DocumentFile, DocumentState
from crm.documents.service import open_body
from crm.journal.models import JournalEntry

FIRST = """Dear Dr. Marsh,

I do not diagnose, treat, or provide therapy. My work supports physical therapy. Written referrals are welcome.

With kind regards,

Robin Vale, MES

Enclosures: service overview"""


@pytest.fixture
def desk(app, owner):
    with app.app_context():
        paperwork.letterhead()
        yield Desk(app, owner)


def text_of(document_id):
    db.session.rollback()
    return open_body(db.session.get_one(Document, document_id), current_app.extensions["handoff"].sealer())


def test_a_letter_begins_with_the_facts_filled_in_and_saves_nothing_yet(desk):
    source_id = paperwork.source()
    page = desk.browser.get(f"/documents/new?key=intro-physician&source={source_id}")
    assert "Dear Dr. Marsh," in page.text
    assert "Robin Vale, MES" in page.text
    assert db.session.query(Document).count() == 0


def test_the_first_word_makes_it_a_draft_and_its_text_is_sealed(desk):
    document_id = desk.write("Dear Dr. Marsh, something only the two of us know", source=paperwork.source())
    assert text_of(document_id).text.startswith("Dear Dr. Marsh, something")
    assert b"something only" not in paperwork.only(Document).sealed


def test_a_fact_in_braces_is_filled_in_while_one_types(desk):
    document_id = desk.write(source=paperwork.source())
    answer = desk.save(document_id, "Dear {{salutation}},", 1)
    assert "Dear Dr. Marsh," in answer.text
    assert text_of(document_id).text == "Dear Dr. Marsh,"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Dear {{nickname}}", "The desk knows no such placeholder.", id="unknown"),
        pytest.param("On {{event_on}}", "Not on file: date of the lunch-and-learn.", id="empty"),
        pytest.param("{{answer}}", "To be written: your answer, within scope.", id="to be written"),
    ],
)
def test_a_placeholder_that_is_unknown_or_empty_is_pointed_at_and_blocks(desk, text, said):
    document_id = desk.write(text, source=paperwork.source())
    assert said in desk.save(document_id, text + " ", 1).text
    assert desk.approve(document_id, text).status_code == 422
    assert paperwork.only(Document).state == DocumentState.DRAFT


def test_a_finding_is_replaced_with_one_click(desk):
    text = CLEAN + "\n\nWe offer exercise therapy for knee pain."
    document_id = desk.write(text, source=paperwork.source())
    shown = desk.save(document_id, text, 1).text
    value = re.search(r'name="swap" value="([^"]+)"', shown)[1]
    answer = desk.save(document_id, text, 1, swap=value)
    assert "exercise therapy" not in text_of(document_id).text
    assert "Nothing to replace" in answer.text


def test_a_block_has_no_override_and_leaves_no_frozen_byte(desk):
    text = CLEAN + "\n\nWe treat knee pain."
    document_id = desk.write(text, source=paperwork.source())
    page = desk.approve(document_id, text)
    assert page.status_code == 422
    assert "We treat knee pain." in page.text
    assert db.session.query(DocumentFile).count() == 0
    refused = desk.browser.post(
        f"/documents/{document_id}/keep", data={"rule": "X01", "start": text.index("treat"), "reason": "because"}
    )
    assert refused.status_code == 303
    assert text_of(document_id).kept == ()


def test_a_warning_stays_with_a_reason_until_its_sentence_changes(desk):
    text = CLEAN + "\n\nOur patients love the group sessions."
    document_id = desk.write(text, source=paperwork.source())
    assert desk.approve(document_id, text).status_code == 422
    start = text.index("patients")
    too_short = desk.browser.post(
        f"/documents/{document_id}/keep", data={"rule": "S01", "start": start, "reason": "ok"}
    )
    assert too_short.status_code == 303
    assert text_of(document_id).kept == ()
    desk.browser.post(
        f"/documents/{document_id}/keep", data={"rule": "S01", "start": start, "reason": "their own word"}
    )
    assert text_of(document_id).kept[0].reason == "their own word"
    changed = text.replace("love the", "love our")
    assert desk.approve(document_id, changed, paperwork.only(Document).version).status_code == 422
    assert desk.approve(document_id, text, paperwork.only(Document).version).status_code == 303
    kinds = {entry.type for entry in db.session.query(JournalEntry)}
    assert {"finding_kept", "document_approved"} <= kinds


def test_two_windows_cannot_overwrite_each_other(desk):
    document_id = desk.write(source=paperwork.source())
    assert desk.save(document_id, CLEAN + " One.", 1).status_code == 200
    late = desk.save(document_id, CLEAN + " Two.", 1)
    assert late.status_code == 409
    assert "changed in another window" in late.text
    assert text_of(document_id).text.endswith("One.")


def test_what_is_approved_never_changes_and_a_correction_is_a_new_letter(desk):
    document_id = desk.approved(source=paperwork.source())
    before = paperwork.frozen(document_id)
    desk.save(document_id, "Something else", 1)
    assert paperwork.frozen(document_id) == before
    answer = desk.browser.post(f"/documents/{document_id}/correct")
    fresh = paperwork.newest(Document)
    assert answer.headers["Location"].endswith(f"/documents/{fresh.id}")
    assert (fresh.replaces_id, fresh.state) == (document_id, DocumentState.DRAFT)


def test_the_approved_page_reads_the_same_in_another_program(desk):
    document_id = desk.approved(source=paperwork.source())
    pages, words = paperwork.read(paperwork.frozen(document_id)[0])
    assert pages == 1
    assert "I am glad to call your office next week." in words.replace("\n", " ")
    assert "40 Lake Street" in words


def test_the_first_letter_takes_its_papers_along_and_makes_the_package_ready(desk):
    source_id = paperwork.source()
    page = desk.browser.get(f"/documents/new?key=intro-physician&source={source_id}").text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    document_id = desk.approved(text, key="intro-physician", source=source_id)
    keys = [file.key for file in db.session.query(DocumentFile).order_by(DocumentFile.position)]
    assert keys == ["intro-physician", "overview", "referral-form"]
    assert "package_ready" in {entry.type for entry in db.session.query(JournalEntry)}
    assert db.session.get_one(Document, document_id).task_key.startswith("C10:")


def test_a_letter_about_a_client_needs_a_release_for_this_recipient(desk):
    source_id = paperwork.source()
    paperwork.client(source_id, released=False)
    document_id = desk.write(CLEAN, key="message-note", source=source_id, client="C-0142")
    page = desk.approve(document_id)
    assert page.status_code == 422
    assert "No valid release" in page.text
    assert paperwork.only(Document).state == DocumentState.DRAFT


@pytest.mark.parametrize(
    ("key", "words"),
    [
        pytest.param("education-answer", f"As with {NAME}.", id="a letter about nobody names a client"),
        pytest.param("education-answer", "As with C-0142.", id="a letter about nobody gives a code"),
        pytest.param("thank-you", f"Thank you for {NAME.upper()}.", id="a card, in capitals"),
        pytest.param("referral-ack", f"Your referral of {NAME} arrived.", id="an acknowledgement with the full name"),
    ],
)
def test_a_client_is_named_in_no_letter_that_may_not(desk, key, words):
    source_id = paperwork.source()
    paperwork.client(source_id)
    text = CLEAN.replace("Thank you for your note about exercise after discharge.", words)
    about = {"client": "C-0142"} if key == "referral-ack" else {}
    document_id = desk.write(text, key=key, source=source_id, **about)
    assert desk.approve(document_id, text).status_code == 422
    assert paperwork.only(Document).state == DocumentState.DRAFT


def test_another_clients_name_stands_in_no_report(desk):
    source_id = paperwork.source()
    paperwork.client(source_id)
    paperwork.client(source_id, name="Bartholomew Finch", code="C-0143")
    text = CLEAN.replace("Thank you", "Like Bartholomew Finch. Thank you")
    document_id = desk.write(text, key="message-note", source=source_id, client="C-0142")
    assert desk.approve(document_id, text).status_code == 422


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("<script>alert(1)</script> & <b>bold</b>", id="markup"),
        pytest.param('#import "x"; #read("/etc/passwd") $x^2$ *bold* _it_ @label <label> ``` `', id="typst code"),
        pytest.param("{{ 7 * 7 }} {% raw %} ${7*7}", id="template code"),
        pytest.param("\\n \\u0041 %s {0} 'quoted' \"twice\"", id="escapes"),
    ],
)
def test_hostile_text_prints_literally(desk, hostile):
    text = CLEAN.replace("Thank you for your note", hostile)
    document_id = desk.approved(text, source=paperwork.source())
    words = paperwork.read(paperwork.frozen(document_id)[0])[1]
    assert re.sub(r"\s", "", hostile) in re.sub(r"\s", "", words)
    assert "<script>alert" not in desk.browser.get("/documents").text


def test_control_characters_never_get_into_a_letter(desk):
    document_id = desk.write("Dear\x00 Dr.\x07 Marsh,\x1b[31m\x85line\u202e", source=paperwork.source())
    assert text_of(document_id).text.replace("\u202e", "") == "Dear Dr. Marsh,[31m\nline"


def test_a_text_too_long_is_refused_with_the_field_named_and_nothing_is_lost(desk):
    answer = desk.browser.post(
        "/documents/text", data={"key": "education-answer", "source": paperwork.source(), "text": "x" * 200_000}
    )
    assert answer.status_code == 422
    assert "12,000 characters" in answer.text
    assert db.session.query(Document).count() == 0


def test_names_in_other_scripts_print_and_what_no_face_has_is_pointed_at(desk):
    text = CLEAN.replace("Robin Vale", "李小龍 Ελένη Олена עדי محمد 김민준 राम")
    document_id = desk.approved(text, source=paperwork.source())
    assert "Ελένη" in paperwork.read(paperwork.frozen(document_id)[0])[1]
    odd = CLEAN.replace("Robin Vale", "Robin \U00012000")
    second = desk.write(odd, source=paperwork.source("Other"))
    page = desk.approve(second, odd)
    assert page.status_code == 422
    assert "No typeface has this character" in page.text


def test_more_than_one_page_is_refused(desk):
    text = CLEAN.replace("Thank you", "One more line.\n\n" * 60 + "Thank you")
    document_id = desk.write(text, source=paperwork.source())
    assert "too many for one page" in desk.save(document_id, text, 1).text
    assert desk.approve(document_id, text).status_code == 422


def test_a_draft_put_aside_comes_back(desk):
    document_id = desk.write(source=paperwork.source())
    desk.browser.post(f"/documents/{document_id}/discard")
    assert "Drafts" not in desk.browser.get("/documents").text
    desk.browser.post(f"/documents/{document_id}/restore")
    assert "Drafts" in desk.browser.get("/documents").text


def test_a_practices_own_wording_begins_new_letters_and_ours_comes_back(desk):
    source_id = paperwork.source()
    page = desk.browser.post(
        "/documents/templates/closing-note", data={"words": "Dear {{salutation}},\n\nMy own words."}
    )
    assert page.status_code == 303
    assert "My own words." in desk.browser.get(f"/documents/new?key=closing-note&source={source_id}").text
    desk.browser.post("/documents/templates/closing-note/ours")
    assert "My own words." not in desk.browser.get(f"/documents/new?key=closing-note&source={source_id}").text


def test_a_template_with_an_unknown_fact_is_refused_when_saved(desk):
    page = desk.browser.post("/documents/templates/closing-note", data={"words": "Dear {{boss}},"})
    assert page.status_code == 422
    assert "{{boss}}" in page.text
    assert "Dear {{boss}}," in page.text


def test_without_the_key_a_letter_is_not_shown_and_the_list_still_is(desk, settings, tmp_path):
    document_id = desk.write(source=paperwork.source())
    settings.keyring_path.rename(tmp_path / "elsewhere.json")
    desk.app.extensions["handoff"]._sealer = None
    page = desk.browser.get(f"/documents/{document_id}")
    assert page.status_code == 503
    assert "the key file is missing" in page.text
    assert desk.browser.get("/documents").status_code == 200


def test_a_word_of_ones_own_is_looked_for_and_dropped_again(desk):
    document_id = desk.write(CLEAN.replace("glad", "thrilled"), source=paperwork.source())
    desk.browser.post("/documents/rules/terms", data={"words": "Thrilled", "severity": "warn"})
    assert "<q>thrilled</q>" in desk.browser.get(f"/documents/{document_id}").text
    desk.browser.post("/documents/rules/terms/U01/drop")
    assert "<q>thrilled</q>" not in desk.browser.get(f"/documents/{document_id}").text


def test_a_warning_can_be_made_lighter_and_a_block_cannot(desk):
    text = CLEAN + "\n\nOur patients love the group sessions."
    document_id = desk.write(text, source=paperwork.source())
    assert desk.browser.post("/documents/rules/X01/relax", data={"lighter": "yes"}).status_code == 400
    desk.browser.post("/documents/rules/S01/relax", data={"lighter": "yes"})
    assert desk.approve(document_id, text).status_code == 303


def test_a_word_longer_than_a_line_breaks_instead_of_running_off_the_page(desk):
    text = CLEAN.replace("Thank you", "x" * 1500 + " Thank you")
    document_id = desk.approved(text, source=paperwork.source())
    words = paperwork.read(paperwork.frozen(document_id)[0])[1]
    assert words.count("x") >= 1500
    assert max(len(line) for line in words.splitlines()) < 140


@pytest.mark.parametrize("where", ["address", "letterhead"])
def test_a_character_without_a_face_in_address_or_letterhead_is_pointed_at(desk, where):
    odd = "Anchor \U00012000"
    source_id = paperwork.source(street=odd if where == "address" else "1 Main Street")
    if where == "letterhead":
        paperwork.letterhead(street=odd)
    document_id = desk.write(source=source_id)
    page = desk.approve(document_id)
    assert page.status_code == 422
    assert "which no typeface has" in page.text
    assert paperwork.only(Document).state == DocumentState.DRAFT
    assert desk.browser.get(f"/documents/{document_id}/test.pdf").data.startswith(b"%PDF")


def test_a_task_has_one_letter_however_many_windows_began_it(desk):
    source_id = paperwork.source()
    letter = {"key": "intro-physician", "source": source_id}
    first = desk.approved(FIRST, **letter)
    task = db.session.get_one(Document, first).task_key
    again = desk.browser.post("/documents/text", data={"task": task, "text": "Another beginning"})
    assert again.status_code == 409
    assert "Another beginning" in again.text
    assert db.session.query(Document).count() == 1
    opened = desk.browser.get(f"/documents/new?task={task}")
    assert opened.headers["Location"].endswith(f"/documents/{first}")


def test_a_warning_is_kept_although_the_text_before_it_grew(desk):
    text = CLEAN + "\n\nOur patients love the group sessions."
    document_id = desk.write(text, source=paperwork.source())
    desk.save(document_id, "And so: " + text, 1)
    keep = {"rule": "S01", "start": text.index("patients"), "reason": "their own word"}
    desk.browser.post(f"/documents/{document_id}/keep", data=keep)
    assert text_of(document_id).kept[0].matched == "patients"


@pytest.mark.parametrize("key", ["assessment-summary", "progress-report", "discharge-summary"])
def test_a_letter_about_a_client_that_names_none_asks_for_one(owner, key):
    answer = owner.get(f"/documents/new?key={key}")
    assert answer.status_code == 200
    assert f'value="{key}" selected' in answer.text or f'selected value="{key}"' in answer.text
