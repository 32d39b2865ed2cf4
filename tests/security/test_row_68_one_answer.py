"""Row 68: whoever tries learns neither who has an account nor what about a code was wrong."""

import re
import statistics
import time
from datetime import timedelta

import builders
import pytest
from outside import DISABLED, OWNER, Product
from ways_in import app_with_factor, calm_down, give_code, give_password, set_up

from crm.db import db

WRONG = "wrong wrong wrong wrong"


def answer(product: Product, email: str, password: str = WRONG) -> tuple[int, str, list[str]]:
    product.sql("DELETE FROM throttle")
    browser = product.visitor()
    browser.fetch_token()
    got = browser.post("/login", {"email": email, "password": password})
    body = got.text.replace(email, "ADDRESS").replace(browser.token, "TOKEN")
    return got.status, body.split("csrf_token")[0], sorted(name for name, _value in got.headers)


def test_row_68_wrong_user_wrong_password_and_a_closed_account_get_one_answer(product):
    answers = [
        answer(product, OWNER),
        answer(product, "nobody@example.com"),
        answer(product, DISABLED),
        answer(product, DISABLED, builders.PASSWORD),
        answer(product, OWNER, "x" * 4000),
        answer(product, "nobody@example.com", "x" * 4000),
    ]
    assert "Check the e-mail address and the password." in answers[0][1]
    assert all(other == answers[0] for other in answers), [other[0] for other in answers]


def test_row_68_an_unknown_address_costs_a_hash_like_a_known_one(product):
    """Robust on a busy machine: a missing hash would make it many times faster, not a little."""
    took: dict[str, list[float]] = {OWNER: [], "nobody@example.com": []}
    for _ in range(7):
        for email, seconds in took.items():
            begun = time.perf_counter()
            answer(product, email)
            seconds.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(seconds) for seconds in took.values())
    assert known / 2 < unknown < known * 2


@pytest.fixture
def app(settings, clock):
    app = app_with_factor(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_row_68_wrong_old_used_and_malformed_codes_get_one_answer(app, clock):
    phone, _codes = set_up(app.test_client(), clock.now)
    used = phone.code(clock.now)
    clock.now += timedelta(seconds=30)
    bodies = set()
    for code in ("000000", used, phone.code(clock.now - timedelta(minutes=5)), "12", "letters", "1234567"):
        calm_down(app)
        browser = app.test_client()
        give_password(browser)
        got = give_code(browser, code)
        bodies.add((got.status_code, re.sub(r'value="[^"]+"', "", got.text)))  # but the form's own token
        assert "This code is not right, too old, or was used before." in got.text
    assert len(bodies) == 1


def test_row_68_wrong_and_used_recovery_codes_get_one_answer(app, clock):
    _phone, codes = set_up(app.test_client(), clock.now)
    bodies = set()
    for code in ("AAAAA-BBBBB-CCCCC-DDDDD", codes[0], codes[0], "", "-"):
        calm_down(app)
        browser = app.test_client()
        give_password(browser)
        got = browser.post("/login/recovery-code", data={"code": code})
        if got.status_code == 200:
            bodies.add(got.text.partition("<form")[0])
    assert len(bodies) <= 2  # nothing written is said to be missing; all else is one sentence
