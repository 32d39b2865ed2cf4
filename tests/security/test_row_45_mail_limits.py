"""Row 45: a mistake stays small: a backlog waits for a click, a day has a limit, nobody gets what they refused."""

import re
from datetime import UTC, datetime, timedelta

import builders
import mailroom
import paperwork
import pytest
from paperwork import CLEAN, Desk
from sqlalchemy import update

from crm.db import db, writing
from crm.documents.models import Delivery, DeliveryChannel
from crm.factory import create_app
from crm.outreach import jobs
from crm.outreach.models import OutboxMessage
from crm.sources.models import Source

DUE, PER_DAY = 500, 100


@pytest.fixture
def desk(settings, clock, server):
    limits = {"mail_per_minute": 0, "mail_per_day": PER_DAY}
    app = create_app(mailroom.with_server(settings, server.port).model_copy(update=limits), clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        paperwork.letterhead()
        yield Desk(app, builders.signed_in(app))
        db.session.remove()
        db.engine.dispose()


def many_letters(desk, now):
    """Put five hundred letters on their way: one is written, the others are like it."""
    document_id = desk.approved(source=paperwork.source())
    source_id = paperwork.newest(Source).id
    for number in range(DUE):
        mailroom.put(f"task:-:{document_id}:email{number}", now=now)
    with writing():
        practice = builders.practice()
        for message_id in db.session.scalars(db.select(OutboxMessage.id)):
            db.session.add(
                Delivery(
                    practice_id=practice.id, document_id=document_id, source_id=source_id,
                    channel=DeliveryChannel.EMAIL, message_id=message_id, created_at=now,
                )
            )  # fmt: skip


def test_row_45_of_five_hundred_letters_due_after_an_outage_none_goes_unasked_and_a_hundred_on_a_day_once_asked(
    desk, server, clock
):
    many_letters(desk, clock.now)
    later = clock.now + timedelta(days=3)
    jobs.send_outbox(now=later)
    assert server.kept == []
    assert set(mailroom.states().values()) == {"held"}
    clock.now = later
    assert desk.browser.post("/outbox/backlog").status_code == 303
    jobs.send_outbox(now=later)
    assert len(server.kept) == PER_DAY
    jobs.send_outbox(now=later + timedelta(hours=23))
    assert len(server.kept) == PER_DAY


def unasked(desk, **values):
    document_id = desk.approved(CLEAN, key="education-note", source=paperwork.source(**values))
    assert desk.send(document_id, "email").status_code == 303


def test_row_45_who_refused_between_queue_and_sending_gets_nothing(desk, server, clock):
    unasked(desk)
    with writing():
        db.session.execute(update(Source).values(do_not_contact=True))
    jobs.send_outbox(now=clock.now)
    assert server.kept == []
    assert set(mailroom.states().values()) == {"held"}


def test_row_45_one_unasked_letter_a_day_to_one_person(desk, server, clock):
    unasked(desk)
    second = desk.approved(CLEAN, key="education-note", source=paperwork.newest(Source).id)
    desk.send(second, "email")
    jobs.send_outbox(now=clock.now)
    assert len(server.kept) == 1
    jobs.send_outbox(now=datetime(2026, 5, 7, 12, 0, tzinfo=UTC))
    assert len(server.kept) == 2


def test_row_45_outreach_by_mail_says_where_it_comes_from_and_how_to_have_no_more(desk, server, clock):
    unasked(desk)
    jobs.send_outbox(now=clock.now)
    (kept,) = server.kept
    said = kept.message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "18 Orchard Row\nFairfield, OR 97000" in said
    assert "No more letters by mail: " in said
    assert re.fullmatch(r"<(mailto|https):\S+>", kept.message["List-Unsubscribe"])
    asked = desk.approved(source=paperwork.newest(Source).id)
    desk.send(asked, "email")
    jobs.send_outbox(now=datetime(2026, 5, 8, 12, 0, tzinfo=UTC))
    assert "No more letters" not in server.kept[-1].message.get_body(("plain",)).get_content()
