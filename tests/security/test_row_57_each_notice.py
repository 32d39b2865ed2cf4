"""Row 57: each act that matters to an account is told by one mail, without a secret and without a word of a client."""

import re
from datetime import timedelta

import builders
import pytest
from sqlalchemy import select
from ways_in import OWNER, app_with_factor, calm_down, give_code, give_password, set_up

from crm.accounts.notice_words import WORDS, Notice
from crm.db import db
from crm.outreach.models import MessageKind, OutboxMessage

ANOTHER = "a sentence nobody wrote down"


@pytest.fixture
def app(settings, clock):
    app = app_with_factor(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def notices(app) -> list[tuple[str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.NOTICE))
        return [(message.recipient, message.subject, message.text) for message in found]


def subject(notice: Notice) -> str:
    return WORDS[notice][0]


@pytest.fixture
def came_in(app, clock):
    """The owner with an authenticator, signed in; what was told up to then is left out."""
    browser = app.test_client()
    phone, codes = set_up(browser, clock.now)
    clock.now += timedelta(minutes=2)
    return browser, phone, codes, len(notices(app))


def test_row_57_a_new_device_is_told_and_a_known_one_is_not(app, clock, came_in):
    _browser, phone, _codes, before = came_in
    for agent in ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Firefox/140.0",) * 2:
        calm_down(app)
        clock.now += timedelta(minutes=2)
        other = app.test_client()
        other.environ_base["HTTP_USER_AGENT"] = agent
        give_password(other)
        give_code(other, phone.code(clock.now))
    told = notices(app)[before:]
    assert [(to, title) for to, title, _text in told] == [(OWNER, subject(Notice.NEW_DEVICE))]


def test_row_57_the_fifth_wrong_try_is_told_once(app, clock, came_in):
    before = came_in[3]
    for _ in range(5):
        calm_down(app)
        give_password(app.test_client(), "not the right one at all")
    assert [title for _to, title, _text in notices(app)[before:]] == [subject(Notice.FAILED_TRIES)]


def test_row_57_another_password_and_another_address_are_told_the_old_address(app, clock, came_in):
    browser, _phone, _codes, before = came_in
    form = {"password": builders.PASSWORD, "new_password": ANOTHER, "new_password_confirm": ANOTHER}
    assert browser.post("/account/password", data=form).status_code in {302, 303}
    assert browser.post("/account/address", data={"email": "new@example.com"}).status_code in {302, 303}
    told = [(to, title) for to, title, _text in notices(app)[before:]]
    assert (OWNER, subject(Notice.PASSWORD_CHANGED)) in told
    assert (OWNER, subject(Notice.ADDRESS_CHANGED)) in told
    assert len(told) == 2


def test_row_57_no_notice_holds_a_secret_or_a_client(app, clock, came_in):
    _browser, phone, codes, _before = came_in
    for _to, title, text in notices(app):
        assert "If it was not" in text or "if it was not" in text, title
        for secret in (phone.key, builders.PASSWORD, ANOTHER, *codes):
            assert secret not in text
        assert not re.search(r"C-\d{4}", title + text)


def test_row_57_a_role_and_a_way_past_the_sign_in_are_told(product):
    owner = product.sign_in()
    owner.post("/practice/people", {"name": "Told Other", "email": "told@example.com", "role": "assistant"})
    [(user,)] = product.sql('SELECT id FROM "user" WHERE email = :email', email="told@example.com")
    owner.post(f"/practice/people/{user}/role", {"role": "owner"})
    code, said = product.flask("break-glass", "--email", "told@example.com")
    assert code == 0, said
    told = product.sql("SELECT subject, text FROM outbox_message WHERE recipient = 'told@example.com'")
    titles = [title for title, _text in told]
    assert titles.count(subject(Notice.ROLE_CHANGED)) == titles.count(subject(Notice.BREAK_GLASS)) == 1
    link = re.search(r"/setup/([\w-]+)", said)[1]
    assert link not in str([text for title, text in told if title == subject(Notice.BREAK_GLASS)])
