"""Row 46: what was approved is kept byte for byte, sealed; what arrives is what the preview showed."""

import hashlib

import builders
import mailroom
import paperwork
import pytest
from paperwork import NAME, Desk
from sqlalchemy import text

from crm.db import db, writing
from crm.documents.models import DocumentFile
from crm.journal.models import JournalEntry
from crm.outreach import jobs
from crm.sources.models import Source


@pytest.fixture
def desk(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        yield Desk(app, builders.signed_in(app))
        db.session.remove()
        db.engine.dispose()


def test_row_46_after_template_client_and_practice_changed_what_arrives_equals_the_preview(desk, server, clock):
    source_id = paperwork.source()
    paperwork.client(source_id)
    document_id = desk.approved(key="message-note", source=source_id, client="C-0142")
    preview = desk.browser.get(f"/documents/{document_id}/file/0.pdf").data
    desk.send(document_id, "email", agreed="y")
    with writing():
        builders.practice().name = "Another Name"
        paperwork.newest(Source).last_name = "Changed"
    desk.browser.post("/clients/C-0142/record/person", data={"base": "0", "name": "Somebody Else"})
    desk.browser.post("/documents/templates/message-note", data={"words": "Something else."})
    jobs.send_outbox(now=clock.now)
    (kept,) = server.kept
    (arrived,) = [p.get_payload(decode=True) for p in kept.message.walk() if p.get_content_type() == "application/pdf"]
    assert arrived == preview == desk.browser.get(f"/documents/{document_id}/file/0.pdf").data


def test_row_46_its_hash_stands_in_the_chained_journal_and_its_bytes_nowhere_in_the_clear(desk):
    source_id = paperwork.source()
    paperwork.client(source_id)
    document_id = desk.approved(key="message-note", source=source_id, client="C-0142")
    preview = desk.browser.get(f"/documents/{document_id}/file/0.pdf").data
    entry = db.session.query(JournalEntry).filter_by(type="document_approved").one()
    assert entry.payload["sha256"] == [hashlib.sha256(preview).hexdigest()]
    sealed = paperwork.newest(DocumentFile).sealed
    assert b"%PDF" not in sealed
    assert NAME.encode() not in sealed


def test_row_46_a_frozen_file_that_was_changed_behind_the_desk_is_not_sent(desk, server, clock):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    with writing():
        held = bytearray(paperwork.newest(DocumentFile).sealed)
        held[-1] ^= 1
        db.session.execute(text("UPDATE document_file SET sealed = :sealed"), {"sealed": bytes(held)})
    jobs.send_outbox(now=clock.now)
    assert server.kept == []
    assert set(mailroom.states().values()) == {"held"}
