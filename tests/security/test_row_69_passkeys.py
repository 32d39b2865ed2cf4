"""Row 69: a passkey signs in alone or after the password; only here, only to the question it was asked, never twice."""

import html
import json
import re
from dataclasses import replace

import pytest
from passkey import Passkey
from sqlalchemy import select
from ways_in import app_with_factor, give_password, is_in, set_up

from crm.accounts.models import WebAuthn
from crm.accounts.sign_in import passkeys_possible
from crm.db import db


@pytest.fixture
def app(settings, clock):
    app = app_with_factor(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def owner(app, clock):
    browser = app.test_client()
    set_up(browser, clock.now)
    return browser


def question(browser, path, form=None):
    """Ask the desk for its question; return where the answer goes, and what the browser would hand to the passkey."""
    page = browser.post(path, data=form or {}).text
    act = re.search(r'action="([^"]+)" data-passkey', page)
    options = re.search(r'data-options="([^"]+)"', page)
    assert act, page
    return html.unescape(act[1]), json.loads(html.unescape(options[1]))


def save(browser, usage="first", **values):
    passkey = Passkey(**values)
    act, options = question(browser, "/account/passkeys", {"name": f"key {usage}", "usage": usage})
    browser.post(act, data={"credential": passkey.made(options)})
    return passkey


def come_in(app, passkey, browser=None):
    browser = browser or app.test_client()
    act, options = question(browser, "/login/passkey")
    browser.post(act, data={"credential": passkey.answer(options)})
    return is_in(browser)


def test_row_69_an_answer_is_taken_once_and_only_to_the_question_of_this_session(app, owner):
    passkey = save(owner)
    browser, thief = app.test_client(), app.test_client()
    act, options = question(browser, "/login/passkey")
    answer = passkey.answer(options)
    thief.get("/login")
    thief.post(act, data={"credential": answer})  # overheard, with its address, and sent from elsewhere
    assert not is_in(thief)
    browser.post(act, data={"credential": answer})
    assert is_in(browser)
    act, options = question(thief, "/login/passkey")
    first = passkey.answer(options)
    thief.post(act, data={"credential": first})
    assert is_in(thief)
    thief.post("/logout")
    thief.post(act, data={"credential": passkey.answer(options)})  # a second answer to a question that was answered
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"origin": "http://localhost:8443"}, "another port", id="another port"),
        pytest.param({"origin": "https://handoff.example"}, "another place", id="another place"),
        pytest.param({"host": "evil.example"}, "made for another host", id="another host"),
        pytest.param({"verified": False}, "nobody proved to it who they are", id="no finger, no PIN"),
        pytest.param({"counter": -1}, "its counter went back, as a copy's does", id="counter went back"),
    ],
)
def test_row_69_a_passkey_that_answers_otherwise_is_refused(app, owner, changed, why):
    passkey = save(owner)
    assert come_in(app, passkey)
    if "counter" in changed:
        assert come_in(app, passkey)
        changed = {"counter": passkey.counter - 1}
    other = replace(passkey, **changed)
    assert not come_in(app, other), why


def test_row_69_as_second_factor_it_comes_after_the_password_and_opens_nothing_alone(app, owner):
    passkey = save(owner, "secondary", verified=False)
    assert not come_in(app, passkey)
    browser = app.test_client()
    assert give_password(browser).location.startswith("/login/which")
    assert browser.post("/login/which", data={"which": "webauthn"}).location.startswith("/login/passkey")
    assert come_in(app, passkey, browser)


def test_row_69_a_passkey_from_elsewhere_is_not_saved(app, owner):
    save(owner, origin="https://handoff.example")
    save(owner, "secondary", host="evil.example")
    with app.app_context():
        assert db.session.scalars(select(WebAuthn)).all() == []


def test_row_69_a_removed_passkey_opens_nothing(app, owner):
    passkey = save(owner)
    assert come_in(app, passkey)
    owner = app.test_client()
    act, options = question(owner, "/login/passkey")
    owner.post(act, data={"credential": passkey.answer(options)})
    owner.post("/account/passkeys/remove", data={"name": "key first"})
    assert not come_in(app, passkey)


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("https://handoff.example", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
        ("https://192.168.1.9", False), ("https://[::1]", False),
    ],
)  # fmt: skip
def test_row_69_they_are_offered_where_browsers_allow_them(address, possible):
    assert passkeys_possible(address) is possible
