"""The practice's own texts reach overview, letters and form; one with something left to replace stays home."""

import re

import builders
import pytest
from sqlalchemy import select

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.documents import letters
from crm.documents.models import Document
from crm.documents.scope import check
from crm.documents.words_service import rules
from crm.readiness.texts import FACTS, PAGES, Written, facts_of

ROLE = "I am a Medical Exercise Specialist and work in Riverton and its villages."
SCOPE = (
    "I do not diagnose, treat, or provide therapy. What I do complements physical therapy and medical care and does "
    "not replace either one."
)
SERVICES = "Initial assessment: history, five measures, goals for 30 and 90 days.\nOne to one sessions.\nSmall groups."
BIO = "Robin Vale, MES, has worked with adults after joint replacement for nine years and writes one page a month."
AREAS = ("intake", "assessment", "programming", "documentation", "safety")
STANDARDS = {name: f"Our {name} is written down." for name in AREAS}
PROTOCOL = {"condition": "Knee replacement", "entry": "Limits are on file.", "phases": "Chairs, stairs, walks.",
            "stop": "New swelling; the office is called."}  # fmt: skip
NICHE = {"niches": "joint", "measured": "chair stands and the six-minute walk"}
SENTENCE = "I work with adults over 55 with a knee or hip replacement who have finished physical therapy"

# page, what is typed, the paper or letter that carries it, the words in it
WAYS_OUT = [
    pytest.param("niche", NICHE, "overview", SENTENCE, id="niche in the overview"),
    pytest.param("niche", NICHE, "intro-physician", SENTENCE, id="niche in the letter to a physician"),
    pytest.param("niche", NICHE, "intro-pt", "adults over 55 with a knee or hip replacement", id="niche to PT"),
    pytest.param("niche", NICHE, "referral-form", "For adults over 55 with a knee or hip", id="niche on the form"),
    pytest.param("role", {"role": ROLE, "scope": SCOPE}, "overview", f"{ROLE} {SCOPE}", id="role in the overview"),
    pytest.param("role", {"role": ROLE, "scope": SCOPE}, "intro-physician", SCOPE, id="scope in a letter"),
    pytest.param("role", {"role": ROLE, "scope": SCOPE}, "intro-chiro", ROLE, id="role in a letter"),
    pytest.param("role", {"role": ROLE, "scope": SCOPE}, "referral-form", SCOPE, id="scope on the form"),
    pytest.param("services", {"services": SERVICES}, "overview", "- One to one sessions.\n- Small groups.", id="menu"),
    pytest.param("services", {"not_for": "People in acute care."}, "overview", "- People in acute care.", id="not for"),
    pytest.param("services", {"fees": "Clients pay a month ahead."}, "overview", "Clients pay a month", id="fees"),
    pytest.param("services", {"fees": "Clients pay a month ahead."}, "referral-form", "Clients pay a month", id="form"),
    pytest.param("bio", {"bio": BIO}, "overview", f"About me: {BIO}", id="bio in the overview"),
    pytest.param("website", {"url": "https://www.example.com"}, "overview", "Website: https://www.exam", id="web"),
    pytest.param("standards", STANDARDS, "practice-standards", "Our safety is written down.", id="standards"),
    pytest.param("protocol", PROTOCOL, "exercise-protocol", "New swelling; the office is called.", id="protocol"),
]  # fmt: skip
# page, what blocks it, a word of it that must not be seen, the paper, the fact that is missing there
HELD = [
    ("role", {"role": "I am a kneefixer.", "scope": "I treat knees."}, "kneefixer", "overview", "role_line"),
    ("services", {"services": "Kneefixing: we treat pain."}, "Kneefixing", "overview", "services"),
    ("bio", {"bio": "Kneefixing since 1999: I treat pain."}, "Kneefixing", "overview", "bio"),
    ("website", {"url": "https://www.example.com", "text": "We treat pain."}, "example.com", "overview", "website"),
    ("niche", NICHE | {"group": "kneefixed patients who need our treatment"}, "kneefixed", "overview", "for_whom"),
    (
        "standards",
        STANDARDS | {"safety": "Kneefixing: we treat pain."},
        "Kneefixing",
        "practice-standards",
        "standards",
    ),
    ("protocol", PROTOCOL | {"phases": "Kneefixing: we treat pain."}, "Kneefixing", "exercise-protocol", "protocol"),
]


def words(answer) -> str:
    """Return what the composer holds, as it stands in its field."""
    return re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)[1].replace("\r\n", "\n").strip()


def letter(owner, key):
    return owner.get(f"/documents/new?key={key}")


@pytest.fixture
def settled(app, owner):
    """The owner of a practice whose city, phone and fax are on file."""
    with app.app_context(), writing():
        of = builders.practice()
        of.city, of.phone, of.fax = "Riverton", "(503) 555-0100", "(503) 555-0101"
    return owner


@pytest.mark.parametrize(("page", "form", "key", "said"), WAYS_OUT)
def test_each_text_has_its_way_out(settled, page, form, key, said):
    assert said not in words(letter(settled, key))
    assert settled.post(f"/practice/{page}", data=form).status_code == 303
    assert said in words(letter(settled, key))


