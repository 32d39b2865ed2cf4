"""What belongs to one practice does not exist for another: same answer as for nothing at all."""

from datetime import date

import builders
import pytest
from sqlalchemy import select
from walk import everything

from crm.clients import service as clients
from crm.clients.models import ReferralMethod, Visit
from crm.db import db, writing
from crm.outreach import manual
from crm.outreach import service as outreach
from crm.outreach.models import Task
from crm.sources.models import Contact, ContactRole


@pytest.fixture
def theirs(app, clock) -> dict[str, object]:
    """One of everything in practice A."""
    with app.app_context():
        practice = builders.practice()
        sealer = app.extensions["handoff"].sealer()
        with writing():
            source = builders.source(practice, office=builders.office(practice))
            details = clients.ReferralDetails(
                date(2026, 5, 6), ReferralMethod.FAX, "Medical Exercise Training", "Knee", "M17.11", True, True,
                "f" * 36, visit_on=date(2026, 5, 20),
            )  # fmt: skip
            referral = clients.receive_referral(practice, source, details, sealer=sealer, now=clock.now)
            task = outreach.add_manual_task(
                practice,
                manual.Details("call", date(2026, 5, 7), source.id),
                sealed=None,
                task_uuid="a" * 36,
                now=clock.now,
            )
            contact = Contact(practice_id=practice.id, source_id=source.id, name="Gloria", role=ContactRole.FRONT_DESK)
            db.session.add(contact)
        visit = db.session.scalar(select(Visit))
        assert referral.id and db.session.scalar(select(Task).where(Task.rule == "C22"))
        return {
            "source_id": source.id,
            "code": "C-0101",
            "visit_id": visit.id,
            "key": task.key,
            "seq": 1,
            "contact_id": contact.id,
        }


def test_another_practice_finds_nothing_and_changes_nothing(app, theirs):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    before = everything(app)
    walked = 0
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.arguments or not rule.arguments <= set(theirs):
            continue
        for method in rule.methods & {"GET", "POST"}:
            path = adapter.build(rule.endpoint, {name: theirs[name] for name in rule.arguments}, method=method)
            response = stranger.open(path, method=method)
            assert response.status_code == 404, (rule.endpoint, method, response.status_code)
            walked += 1
    assert walked >= 15
    assert everything(app) == before


def test_lists_and_searches_show_nothing_of_another_practice(app, theirs):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    for path in ("/", "/pipeline", "/sources", "/clients", "/calendar", "/outbox", "/search?q=marsh", "/search?q=C-01"):
        page = stranger.get(path).text
        assert "Marsh" not in page, path
        assert "C-0101" not in page, path


def test_a_foreign_source_cannot_be_chosen_in_a_form(app, theirs):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    before = everything(app)
    form = {"source_id": theirs["source_id"], "received_on": "2026-05-06", "method": "fax", "client_class": ""}
    response = stranger.post("/referrals/new", data=form)
    assert response.status_code == 422
    assert "Choose the source from the list" in response.text
    assert everything(app) == before
