"""What is taken out comes back by the message that says so."""

import re

import builders
import pytest

from crm.db import db, writing
from crm.readiness.models import Gift, Paper
from crm.sources.models import BackgroundFact, Contact, Source

UNDO = re.compile(r'action="/removed/back"')
ROWS = [
    pytest.param(
        Contact,
        "/sources/1/contacts/new",
        {"name": "Sam Doyle", "role": "front_desk", "phone": "", "email": ""},
        "/sources/1/contacts/1/remove",
        id="somebody at the office",
    ),
    pytest.param(
        BackgroundFact,
        "/sources/1/facts/new",
        {"text": "Runs the joint class", "found_at": "https://example.com", "read_on": "2026-05-05"},
        "/sources/1/facts/1/remove",
        id="a background fact",
    ),
    pytest.param(
        Paper,
        "/practice/papers",
        {"kind": "cpr", "name": "CPR", "issuer": "Red Cross", "expires_on": "2026-12-01", "remind_days": "60"},
        "/practice/papers/1/remove",
        id="a paper of the practice",
    ),
    pytest.param(
        Gift,
        "/practice/gifts",
        {"person": "Sam Doyle", "kind": "meal", "on": "2026-05-05", "amount": "12.50", "what": "Lunch"},
        "/practice/gifts/1/remove",
        id="a gift",
    ),
]


@pytest.fixture
def office(app):
    with app.app_context(), writing():
        builders.source(office=builders.office())


def told(app, model) -> list[dict[str, object]]:
    with app.app_context():
        rows = db.session.query(model).all()
        return [{c.key: getattr(row, c.key) for c in model.__table__.columns if c.key != "id"} for row in rows]


@pytest.mark.parametrize(("model", "page", "typed", "remove"), ROWS)
def test_what_was_taken_out_comes_back_as_it_was(app, owner, office, model, page, typed, remove):
    assert owner.post(page, data=typed).status_code == 303
    before = told(app, model)
    assert len(before) == 1
    assert UNDO.search(owner.post(remove, follow_redirects=True).text)
    assert told(app, model) == []
    assert "Taken back." in owner.post("/removed/back", follow_redirects=True).text
    assert told(app, model) == before
    assert "taken back already" in owner.post("/removed/back", follow_redirects=True).text
    assert told(app, model) == before


def test_what_belonged_to_something_gone_stays_away_and_says_so(app, owner, office):
    owner.post(ROWS[0].values[1], data=ROWS[0].values[2])
    owner.post(ROWS[0].values[3])
    with app.app_context(), writing():
        db.session.delete(db.session.get(Source, 1))
    assert "It cannot come back" in owner.post("/removed/back", follow_redirects=True).text


def test_nobody_but_an_owner_puts_a_paper_back(app, owner, office):
    owner.post(ROWS[2].values[1], data=ROWS[2].values[2])
    owner.post(ROWS[2].values[3])
    with app.app_context(), writing():
        user = builders.user()
        user.roles = [role for role in user.roles if role.name != "owner"]
        builders.user(email="other@example.com", role="assistant")
        user.roles = builders.user(email="third@example.com", role="assistant").roles
    assert owner.post("/removed/back").status_code == 403