@pytest.mark.parametrize("held", HELD, ids=lambda held: held[4])
def test_a_text_out_of_scope_stays_home_and_the_letter_says_where_to_mend_it(settled, held):
    page, form, word, key, fact = held
    settled.post(f"/practice/{page}", data=form)
    answer = letter(settled, key)
    assert word not in words(answer)
    assert "{{" + fact + "}}" in words(answer)
    assert f'href="/practice/{page}">Mend it there' in answer.text
    assert word not in settled.get("/papers/overview").text


def test_mended_it_flows_into_a_draft_that_waited_for_it(settled):
    settled.post("/practice/bio", data={"bio": "I treat pain."})
    form = {"key": "overview", "text": words(letter(settled, "overview")), "version": 0}
    saved = settled.post("/documents/text", data=form)
    assert "{{bio}}" in words(settled.get(saved.location))
    settled.post("/practice/bio", data={"bio": BIO})
    assert BIO in words(settled.get(saved.location))


def test_a_paper_with_a_text_held_back_does_not_leave_with_a_letter(app, settled):
    settled.post("/practice/bio", data={"bio": "I treat pain."})
    with app.app_context(), writing():
        source_id = builders.source().id
    answer = letter(settled, f"intro-physician&source={source_id}")
    text = words(answer)
    form = {"key": "intro-physician", "source": source_id, "text": text, "version": 0}
    refused = settled.post("/documents/approve", data=form)
    assert refused.status_code == 422
    assert "“Service overview” leaves with this letter and is not ready itself." in refused.text
    settled.post("/practice/bio", data={"bio": BIO})
    with app.app_context():
        made = db.session.scalar(select(Document))
        form |= {"document": made.id, "version": made.version}
    assert settled.post("/documents/approve", data=form).status_code == 303


def test_an_approved_paper_never_changes(settled):
    settled.post("/practice/bio", data={"bio": BIO})
    form = {"key": "overview", "text": words(letter(settled, "overview")), "version": 0}
    approved = settled.post("/documents/approve", data=form)
    assert approved.status_code == 303
    number = re.search(r"/documents/(\d+)", approved.location)[1]
    before = settled.get(f"/documents/{number}/file/0.pdf").data
    settled.post("/practice/bio", data={"bio": "Another one altogether."})
    assert settled.get(f"/documents/{number}/file/0.pdf").data == before
    assert "Another one altogether." in words(letter(settled, "overview"))


def test_every_text_written_the_overview_is_ready_and_fits_its_page(settled):
    typed = {"niche": NICHE, "role": {"role": ROLE, "scope": SCOPE}, "bio": {"bio": BIO},
             "services": {"services": SERVICES, "not_for": "People in acute care.", "fees": "Clients pay themselves."},
             "website": {"url": "https://www.example.com"}}  # fmt: skip
    for page, form in typed.items():
        assert settled.post(f"/practice/{page}", data=form).status_code == 303
    for key in ("overview", "referral-form"):
        assert "It is ready." in settled.get(f"/papers/{key}").text
    text = words(letter(settled, "intro-physician"))
    assert check(text, "letter", rules(), first_contact=True).blocked is False


def test_what_was_typed_on_the_practice_page_still_fills_letters(app, settled):
    with app.app_context(), writing():
        db.session.scalar(select(Practice)).serves = "retired dancers"
    for key in ("overview", "intro-physician", "referral-form"):
        assert "retired dancers" in words(letter(settled, key))


def test_the_assistant_sees_neither_the_pages_nor_a_text_that_is_held_back(app, settled):
    settled.post("/practice/bio", data={"bio": "Kneefixing since 1999: I treat pain."})
    with app.app_context():
        builders.user(builders.practice(), "assistant@example.com", role="assistant")
    assistant = builders.signed_in(app, "assistant@example.com")
    for address in ("/practice/bio", "/practice/texts", "/documents/new?key=overview", "/documents/templates/overview"):
        assert assistant.get(address).status_code == 403
    paper = assistant.get("/papers/overview")
    assert paper.status_code == 200
    assert "Kneefixing" not in paper.text
    assert "/practice/bio" not in paper.text


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_every_fact_is_of_a_page_and_in_the_menu_and_what_stands_for_it_is_in_scope(fact):
    assert fact.page in PAGES
    assert letters.PLACEHOLDERS[fact.name] == fact.what
    assert set(re.findall(r"\{\{(\w+)\}\}", fact.otherwise or "")) <= set(letters.PLACEHOLDERS)
    found = check(fact.otherwise or "", "letter", rules(), fragment=True).findings
    assert [one.matched for one in found if one.severity != "hint"] == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param({}, "", id="not written: its line goes"),
        pytest.param({"bio": Written("Nine years.")}, "Nine years.", id="written: it flows"),
        pytest.param({"bio": Written("I treat.", {}, 1)}, None, id="out of scope: it is held back"),
    ],
)
def test_a_fact_flows_is_left_out_or_is_held_back(written, told):
    assert facts_of(written).get("bio") == told


def test_a_list_takes_a_line_each_whatever_sign_was_typed_before_it():
    made = facts_of({"services": Written("x", {"services": "- One\n\n* Two\n  Three"})})
    assert made["services"] == "- One\n- Two\n- Three"
