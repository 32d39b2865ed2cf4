"""How letters leave: by mail, on paper, by hand; what stops them at the last moment; what proves that they arrived."""

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime

import builders
import mailroom
import paperwork
import pytest
from paperwork import CLEAN, NAME, Desk

from crm.db import db, writing
from crm.documents.models import Delivery, DeliveryState, Document, DocumentFile
from crm.journal import service as journal
from crm.journal.events import AssessmentDone, ReferralReceived
from crm.journal.models import JournalEntry
from crm.outreach import jobs
from crm.outreach.models import MessageState, OutboxMessage, Task, TaskStatus
from crm.sources.models import Source


@pytest.fixture
def app(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        yield app


@pytest.fixture
def desk(app):
    return Desk(app, builders.signed_in(app))


def about_client(desk, key="message-note"):
    source_id = paperwork.source()
    paperwork.client(source_id)
    return desk.approved(CLEAN, key=key, source=source_id, client="C-0142")


def attachments(kept):
    return [
        part.get_payload(decode=True) for part in kept.message.walk() if part.get_content_type() == "application/pdf"
    ]


def message():
    return paperwork.newest(OutboxMessage)


def task(key):
    db.session.rollback()
    return db.session.query(Task).filter_by(key=key).populate_existing().one()


def test_the_mail_carries_the_approved_document_byte_for_byte(desk, server, clock):
    document_id = desk.approved(source=paperwork.source())
    frozen = paperwork.frozen(document_id)
    desk.send(document_id, "email")
    with writing():  # what changes after the approval changes nothing
        builders.practice().name = "Another Name"
        paperwork.newest(Source).last_name = "Changed"
    desk.browser.post("/documents/templates/education-answer", data={"words": "Something else."})
    jobs.send_outbox(now=clock.now)
    assert attachments(server.kept[0]) == frozen
    assert desk.browser.get(f"/documents/{document_id}/file/0.pdf").data == frozen[0]
    assert paperwork.newest(DocumentFile).sha256 == hashlib.sha256(frozen[0]).hexdigest()
    assert server.kept[0].recipients == ["marsh@example.com"]


def test_the_mail_around_a_report_tells_nothing(desk, server, clock):
    document_id = about_client(desk)
    desk.send(document_id, "email", agreed="y")
    jobs.send_outbox(now=clock.now)
    kept = server.kept[0]
    around = kept.content.replace(b"\r\n", b"\n").split(b"application/pdf")[0]
    for told in (NAME, "C-0142", "Quagmire", "Osteoarthritis", "M17"):
        assert told.encode() not in around
        assert told not in str(kept.message["Subject"])
    names = [part.get_filename() for part in kept.message.walk() if part.get_filename()]
    assert names == ["message-note.pdf"]


def test_what_was_sent_stands_on_the_timeline(desk, clock):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    assert paperwork.only(Delivery).state == DeliveryState.WAITING
    jobs.send_outbox(now=clock.now)
    assert paperwork.only(Delivery).state == DeliveryState.SENT
    assert "Education answer left the house" in desk.browser.get(f"/sources/{paperwork.newest(Source).id}").text
    jobs.send_outbox(now=clock.now)
    assert [e.type for e in db.session.query(JournalEntry)].count("document_sent") == 1


def test_a_report_about_a_client_leaves_by_mail_only_when_confirmed(desk):
    document_id = about_client(desk)
    page = desk.send(document_id, "email")
    assert page.status_code == 422
    assert "Confirm that the office has agreed" in page.text
    assert db.session.query(OutboxMessage).count() == 0


def test_a_release_withdrawn_between_queue_and_claim_holds_the_message(desk, server, clock):
    document_id = about_client(desk)
    desk.send(document_id, "email", agreed="y")
    with writing():
        paperwork.newest(paperwork.Release).withdrawn_on = date(2026, 5, 6)
    jobs.send_outbox(now=clock.now)
    assert message().state == MessageState.HELD
    assert "release" in message().reply
    assert server.kept == []
    desk.browser.post(f"/outbox/{message().id}/release")
    jobs.send_outbox(now=clock.now)
    assert message().state == MessageState.HELD
    assert server.kept == []


def test_without_a_release_nothing_is_put_on_its_way(desk):
    document_id = about_client(desk)
    with writing():
        paperwork.newest(paperwork.Release).until_on = date(2026, 5, 5)
    desk.send(document_id, "letter")
    assert db.session.query(Delivery).count() == 0


def test_an_opt_out_between_queue_and_claim_holds_the_message(desk, server, clock):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    with writing():
        paperwork.newest(Source).do_not_contact = True
    jobs.send_outbox(now=clock.now)
    assert message().state == MessageState.HELD
    assert server.kept == []


def test_whoever_wants_no_contact_gets_nothing_queued(desk):
    document_id = desk.approved(source=paperwork.source())
    with writing():
        paperwork.newest(Source).do_not_contact = True
    desk.send(document_id, "email")
    assert db.session.query(Delivery).count() == 0


def test_the_same_letter_is_not_queued_twice(desk):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    desk.send(document_id, "email")
    assert db.session.query(OutboxMessage).count() == 1
    assert db.session.query(Delivery).count() == 1


def test_a_letter_taken_back_from_the_outbox_does_not_leave(desk, server, clock):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    desk.browser.post(f"/deliveries/{paperwork.only(Delivery).id}/cancel")
    jobs.send_outbox(now=clock.now)
    assert server.kept == []
    desk.send(document_id, "email")
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 1


def test_a_message_cancelled_in_the_outbox_takes_its_copy_along(desk, clock):
    document_id = desk.approved(source=paperwork.source())
    desk.send(document_id, "email")
    desk.browser.post(f"/outbox/{message().id}/cancel")
    jobs.send_outbox(now=clock.now)
    assert paperwork.only(Delivery).state == DeliveryState.CANCELLED


def unasked(desk, source_id):
    return desk.approved(CLEAN, key="education-note", source=source_id)


def test_an_unsolicited_letter_can_be_refused_by_mail_where_there_is_no_https(desk, server, clock):
    desk.send(unasked(desk, paperwork.source()), "email")
    jobs.send_outbox(now=clock.now)
    headers = server.kept[0].message
    source_id = paperwork.newest(Source).id
    assert headers["List-Unsubscribe"] == f"<mailto:desk@northside.example.com?subject=unsubscribe%20s{source_id}>"
    assert headers["List-Unsubscribe-Post"] is None


@pytest.fixture
def desk_over_https(app, settings, clock, server):
    """The same desk under a public name: its browsers ask for that one, as any other is turned away."""
    public = settings.model_copy(update={"base_url": "https://desk.example.com"})
    secure = mailroom.app_with_server(public, clock, server.port)
    secure.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    secure.config.update(SERVER_NAME=public.hostname, PREFERRED_URL_SCHEME="https")
    with secure.app_context():
        yield Desk(secure, builders.signed_in(secure))


def test_an_unsolicited_letter_is_refused_with_one_click_over_https(desk_over_https, server, clock):
    source_id = paperwork.source()
    desk_over_https.send(unasked(desk_over_https, source_id), "email")
    jobs.send_outbox(now=clock.now)
    headers = server.kept[0].message
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.search(r"<https://desk\.example\.com(/u/[^>]+)>", headers["List-Unsubscribe"])[1]
    assert "Marsh" not in path
    stranger = desk_over_https.app.test_client()
    assert "Stop writing to me" in stranger.get(path).text
    assert not paperwork.newest(Source).do_not_contact
    assert "Noted" in stranger.post(path, data={"List-Unsubscribe": "One-Click"}).text
    assert paperwork.newest(Source).do_not_contact
    assert "opt_out" in {entry.type for entry in db.session.query(JournalEntry)}


def test_a_foreign_refusal_gets_the_same_page_and_changes_nothing(desk):
    paperwork.source()
    stranger = desk.app.test_client()
    assert stranger.post("/u/nonsense").text == stranger.post("/u/" + "x" * 5000).text
    assert not paperwork.newest(Source).do_not_contact


def test_what_somebody_asked_for_carries_no_refusal(desk, server, clock):
    desk.send(desk.approved(source=paperwork.source()), "email")
    jobs.send_outbox(now=clock.now)
    assert server.kept[0].message["List-Unsubscribe"] is None


def test_one_unsolicited_message_a_day_is_enough(desk, server, clock):
    source_id = paperwork.source()
    for _ in range(2):
        desk.send(unasked(desk, source_id), "email")
    jobs.send_outbox(now=clock.now)
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 1
    assert "One message a day" in message().reply
    assert message().next_at == datetime(2026, 5, 7, 12, 0, tzinfo=UTC)  # eight in the morning in New York
    jobs.send_outbox(now=clock.set("2026-05-07T12:00:00Z"))
    assert len(server.kept) == 2


def test_more_than_ten_overdue_letters_wait_for_one_click(desk, server, clock):
    for number in range(11):
        desk.send(desk.approved(source=paperwork.source(f"Source{number}")), "email")
    clock.set("2026-05-09T14:00:00Z")  # the desk was off for three days
    jobs.send_outbox(now=clock.now)
    assert server.kept == []
    assert "eleven letters are overdue" in desk.browser.get("/outbox").text.lower()
    desk.browser.post("/outbox/backlog")
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 11


def test_ten_overdue_letters_leave_by_themselves(desk, server, clock):
    for number in range(10):
        desk.send(desk.approved(source=paperwork.source(f"Source{number}")), "email")
    clock.set("2026-05-09T14:00:00Z")
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 10


def test_a_fax_leaves_through_the_mail_address_of_a_fax_service(desk, server, clock):
    paperwork.letterhead(fax_gateway="fax.example.net")
    desk.send(desk.approved(source=paperwork.source()), "fax")
    jobs.send_outbox(now=clock.now)
    assert server.kept[0].recipients == ["15035550180@fax.example.net"]


def test_a_channel_without_an_address_is_refused_with_what_is_missing(desk):
    source_id = paperwork.source()
    with writing():
        paperwork.newest(Source).email = ""
    page = desk.send(desk.approved(source=source_id), "email")
    assert page.status_code == 422
    assert "There is no e-mail address of Dr. Helen Marsh, MD on file." in page.text


def test_without_the_key_a_letter_is_held_and_the_others_are_not_stopped(desk, server, clock, settings, tmp_path):
    desk.send(desk.approved(source=paperwork.source()), "email")
    settings.keyring_path.rename(tmp_path / "elsewhere.json")
    desk.app.extensions["handoff"]._sealer = None
    mailroom.put("notice", now=clock.now)
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 1
    assert {row.state for row in mailroom.rows().values()} == {MessageState.HELD, MessageState.SENT}


def referred(source_id, client_id):
    practice = builders.practice()
    with writing(practice.id):
        journal.record(
            practice,
            ReferralReceived(source=f"s{source_id}", id="r1", client="C-0142", complete=True),
            now=datetime(2026, 5, 6, 13, 0, tzinfo=UTC),
        )


def test_a_card_from_its_task_is_posted_with_the_pile_and_closes_the_task(desk):
    source_id = paperwork.source()
    referred(source_id, paperwork.client(source_id))
    key = f"C22:s{source_id}:r1"
    opened = desk.browser.get(f"/tasks/{key}")
    assert opened.headers["Location"].endswith(f"/documents/new?task={key}")
    page = desk.browser.get(opened.headers["Location"])
    assert "Thank-you card" in page.text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1]
    document_id = desk.approved(text, task=key)
    desk.send(document_id, "letter")
    pages, words = paperwork.read(desk.browser.get("/pile.pdf").data)
    assert pages == 3  # the card, its back, a sheet of labels
    assert "40 Lake Street" in words
    desk.browser.post("/pile/posted", data={"delivery": paperwork.only(Delivery).id})
    assert task(key).status == TaskStatus.DONE
    assert "Thank-you card left the house" in desk.browser.get(f"/sources/{source_id}").text
    desk.browser.post(f"/deliveries/{paperwork.only(Delivery).id}/back")
    assert task(key).status == TaskStatus.OPEN
    assert paperwork.only(Delivery).state == DeliveryState.WAITING


