"""What a practice says of itself: composed from its parts, held against the scope language, carried into letters."""

import re

import builders
import pytest
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.db import db
from crm.documents.scope import check
from crm.documents.words_service import rules
from crm.readiness.models import PracticeText
from crm.readiness.niches import NICHES
from crm.readiness.texts import PAGES, compose, filled, is_complete


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize("key", NICHES)
def test_our_own_sentence_of_each_niche_is_in_scope(key):
    words = compose(PAGES["niche"], filled({"niches": [key], "measured": "two measures"}))
    assert words.startswith("I work with ")
    assert check(words, "letter", rules(), fragment=True).findings == ()


@pytest.mark.parametrize("slug", PAGES)
def test_what_our_pages_say_is_in_scope(slug):
    page = PAGES[slug]
    words = "\n\n".join([page.opening, page.why, *(field.help for field in page.fields)])
    found = [f"{one.rule} {one.matched}" for one in check(words, "letter", rules(), fragment=True).findings]
    assert [one for one in found if not one.endswith(("therapist", "therapy"))] == []  # told as words to leave out


def test_a_sentence_waits_for_all_its_parts():
    assert compose(PAGES["niche"], {"group": "adults"}) == ""
    assert compose(PAGES["call"], {"progress": "Up.", "thanks": "Thank you."}) == "Up.\n\nThank you."
    assert not is_complete(PAGES["kit"], {"cards": True})


def test_a_preset_fills_what_is_empty_and_keeps_what_was_typed(app, owner):
    form = {"niches": "joint", "group": "runners", "measured": "chair stands"}
    assert owner.post("/practice/niche", data=form).status_code == 303
    with app.app_context():
        row = db.session.scalar(select(PracticeText))
        assert row.text.startswith("I work with runners with a knee or hip replacement who have finished physical")
        assert row.blocked == 0
        assert db.session.scalar(select(Practice.serves)) == "runners with a knee or hip replacement"
    letter = owner.get("/documents/new?key=overview")
    assert "runners with a knee or hip replacement" in plain(letter)


def test_words_out_of_scope_are_kept_and_told_and_stay_out_of_letters(app, owner):
    form = {"niches": "joint", "group": "patients who need physical therapy", "measured": "chair stands"}
    owner.post("/practice/niche", data=form)
    assert "Replace" in plain(owner.get("/practice/niche"))
    with app.app_context():
        assert db.session.scalar(select(PracticeText.blocked)) > 0
        assert db.session.scalar(select(Practice.serves)) == "adults"
    assert "To replace" in plain(owner.get("/practice/texts"))


def test_it_is_checked_while_it_is_typed_and_nothing_is_saved(app, owner):
    text = plain(owner.post("/practice/bio/check", data={"bio": "I provide physical therapy."}))
    assert "Replace" in text
    with app.app_context():
        assert db.session.scalar(select(PracticeText.id)) is None


def test_the_pitch_is_read_aloud(owner):
    owner.post("/practice/niche", data={"niches": "joint", "measured": "chair stands"})
    text = plain(owner.post("/practice/pitch/check", data={"pitch": "I am here for everybody."}))
    assert "5 words, about 2 seconds" in text
    assert "60 more words." in text
    assert "Missing: </span>Whom you do it for" in text


@pytest.mark.parametrize(
    ("slug", "form", "said"),
    [
        ("niche", {"niches": ["joint", "back", "neuro"]}, "Choose one or two"),
        ("measures", {"battery": ["tug"]}, "Choose four to six."),
        ("website", {"url": "javascript:alert(1)"}, "Write the whole address"),
        ("website", {"url": "https://[::1"}, "Write the whole address"),
        ("bio", {"bio": "x" * 1501}, "1500"),
        ("niche", {"niches": "nobody"}, "valid"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_kept(app, owner, slug, form, said):
    answer = owner.post(f"/practice/{slug}", data=form)
    assert answer.status_code == 422
    assert said in plain(answer)
    with app.app_context():
        assert db.session.scalar(select(PracticeText.id)) is None


def test_an_unknown_page_is_not_here(owner):
    for method in (owner.get, owner.post):
        assert method("/practice/nowhere").status_code == 404
    assert owner.post("/practice/nowhere/check").status_code == 404


def test_each_practice_has_its_own(app, owner):
    owner.post("/practice/bio", data={"bio": "I exercise with adults."})
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert "I exercise with adults." not in stranger.get("/practice/bio").text
    assert "I exercise with adults." not in stranger.get("/practice/texts").text


@pytest.mark.parametrize("slug", PAGES)
def test_an_empty_page_opens(owner, slug):
    answer = owner.get(f"/practice/{slug}")
    assert (answer.status_code, PAGES[slug].title in answer.text) == (200, True)


def test_a_chosen_niche_fills_the_sentence_while_it_is_typed(owner):
    text = plain(owner.post("/practice/niche/check", data={"niches": "joint", "measured": "chair stands"}))
    assert "I work with adults over 55 with a knee or hip replacement" in text
