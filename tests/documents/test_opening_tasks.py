"""Every template key opens what it stands for, with a page that answers."""

import paperwork
import pytest

from crm.documents import letters
from crm.documents.phrases import PHRASES
from crm.documents.scope import check
from crm.documents.words_service import rules


@pytest.fixture
def browser(app, owner):
    with app.app_context():
        paperwork.letterhead()
        paperwork.client(paperwork.source())
    return owner


@pytest.mark.parametrize("key", [kind.key for kind in letters.KINDS.values() if kind.leaves and not kind.for_client])
def test_a_letter_opens_in_the_composer_with_its_page(browser, key):
    about = f"key={key}&source=1&client=C-0142"
    page = browser.get(f"/documents/new?{about}")
    assert page.status_code == 200
    assert letters.kind_of(key).title in page.text
    drawn = browser.get(f"/documents/new/page.svg?{about}")
    assert drawn.mimetype == "image/svg+xml"
    assert browser.get(f"/documents/new/test.pdf?{about}").data.startswith(b"%PDF")
    assert browser.get(f"/documents/templates/{key}").status_code == 200
    assert browser.get(f"/documents/templates/{key}/page.svg").status_code == 200


@pytest.mark.parametrize("key", [kind.key for kind in letters.KINDS.values() if kind.frame == "sheet"])
def test_a_sheet_opens_ready_to_print(browser, key):
    page = browser.get(f"/sheets/{key}?source=1&client=C-0142")
    assert page.status_code == 200
    assert browser.get(f"/sheets/{key}.svg?source=1&client=C-0142").mimetype == "image/svg+xml"
    assert browser.get(f"/sheets/{key}.pdf?source=1&client=C-0142").data.startswith(b"%PDF")


@pytest.mark.parametrize("key", ["overview", "referral-form", "sample-report"])
def test_a_standing_paper_is_ready_to_leave(browser, key):
    assert "It is ready." in browser.get(f"/papers/{key}").text
    assert browser.get(f"/papers/{key}.pdf").data.startswith(b"%PDF")


def test_what_is_no_letter_and_no_sheet_is_not_found(browser):
    for path in (
        "/documents/new?key=session-log",
        "/documents/new?key=nothing",
        "/sheets/overview",
        "/papers/call-sheet",
    ):
        assert browser.get(path).status_code == 404


def test_a_test_print_says_that_it_is_a_draft(browser):
    drawn = browser.get("/documents/new/test.pdf?key=closing-note&source=1").data
    assert "Draft, not approved" in paperwork.read(drawn)[1]


@pytest.mark.parametrize("phrase", [phrase for group in PHRASES for phrase in group.phrases])
def test_a_phrase_to_insert_is_within_scope(phrase):
    found = check(phrase, "letter", rules(), fragment=True)
    assert [finding.rule for finding in found.findings] == []
    assert [gap.name for gap in letters.gaps(phrase) if not gap.known] == []