def test_an_address_that_is_not_complete_is_skipped_with_the_reason(desk):
    desk.send(desk.approved(source=paperwork.source(street="")), "letter")
    page = desk.browser.get("/pile")
    assert "Cannot be printed yet" in page.text
    assert "street" in page.text
    assert desk.browser.get("/pile.pdf").status_code == 303


def summary_sent(desk, proof, to=""):
    """Have an assessment, approve its summary, fax it by hand."""
    source_id = paperwork.source()
    paperwork.client(source_id)
    practice = builders.practice()
    with writing(practice.id):
        journal.record(practice, AssessmentDone(client="C-0142"), now=datetime(2026, 5, 6, 13, 0, tzinfo=UTC))
    measured = "Measured: 30-second chair stand, 8 stands on May 6, 2026"
    text = f"Client: C-0142\n\n{measured}\n\nClimbs the stairs at home.\n\nNext steps:\nTwo sessions a week."
    document_id = desk.approved(text, task="C24:C-0142:1")
    desk.send(document_id, "fax")
    desk.browser.post(f"/deliveries/{paperwork.only(Delivery).id}/sent", data={"proof": proof, "to": to})
    return document_id


def chart_checks():
    db.session.rollback()
    return [(t.key, t.status.value) for t in db.session.query(Task).filter_by(rule="C25").populate_existing()]


