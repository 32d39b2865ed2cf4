"""Row 50: what is final stays as it was; a correction is a new version that names the old one, and why."""

import builders
import mailroom
import paperwork
import pytest
from paperwork import CLEAN, Desk

from crm.clients.record_models import ClientSheet
from crm.db import db
from crm.documents.models import Document


@pytest.fixture
def desk(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        source_id = paperwork.source()
        paperwork.client(source_id)
        desk = Desk(app, builders.signed_in(app))
        yield desk, desk.approved(key="message-note", source=source_id, client="C-0142")
        db.session.remove()
        db.engine.dispose()


def test_row_50_a_corrected_report_leaves_the_first_as_it_was_and_names_it(desk):
    desk, first = desk
    frozen = paperwork.frozen(first)
    begun = desk.browser.post(f"/documents/{first}/correct")
    assert begun.status_code == 303
    second = paperwork.newest(Document)
    assert (second.replaces_id, second.id != first) == (first, True)
    corrected = CLEAN.replace("next week", "on Monday")
    assert desk.approve(second.id, corrected).status_code == 303
    assert paperwork.frozen(first) == frozen
    assert paperwork.frozen(second.id) != frozen
    assert "Written again" in desk.browser.get("/clients/C-0142/rights").text


@pytest.mark.parametrize("path", ["/documents/text", "/documents/approve"])
def test_row_50_the_text_of_a_final_report_cannot_be_changed(desk, path):
    desk, first = desk
    frozen = paperwork.frozen(first)
    for version in ("1", "2"):
        answer = desk.browser.post(path, data={"document": first, "version": version, "text": CLEAN + "\nmore"})
        assert answer.status_code != 200 or "approved already" in answer.text
    assert paperwork.frozen(first) == frozen


def test_row_50_a_corrected_record_keeps_the_old_words_and_the_reason(desk):
    desk, _first = desk
    sheet = "/clients/C-0142/record/plan"
    assert desk.browser.post(sheet, data={"base": "0", "frequency": "two a week"}).status_code == 303
    base = paperwork.newest(ClientSheet).id
    form = {"base": str(base), "frequency": "three a week", "reason": "Misheard on the phone"}
    assert desk.browser.post(sheet, data=form).status_code == 303
    page = desk.browser.get("/clients/C-0142/rights").text
    assert "<del>two a week</del> three a week" in page
    assert "Misheard on the phone" in page
