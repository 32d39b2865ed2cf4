"""What is taken out comes back by the message that says so."""

import re

import builders
import pytest

from crm.db import db, writing
from crm.readiness.models import Gift, Paper
from crm.sources.models import BackgroundFact, Contact, Source

UNDO = re.compile(r'action="/removed/back"')
CASES = {
    Contact: ("/sources/1/contacts", {"name": "Sam Doyle", "role": "front_desk", "phone": "", "email": ""}),
    BackgroundFact: (
        "/sources/1/facts",
        {"text": "Runs the joint class", "found_at": "https://example.com", "read_on": "2026-05-05"},
    ),
    Paper: (
        "/practice/papers",
        {"kind": "cpr", "name": "CPR", "issuer": "Red Cross", "expires_on": "2026-12-01", "remind_days": "60"},
    ),
    Gift: (
        "/practice/gifts",
        {"person": "Sam Doyle", "kind": "meal", "on": "2026-05-05", "amount": "12.50", "what": "Lunch"},
    ),
}


@pytest.fixture
def desk(app, owner):
    """The owner's browser, with one source on file."""
    with app.app_context(), writing():
        builders.source(office=builders.office())
    return owner


def told(app, model) -> list[dict[str, object]]:
    with app.app_context():
        rows = db.session.query(model).all()
        return [{c.key: getattr(row, c.key) for c in model.__table__.columns if c.key != "id"} for row in rows]


def enter(desk, model) -> None:
    page, typed = CASES[model]
    assert desk.post(page if page.startswith("/practice") else f"{page}/new", data=typed).status_code == 303


def take_out(desk, model) -> str:
    return desk.post(f"{CASES[model][0]}/1/remove", follow_redirects=True).text


@pytest.mark.parametrize("model", CASES)
def test_what_was_taken_out_comes_back_as_it_was(app, desk, model):
    enter(desk, model)
    before = told(app, model)
    assert len(before) == 1
    assert UNDO.search(take_out(desk, model))
    assert told(app, model) == []
    assert "Taken back." in desk.post("/removed/back", follow_redirects=True).text
    assert told(app, model) == before
    assert "taken back already" in desk.post("/removed/back", follow_redirects=True).text
    assert told(app, model) == before


def test_what_belonged_to_something_gone_stays_away_and_says_so(app, desk):
    enter(desk, Contact)
    take_out(desk, Contact)
    with app.app_context(), writing():
        db.session.delete(db.session.get(Source, 1))
    assert "It cannot come back" in desk.post("/removed/back", follow_redirects=True).text


def test_nobody_but_an_owner_puts_a_paper_back(app, desk):
    enter(desk, Paper)
    take_out(desk, Paper)
    with app.app_context():
        assistant = builders.user(email="second@example.com", role="assistant")
        with writing():
            builders.user().roles = list(assistant.roles)
    assert desk.post("/removed/back").status_code == 403
