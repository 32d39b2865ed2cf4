"""Row 9: sessions live on the server; the cookie is a random secret of which only the hash is kept."""

import hashlib
import secrets

import builders
import flask_login.utils as outside_cookies
import outside
import pytest
from flask.sessions import SecureCookieSessionInterface


def test_row_09_a_copied_cookie_is_worth_nothing_after_the_sign_out(product):
    browser = product.sign_in()
    thief = product.visitor()
    thief.cookies = dict(browser.cookies)
    assert thief.get("/").status == 200
    gone = browser.post("/logout")
    assert gone.status in {302, 303}
    assert gone.header("Clear-Site-Data") == '"cache", "storage"'
    answer = thief.get("/")
    assert (answer.status, answer.header("Location")) == (302, "/login")


def test_row_09_the_secret_is_another_one_after_the_sign_in(product):
    browser = product.visitor()
    browser.cookies["handoff"] = planted = secrets.token_urlsafe(32)
    browser.fetch_token()
    visiting = browser.cookies["handoff"]
    browser.post("/login", {"email": outside.OWNER, "password": builders.PASSWORD})
    assert len({planted, visiting, browser.cookies["handoff"]}) == 3
    assert browser.get("/").status == 200
    assert len(browser.cookies["handoff"]) == 43  # 256 bits
    for old in (planted, visiting):
        browser.cookies["handoff"] = old
        assert browser.get("/").status == 302


def test_row_09_the_secret_is_another_one_after_it_was_proved_again_who_it_is(product):
    browser = product.sign_in()
    before = browser.cookies["handoff"]
    assert browser.post("/verify", {"password": builders.PASSWORD}).status in {302, 303}
    assert browser.cookies["handoff"] != before
    assert browser.get("/").status == 200
    browser.cookies["handoff"] = before
    assert browser.get("/").status == 302


def test_row_09_only_the_hash_is_kept(product):
    browser = product.sign_in()
    secret = browser.cookies["handoff"]
    mark = hashlib.sha256(secret.encode()).hexdigest()
    assert product.sql("SELECT count(*) FROM user_session WHERE token_hash = :mark", mark=mark) == [(1,)]
    for path in product.files():
        assert secret.encode() not in path.read_bytes(), path.name
    for (contents,) in product.sql("SELECT contents FROM user_session"):
        assert secret not in contents


def test_row_09_a_visit_writes_no_row(product):
    before = product.sql("SELECT count(*) FROM user_session")
    for path in ("/", "/login", "/reset", "/cal/unknown.ics", "/clients", "/nowhere", "/login/code"):
        product.visitor().get(path)
    visitor = product.visitor()
    visitor.fetch_token()
    visitor.post("/login", {"email": outside.OWNER, "password": "not this one, never"})
    assert product.sql("SELECT count(*) FROM user_session") == before


@pytest.mark.parametrize("name", ["remember_token", "session"])
def test_row_09_no_other_cookie_lets_anybody_in(product, name):
    """Neither is one given out, whatever is asked for, nor is one taken that carries the right signature."""
    browser = product.visitor()
    answer = browser.post("/login", {"email": outside.OWNER, "password": builders.PASSWORD, "remember": "y"})
    assert set(browser.cookies) == {"handoff"}
    assert [value.partition("=")[0] for key, value in answer.headers if key == "Set-Cookie"] == ["handoff"]
    stranger = product.visitor()
    stranger.cookies["handoff" if name == "session" else name] = signed(product, name)
    assert stranger.get("/").status in {302, 401}
    assert stranger.get("/").status in {302, 401}


def signed(product, name: str) -> str:
    """Return what Flask and Flask-Login would have signed for the owner, with the key of this installation."""
    [(uniquifier,)] = product.sql('SELECT fs_uniquifier FROM "user" WHERE email = :email', email=outside.OWNER)
    with product.app.test_request_context():
        if name == "remember_token":
            return outside_cookies.encode_cookie(uniquifier)
        signer = SecureCookieSessionInterface().get_signing_serializer(product.app)
        return signer.dumps({"_user_id": uniquifier, "_fresh": True, "fs_paa": 1e10})


def test_row_09_a_token_in_a_header_or_an_address_lets_nobody_in(product):
    with product.app.app_context():
        token = builders.user().get_auth_token()
    visitor = product.visitor()
    assert visitor.get("/", Authentication_Token=token).status == 302
    assert visitor.get(f"/?auth_token={token}").status == 302
