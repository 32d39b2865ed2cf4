"""Row 74: records kept as long as suggested are listed once a year; the machine deletes none of them."""

from datetime import UTC, datetime, timedelta

import builders
import pytest
from sqlalchemy import func, select

from crm.clients.models import Client
from crm.clients.record_models import ClientSheet
from crm.db import db, writing
from crm.outreach.worker import Worker

PAGE = "/clients/retention"
WORDS = "Some records have been kept long enough"


@pytest.fixture
def old(app, clock):
    """Two clients of 2026; one of them was seen again a year later."""
    with app.app_context():
        practice = builders.practice()
        with writing(practice.id):
            clients = [builders.client(practice, code) for code in ("C-0740", "C-0741")]
            for number, client in enumerate(clients):
                client.created_at = clock.now
                db.session.add(
                    ClientSheet(
                        practice_id=practice.id, client_id=client.id, part="plan", sealed=b"x",
                        saved_at=clock.now + timedelta(days=366 * number),
                    )
                )  # fmt: skip


def test_row_74_after_seven_years_a_record_is_listed_and_still_there(app, owner, clock, old):
    clock.now = datetime(2033, 5, 5, 14, tzinfo=UTC)
    assert "C-0740" not in owner.get(PAGE).text
    assert WORDS not in owner.get("/clients").text
    clock.now += timedelta(days=1)
    for _day in range(3):
        with app.app_context():
            assert None not in Worker(app).run_once(clock.now).values()
        clock.now += timedelta(days=1)
    page = owner.get(PAGE).text
    assert "C-0740" in page
    assert "C-0741" not in page
    assert "Last contact 2026-05-06" in page
    assert WORDS in owner.get("/clients").text
    with app.app_context():
        assert db.session.scalar(select(func.count(Client.id))) == 2
        assert db.session.scalar(select(func.count(ClientSheet.id))) == 2


def test_row_74_who_looked_through_the_list_is_reminded_in_a_year_and_nothing_is_deleted_by_that(
    app, owner, clock, old
):
    clock.now = datetime(2033, 6, 1, 14, tzinfo=UTC)
    assert owner.post(f"{PAGE}/reviewed").status_code == 303
    assert WORDS not in owner.get("/clients").text
    assert "C-0740" in owner.get(PAGE).text
    clock.now = datetime(2034, 6, 1, 14, tzinfo=UTC)
    assert WORDS in owner.get("/clients").text
    with app.app_context():
        assert db.session.scalar(select(func.count(Client.id))) == 2


def test_row_74_a_client_who_comes_back_leaves_the_list(owner, clock, old):
    clock.now = datetime(2033, 6, 1, 14, tzinfo=UTC)
    assert "C-0740" in owner.get(PAGE).text
    held = {"held_on": "2033-05-31", "attendance": "attended", "done": "A walk"}
    assert owner.post("/clients/C-0740/sessions", data=held).status_code == 303
    assert "C-0740" not in owner.get(PAGE).text
    assert '<time class="nowrap" datetime="2040-05-31"' in owner.get("/clients/C-0740/rights").text