def test_a_fax_receipt_makes_the_chart_check_needless(desk):
    summary_sent(desk, "fax_receipt")
    assert task("C24:C-0142:1").status == TaskStatus.DONE
    assert chart_checks() == []


def test_an_unconfirmed_summary_becomes_a_chart_check_and_later_proof_closes_it(desk):
    summary_sent(desk, "")
    assert chart_checks() == [("C25:C-0142:1", "open")]
    delivery_id = paperwork.only(Delivery).id
    desk.browser.post(f"/deliveries/{delivery_id}/proof", data={"proof": "in_chart", "to": "Leo, front desk"})
    assert chart_checks() == [("C25:C-0142:1", "done")]
    assert paperwork.only(Delivery).proof_to == "Leo, front desk"


def test_what_was_told_about_a_client_is_listed_and_the_table_says_the_same(desk, server, clock):
    document_id = about_client(desk)
    desk.send(document_id, "email", agreed="y")
    jobs.send_outbox(now=clock.now)
    desk.send(document_id, "letter")
    desk.browser.post("/pile/posted", data={"delivery": paperwork.newest(Delivery).id})
    desk.send(document_id, "hand")
    carried = paperwork.newest(Delivery).id
    desk.browser.post(f"/deliveries/{carried}/sent", data={"proof": "front_desk", "to": "=Leo"})
    page = desk.browser.get("/clients/C-0142/disclosures").text
    assert page.count("Message note to") == 3
    rows = list(csv.DictReader(io.StringIO(desk.browser.get("/clients/C-0142/disclosures.csv").text)))
    assert [row["channel"] for row in rows] == ["email", "letter", "hand"]
    assert {row["release"] for row in rows} == {"2026-01-01 to 2026-12-31"}
    assert rows[2]["arrival"] == "front desk"
    assert rows[2]["confirmed by"] == "'=Leo"


def test_what_is_told_by_phone_has_left_at_once(desk):
    source_id = paperwork.source()
    referred(source_id, paperwork.client(source_id))
    text = CLEAN.replace(
        "Thank you for your note", "The referral of May 6 for W.Q. has arrived. Thank you for your note"
    )
    document_id = desk.approved(text, task=f"C20:s{source_id}:r1")
    desk.send(document_id, "phone")
    assert paperwork.only(Delivery).state == DeliveryState.SENT
    assert task(f"C20:s{source_id}:r1").status == TaskStatus.DONE


def test_a_draft_leaves_on_no_channel(desk):
    document_id = desk.write(source=paperwork.source())
    desk.send(document_id, "letter")
    assert db.session.query(Delivery).count() == 0
    assert paperwork.only(Document).state.value == "draft"
