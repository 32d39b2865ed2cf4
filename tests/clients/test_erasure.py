"""Erasing a client: who is asked what before, what stays right afterwards."""

import builders
import pytest
from sqlalchemy import func, select

from crm import demo
from crm.clients import queries, service
from crm.clients.models import Client, Referral
from crm.clients.record_models import Erasure
from crm.db import db, writing
from crm.documents.models import Delivery, DeliveryChannel, Document
from crm.journal.models import JournalEntry
from crm.outreach import jobs
from crm.outreach.models import MessageKind, MessageState, OutboxMessage, Task
from crm.sources.models import Source


@pytest.fixture
def practice(app, clock):
    """The sample practice: eight clients with files."""
    with app.app_context():
        made = builders.practice()
        builders.user(made)
        with writing():
            demo.load(made, app.extensions["handoff"].sealer(), now=clock.now)
        yield made


def erase(owner, code, typed=None):
    return owner.post(f"/clients/{code}/erase", data={"erase-code": typed or code})


def test_the_code_must_be_typed(owner, practice):
    refused = erase(owner, "C-0101", "C-0102")
    assert refused.status_code == 422
    assert "That is not C-0101. Nothing was erased." in refused.text
    assert db.session.scalar(select(func.count(Client.id))) == 8
    assert db.session.scalar(select(func.count(Erasure.id))) == 0


def test_the_page_says_what_goes_and_what_stays(owner, practice):
    page = owner.get("/clients/C-0101/rights").text
    assert "This cannot be taken back." in page
    assert "ledger of erasures" in page


def test_a_letter_on_the_wire_is_waited_for(owner, practice, clock):
    client = queries.get_client_by_code(practice.id, "C-0101")
    with writing():
        document = Document(practice_id=practice.id, key="progress-report", client_id=client.id, sealed=b"x")
        message = OutboxMessage(
            practice_id=practice.id, key="k", kind=MessageKind.LETTER, message_id="m", recipient="a@example.com",
            subject="s", text="t", state=MessageState.IN_DATA, next_at=clock.now,
        )  # fmt: skip
        db.session.add_all([document, message])
        db.session.flush()
        db.session.add(
            Delivery(
                practice_id=practice.id, document_id=document.id, message_id=message.id, channel=DeliveryChannel.EMAIL
            )
        )
    refused = erase(owner, "C-0101")
    assert refused.status_code == 409
    assert "leaving the house right now" in refused.text
    assert queries.find_client(practice.id, "C-0101")
    with writing():
        message.state = MessageState.SENT
    assert erase(owner, "C-0101", "c-0101").status_code == 303
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_all_others_keep_their_tasks_and_a_replay_changes_nothing(owner, practice, clock):
    def others():
        rows = select(Task.key, Task.due, Task.status).join(Client, Client.id == Task.client_id)
        return set(db.session.execute(rows.where(Client.code != "C-0103")).tuples())

    def standing():
        return list(db.session.execute(select(Source.id, Source.lane, Source.step).order_by(Source.id)).tuples())

    before, stood = others(), standing()
    entries = db.session.scalar(select(func.count(JournalEntry.seq)))
    assert erase(owner, "C-0103").status_code == 303
    assert others() == before
    assert standing() == stood
    assert db.session.scalar(select(func.count(Task.id)).where(Task.key.contains("C-0103"))) == 0
    assert db.session.scalar(select(func.count(JournalEntry.seq))) == entries + 1
    assert jobs.replan_all(now=clock.now, dry_run=True) == []


def test_the_code_is_never_given_again(owner, practice):
    assert erase(owner, "C-0108").status_code == 303
    source = db.session.scalar(select(Source).where(Source.added_on.is_not(None)))
    form = {
        "source_id": str(source.id), "received_on": "2026-05-05", "method": "fax", "client_class": "",
        "client_code": "C-0108",
    }  # fmt: skip
    refused = owner.post("/referrals/new", data=form)
    assert refused.status_code == 422
    assert "A client with this code was erased." in refused.text
    assert owner.post("/clients", data={"code": "C-0108"}).status_code == 422
    practice.next_client = 108
    assert service.next_code(practice) == "C-0109"
    assert (
        db.session.scalar(select(func.count(Referral.id)).where(Referral.received_on == builders.day("2026-05-05")))
        == 0
    )


def test_the_next_client_gets_no_history_of_an_erased_one(owner, practice):
    newest = db.session.scalar(select(Client).order_by(Client.id.desc()))
    number = newest.id
    assert erase(owner, newest.code).status_code == 303
    with writing():
        made = builders.client(practice, "C-0200")
    assert made.id > number
    told = select(func.count(JournalEntry.seq)).where(JournalEntry.client_id == made.id)
    assert db.session.scalar(told) == 0


def test_the_source_still_tells_of_them_by_code(owner, practice):
    client = queries.get_client_by_code(practice.id, "C-0101")
    source_id = client.source_id
    erase(owner, "C-0101")
    page = owner.get(f"/sources/{source_id}")
    assert page.status_code == 200
    assert "C-0101" in page.text
