"""Row 58: phone and password are lost; by the written steps the owner is in again, and it is on record."""

import re
from datetime import timedelta
from pathlib import Path

import builders
import pytest
from sqlalchemy import select
from ways_in import (
    ANOTHER,
    OWNER,
    app_with_factor,
    calm_down,
    give_code,
    give_password,
    is_in,
    make_codes,
    scan,
    set_up,
)

from crm.accounts.models import User
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach.models import OutboxMessage

STEPS = Path(__file__).parents[2] / "docs" / "security" / "break-glass.md"


@pytest.fixture
def app(settings, clock):
    app = app_with_factor(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_row_58_by_the_written_steps_somebody_is_in_again_and_it_is_on_record(app, clock):
    inside = app.test_client()
    phone, codes = set_up(inside, clock.now)
    [command] = re.findall(r"`(flask break-glass --email ADDRESS)`", STEPS.read_text())
    said = app.test_cli_runner().invoke(args=command.replace("ADDRESS", OWNER).split()[1:])
    assert said.exit_code == 0, said.output
    assert not is_in(inside)
    link = re.search(r"http://localhost(/setup/\S+)", said.output)
    assert link

    thief = app.test_client()  # who knows the old password is not let in to set up a phone of their own
    assert give_password(thief).status_code == 200
    assert thief.get("/account/authenticator").location == "/login"

    back = app.test_client()
    back.post(link[1], data={"password": ANOTHER, "again": ANOTHER})
    assert not is_in(back)
    clock.now += timedelta(minutes=1)
    new_phone = scan(back)
    assert new_phone.key != phone.key
    give_code(back, new_phone.code(clock.now))
    assert set(make_codes(back)).isdisjoint(codes)
    assert is_in(back)
    assert app.test_client().get(link[1]).status_code == 404

    with app.app_context():
        owner = db.session.scalars(select(User)).one()
        told = {entry.type: entry for entry in db.session.scalars(select(JournalEntry))}
        assert told["break_glass"].payload["user"] == owner.id
        assert told["break_glass"].actor is None
        mails = db.session.scalars(select(OutboxMessage.subject)).all()
        assert "Your account was opened at the machine itself" in mails


def test_row_58_what_was_lost_opens_nothing_afterwards(app, clock):
    phone, codes = set_up(app.test_client(), clock.now)
    app.test_cli_runner().invoke(args=["break-glass", "--email", OWNER])
    for _way in ("password", "code", "recovery"):
        calm_down(app)
        browser = app.test_client()
        assert give_password(browser).status_code == 200
        give_code(browser, phone.code(clock.now + timedelta(seconds=30)))
        browser.post("/login/recovery-code", data={"code": codes[0]})
        assert not is_in(browser)
    with app.app_context():
        owner = db.session.scalars(select(User)).one()
        assert (owner.password, owner.tf_totp_secret, list(owner.mf_recovery_codes)) == (None, None, [])


def test_row_58_the_command_names_who_it_does_not_know(app):
    said = app.test_cli_runner().invoke(args=["break-glass", "--email", "nobody@example.com"])
    assert said.exit_code == 2
    with app.app_context():
        assert builders.user().password
