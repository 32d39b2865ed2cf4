"""Row 12: left alone the desk closes; what a page asks for by itself does not keep it open."""

from datetime import timedelta

import builders
import outside
import pytest
from sqlalchemy import select

from crm.accounts.models import User, UserSession
from crm.db import db, writing
from crm.outreach.upkeep_jobs import housekeeping


@pytest.fixture
def person(app, visitor):
    """Somebody who has just signed in with their password."""
    with app.app_context():
        builders.password()
    enter(visitor)
    return visitor


def enter(visitor, **more: str) -> None:
    form = {"email": "owner@example.com", "password": builders.PASSWORD} | more
    assert visitor.post("/login", data=form).status_code in {302, 303}


def is_in(browser) -> bool:
    return browser.get("/").status_code == 200


def test_row_12_without_a_click_it_closes_after_twenty_minutes(person, clock):
    clock.now += timedelta(minutes=19)
    assert is_in(person)
    clock.now += timedelta(minutes=19)
    assert is_in(person)
    clock.now += timedelta(minutes=21)
    answer = person.get("/")
    assert (answer.status_code, answer.location) == (302, "/login")
    clock.now -= timedelta(minutes=21)
    assert not is_in(person)  # what is closed does not open again


@pytest.mark.parametrize("minutes", [5, 60])
def test_row_12_people_choose_between_five_minutes_and_an_hour(app, person, clock, minutes):
    assert person.post("/account/idle", data={"minutes": str(minutes)}).status_code == 303
    clock.now += timedelta(minutes=minutes - 1)
    assert is_in(person)
    clock.now += timedelta(minutes=minutes + 1)
    assert not is_in(person)


def test_row_12_polling_is_no_activity(person, clock):
    for _minute in range(22):
        clock.now += timedelta(minutes=1)
        answer = person.get("/", headers={"X-Auto": "1"})
    assert answer.status_code == 302
    assert not is_in(person)


def test_row_12_twelve_hours_end_it_whatever_is_clicked(person, clock):
    for _quarter in range(47):
        clock.now += timedelta(minutes=15)
        assert is_in(person)
    clock.now += timedelta(minutes=15)
    assert not is_in(person)


def test_row_12_that_somebody_is_there_is_written_once_a_minute_at_most(app, person, clock):
    def seen():
        with app.app_context():
            return db.session.scalar(select(UserSession.seen_at))

    before = seen()
    clock.now += timedelta(seconds=59)
    assert is_in(person)
    assert seen() == before
    clock.now += timedelta(seconds=1)
    assert is_in(person)
    assert seen() == clock.now


def test_row_12_a_phone_of_ones_own_is_locked_not_closed_and_ends_after_thirty_days(app, visitor, clock):
    with app.app_context():
        builders.password()
    enter(visitor, remember="y")
    assert visitor.get_cookie("handoff").max_age == 30 * 24 * 3600
    clock.now += timedelta(days=2)
    answer = visitor.get("/clients?page=2")
    assert (answer.status_code, answer.location) == (302, "/verify?next=/clients?page%3D2")
    assert visitor.get("/account/sessions").status_code == 302
    part = visitor.get("/pipeline", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/verify?next=/")
    assert visitor.post("/verify?next=/clients?page%3D2", data={"password": "not the right one"}).status_code == 200
    assert not is_in(visitor)
    back = visitor.post("/verify?next=/clients?page%3D2", data={"password": builders.PASSWORD})
    assert back.location == "/clients?page=2"
    assert is_in(visitor)
    clock.now += timedelta(days=28)
    assert visitor.get("/").location == "/login"


def test_row_12_rows_whose_time_is_over_are_deleted(app, person, clock):
    clock.now += timedelta(hours=12)
    with app.app_context():
        housekeeping(now=clock.now)
        assert db.session.scalars(select(UserSession)).all() == []


def test_row_12_from_outside(product):
    browser = product.sign_in()
    with product.app.app_context(), writing():
        mine = select(UserSession).join(User).where(User.email == outside.OWNER).order_by(UserSession.id.desc())
        db.session.scalars(mine).first().seen_at -= timedelta(minutes=21)
    assert browser.get("/").header("Location") == "/login"
