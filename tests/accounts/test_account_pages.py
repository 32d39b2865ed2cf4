"""Setup by a one-time link, sign-in, and the practice page."""

from datetime import timedelta

import builders
import pytest
from sqlalchemy import func, select

from crm.accounts import service
from crm.accounts.models import Practice, User
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import PackageReady
from crm.outreach.models import Task

OWNER = {
    "name": "Robin Vale",
    "credential": "MES",
    "email": "robin@example.com",
    "practice_name": "Northside Exercise",
    "time_zone": "America/Chicago",
    "work_days": ["1", "2", "3", "4", "5"],
    "password": "a long enough passphrase",
    "again": "a long enough passphrase",
}
PRACTICE = {
    "practice_name": "Northside",
    "time_zone": "America/New_York",
    "cutoff": "15:00",
    "work_days": ["1", "2", "3", "4", "5"],
    "closed_days": "",
}


@pytest.fixture
def link(app, clock) -> str:
    with app.app_context(), writing():
        return f"/setup/{service.new_link(now=clock.now)}"


def test_the_link_makes_the_owner_once_and_signs_in(app, visitor, link):
    assert "You and your practice" in visitor.get(link).text
    response = visitor.post(link, data=OWNER)
    assert (response.status_code, response.location) == (303, "/welcome")
    assert visitor.get("/welcome").status_code == 200
    assert visitor.get(link).status_code == 404
    assert app.test_client().post(link, data=OWNER | {"email": "second@example.com"}).status_code == 404
    with app.app_context():
        user = db.session.scalar(select(User))
        assert user.password.startswith("$argon2id$")
        assert db.session.scalar(select(Practice.time_zone)) == "America/Chicago"


def test_a_link_is_good_for_an_hour(visitor, link, clock):
    clock.now += timedelta(minutes=61)
    assert visitor.get(link).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"email": "robin@"}, "This is not an e-mail address", id="address"),
        pytest.param({"password": "short", "again": "short"}, "12 to 128 characters", id="short password"),
        pytest.param({"again": "something else"}, "The two passwords differ", id="two passwords"),
        pytest.param({"work_days": []}, "Choose at least one working day", id="no working day"),
        pytest.param({"time_zone": "Mars/Base"}, "Not a valid choice", id="zone"),
        pytest.param({"name": ""}, "Write your name", id="name"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(app, visitor, link, change, says):
    response = visitor.post(link, data=OWNER | change)
    assert response.status_code == 422
    assert says in response.text
    assert "Northside Exercise" in response.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_sign_in_and_out(app, visitor):
    with app.app_context():
        person = service.Person("robin@example.com", "Robin")
        hashed = service.hashed("a long enough passphrase")
        practice = builders.practice()
        with writing():
            service.create_user(practice, person, password_hash=hashed)
    wrong = visitor.post("/login", data={"email": "robin@example.com", "password": "wrong"})
    unknown = visitor.post("/login", data={"email": "nobody@example.com", "password": "wrong"})
    assert "That did not work" in wrong.text
    assert wrong.text.replace("robin@", "nobody@") == unknown.text
    visitor.post("/login", data={"email": "robin@example.com", "password": "a long enough passphrase"})
    assert visitor.get("/practice").status_code == 200
    visitor.post("/logout")
    assert visitor.get("/practice").location == "/login"


def test_the_practice_page_saves(owner):
    assert owner.post("/practice", data=PRACTICE).status_code == 303
    assert "Saved. All dates follow." in owner.get("/practice").text


@pytest.mark.parametrize("role", ["owner", "assistant"])
def test_the_look_is_everybodys_own_and_the_servers_word(app, owner, role):
    with app.app_context():
        builders.user(email="sam@example.com", role=role)
    person = builders.signed_in(app, "sam@example.com")
    assert person.post("/account/look", data={"theme": "dark"}).status_code == 303
    assert 'data-bs-theme="dark"' in person.get("/").text
    assert "data-bs-theme=" not in owner.get("/").text
    assert person.post("/account/look", data={"theme": "pink"}).status_code == 422


def test_a_closed_day_moves_what_is_due_on_it(app, owner, clock):
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice)
            journal.record(practice, PackageReady(source=f"s{source.id}"), now=clock.now)
        before = db.session.scalar(select(Task.due).where(Task.rule == "C10"))
    owner.post("/practice", data=PRACTICE | {"closed_days": before.isoformat()})
    with app.app_context():
        assert db.session.scalar(select(Task.due).where(Task.rule == "C10")) > before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"closed_days": "2026-12-24\nsoon"}, "Line 2 is not a date", id="closed day"),
        pytest.param({"cutoff": "25:00"}, "Write the hour as 15:00", id="cut-off"),
    ],
)
def test_a_setting_that_cannot_be_is_named(owner, change, says):
    response = owner.post("/practice", data=PRACTICE | change)
    assert response.status_code == 422
    assert says in response.text
