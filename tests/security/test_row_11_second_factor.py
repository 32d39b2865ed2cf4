"""Row 11: a second factor for everybody; each code once, also where two requests bring it at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import builders
import pytest
from flask import Flask
from sqlalchemy import select
from ways_in import OWNER, app_with_factor, calm_down, give_code, give_password, is_in, scan, set_up

from crm.accounts.models import User
from crm.db import db


@pytest.fixture
def app(settings, clock):
    app = app_with_factor(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_row_11_a_code_works_once_also_in_two_requests_at_the_same_moment(app, clock):
    phone, _codes = set_up(app.test_client(), clock.now)
    clock.now += timedelta(seconds=60)
    code = phone.code(clock.now)
    browsers = [app.test_client() for _ in range(4)]
    for browser in browsers:
        give_password(browser)
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(lambda browser: give_code(browser, code), browsers))
    assert [is_in(browser) for browser in browsers].count(True) == 1
    late = app.test_client()
    give_password(late)
    assert "was used before" in give_code(late, code).text
    assert not is_in(late)


def test_row_11_this_step_and_the_one_before_pass_and_no_other(app, clock):
    phone, _codes = set_up(app.test_client(), clock.now)
    clock.now += timedelta(minutes=10)
    for seconds, passes in ((-60, False), (30, False), (-30, True), (0, True)):
        calm_down(app)
        browser = app.test_client()
        give_password(browser)
        give_code(browser, phone.code(clock.now + timedelta(seconds=seconds)))
        assert is_in(browser) is passes, seconds


def test_row_11_an_older_code_is_dead_once_a_newer_one_was_used(app, clock):
    phone, _codes = set_up(app.test_client(), clock.now)
    clock.now += timedelta(minutes=10)
    for seconds, passes in ((0, True), (-30, False)):
        browser = app.test_client()
        give_password(browser)
        give_code(browser, phone.code(clock.now + timedelta(seconds=seconds)))
        assert is_in(browser) is passes


def test_row_11_a_password_alone_reaches_no_page(app, clock):
    set_up(app.test_client(), clock.now)
    for browser in (app.test_client(), app.test_client()):
        give_password(browser)
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and not rule.arguments and "security." not in rule.endpoint:
                answer = browser.get(str(rule))
                is_open = rule.endpoint in {"setup.ask_reset", "public.healthz", "public.readyz", "public.metrics"}
                assert is_open or answer.location == "/login", rule


def test_row_11_a_password_alone_reaches_no_page_before_an_authenticator_is_there_either(app):
    browser = app.test_client()
    assert give_password(browser).location == "/account/authenticator"
    for page in ("/", "/account", "/account/recovery-codes", "/practice", "/account/passkeys", "/clients"):
        assert browser.get(page).location.startswith("/login"), page


def test_row_11_who_began_before_the_authenticator_was_set_up_does_not_come_in_after(app, clock):
    thief = app.test_client()
    give_password(thief)
    theirs = scan(thief)
    phone, _codes = set_up(app.test_client(), clock.now)
    give_code(thief, theirs.code(clock.now))
    assert not is_in(thief)
    clock.now += timedelta(minutes=1)
    owner = app.test_client()
    give_password(owner)
    give_code(owner, phone.code(clock.now))
    assert is_in(owner)


def test_row_11_a_recovery_code_is_used_up_also_in_two_requests_at_the_same_moment(app, clock):
    _phone, codes = set_up(app.test_client(), clock.now)
    browsers = [app.test_client() for _ in range(4)]
    for browser in browsers:
        give_password(browser)
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(lambda browser: browser.post("/login/recovery-code", data={"code": codes[3]}), browsers))
    assert [is_in(browser) for browser in browsers].count(True) == 1
    with app.app_context():
        assert len(db.session.scalars(select(User.mf_recovery_codes)).one()) == 9


def test_row_11_recovery_codes_are_shown_once_and_lead_the_way(app, clock):
    browser = app.test_client()
    give_password(browser)
    give_code(browser, scan(browser).code(clock.now))
    assert browser.get("/").location == "/account/recovery-codes"
    assert browser.post("/quick-add").location == "/account/recovery-codes"
    shown = browser.post("/account/recovery-codes").text
    assert shown.count("-") > 30
    assert is_in(browser)
    again = browser.get("/account/recovery-codes?show_codes=y").text
    assert "Ten codes are left." in again
    assert 'id="codes"' not in again


def test_row_11_neither_the_secret_nor_a_code_lies_readable_in_the_database(app, clock, settings):
    phone, codes = set_up(app.test_client(), clock.now)
    with app.app_context():
        secret, kept = db.session.execute(select(User.tf_totp_secret, User.mf_recovery_codes)).one()
        held = json.loads(secret)
        told = json.dumps([secret, list(kept)])
    assert held["type"] == "totp"
    assert "enckey" in held
    assert "key" not in held
    everything = told.encode() + b"".join(
        path.read_bytes() for path in Path(settings.data_dir).rglob("*") if path.is_file()
    )
    for word in (phone.key, *codes, *(code.replace("-", "") for code in codes)):
        assert word.encode() not in everything


def test_row_11_no_token_and_no_json_open_another_way_in(app, clock):
    set_up(app.test_client(), clock.now)
    browser = app.test_client()
    answer = browser.post("/login?include_auth_token", json={"email": OWNER, "password": builders.PASSWORD})
    assert "token" not in answer.text.lower()
    with app.app_context():
        token = db.session.scalars(select(User)).one().get_auth_token()
    for way in ({"headers": {"Authentication-Token": token}}, {"query_string": {"auth_token": token}}):
        assert app.test_client().get("/", **way).location == "/login"


def test_row_11_with_the_second_factor_off_nothing_but_the_password_is_asked(settings, clock):
    app: Flask = app_with_factor(settings, clock, second_factor="off")
    browser = app.test_client()
    assert give_password(browser).location == "/"
    assert is_in(browser)
    assert "the password alone opens the desk" in browser.get("/account").text
    assert browser.get("/account/authenticator").status_code == 404
