"""Row 51: what is dangerous asks once more who it is, if that was not proved within ten minutes."""

from datetime import timedelta

import builders
import pytest

from crm import fresh
from crm.accounts.models import Practice
from crm.db import db, writing

PLACES = [
    ("GET", "/clients/C-0101/rights", "/clients/C-0101/rights"),
    ("POST", "/clients/C-0101/copy", "/clients/C-0101/rights"),
    ("POST", "/clients/C-0101/erase", "/clients/C-0101/rights"),
    ("GET", "/clients/C-0101/disclosures.csv", "/clients/C-0101/disclosures"),
    ("GET", "/calendar/feeds", "/calendar/feeds"),
    ("POST", "/calendar/feeds", "/calendar/feeds"),
    ("POST", "/calendar/feeds/1/rotate", "/calendar/feeds"),
    ("GET", "/practice/people", "/practice/people"),
    ("POST", "/practice/people/1/disable", "/practice/people"),
    ("GET", "/account/password", "/account/password"),
    ("POST", "/account/password", "/account/password"),
    ("GET", "/account/address", "/account/address"),
    ("POST", "/account/address", "/account/address"),
    ("GET", "/practice/log.csv", "/practice/log"),
]


@pytest.fixture
def person(app, visitor):
    """Somebody who has just signed in with their password."""
    with app.app_context():
        builders.password()
        with writing():
            builders.client(code="C-0101")
    visitor.post("/login", data={"email": "owner@example.com", "password": builders.PASSWORD})
    return visitor


@pytest.mark.parametrize(("method", "path", "back"), PLACES)
def test_row_51_a_sign_in_of_eleven_minutes_ago_is_asked_again_and_led_back(person, clock, method, path, back):
    clock.now += timedelta(minutes=11)
    answer = person.open(path, method=method)
    assert (answer.status_code, answer.location) == (303, f"/verify?next={back}")
    part = person.open(path, method=method, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, f"/verify?next={back}")
    assert person.post(answer.location, data={"password": builders.PASSWORD}).location == back
    assert person.get(back).status_code == 200


def test_row_51_what_was_asked_for_is_still_asked_for_after_the_proof(person, clock):
    clock.now += timedelta(minutes=11)
    asked = person.get("/practice/log.csv?what=signed_in")
    assert person.post(asked.location, data={"password": builders.PASSWORD}).location == "/practice/log?what=signed_in"


def test_row_51_every_dangerous_address_has_the_question(app):
    assert {endpoint for endpoint in app.view_functions if endpoint.startswith(("rights.", "people."))} <= set(
        fresh.PAGES
    )


def test_row_51_where_faxes_go_waits_for_the_proof_and_the_rest_is_kept(app, person, clock):
    clock.now += timedelta(minutes=11)
    form = {
        "street": "1 Main Street", "city": "Fairfield", "state": "OR", "zip": "97000", "phone": "503.555.0100",
        "email": "desk@example.com", "role_title": "Medical Exercise Specialist", "serves": "adults",
        "fax_gateway": "fax.example.com", "credential": "MES", "fax": "", "licence": "",
    }  # fmt: skip
    assert person.post("/practice/letterhead", data=form).location == "/verify?next=/practice"
    with app.app_context():
        held = db.session.query(Practice).one()
        assert (held.street, held.fax_gateway) == ("1 Main Street", "")
    person.post("/verify", data={"password": builders.PASSWORD})
    person.post("/practice/letterhead", data=form)
    with app.app_context():
        assert db.session.query(Practice).one().fax_gateway == "fax.example.com"


def test_row_51_the_old_cookie_does_not_profit_from_the_proof(app, person, clock):
    thief = app.test_client()
    thief.set_cookie("handoff", person.get_cookie("handoff").value)
    clock.now += timedelta(minutes=11)
    assert person.post("/verify", data={"password": builders.PASSWORD}).status_code == 302
    assert person.get("/clients/C-0101/rights").status_code == 200
    assert thief.get("/clients/C-0101/rights").location == "/login"
