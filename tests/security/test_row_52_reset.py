"""Row 52: a link for a new password is used once, within half an hour; it tells nobody who has an account."""

import re
from datetime import timedelta

import builders
import pytest
from mailroom import with_server
from sqlalchemy import event, select, text
from ways_in import ANOTHER, OWNER, app_with_factor, calm_down, give_code, give_password, is_in, set_up

from crm.accounts.models import SetupLink, User
from crm.db import db, writing
from crm.outreach.models import OutboxMessage


@pytest.fixture
def app(settings, clock, server):
    app = app_with_factor(with_server(settings, server.port), clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def ask(app, email=OWNER):
    return app.test_client().post("/reset", data={"email": email})


def links(app):
    """Return the links in the queue, oldest first."""
    with app.app_context():
        texts = db.session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.id)).all()
    return [found[0] for told in texts if (found := re.search(r"/setup/\S+", told))]


def choose(browser, link, password=ANOTHER):
    return browser.post(link, data={"password": password, "again": password})


def test_row_52_of_two_links_the_first_is_dead_and_the_second_works_once(app, clock):
    set_up(app.test_client(), clock.now)
    ask(app)
    clock.now += timedelta(minutes=1)
    ask(app)
    first, second = links(app)
    assert app.test_client().get(first).status_code == 404
    assert choose(app.test_client(), first).status_code == 404
    assert choose(app.test_client(), second).status_code == 303
    assert choose(app.test_client(), second, "yet another long sentence").status_code == 404
    assert give_password(app.test_client(), ANOTHER).status_code == 302
    assert give_password(app.test_client(), builders.PASSWORD).status_code == 200


def test_row_52_a_link_is_good_for_half_an_hour_and_only_its_hash_is_kept(app, clock):
    ask(app)
    [link] = links(app)
    with app.app_context():
        [row] = db.session.scalars(select(SetupLink).where(SetupLink.user_id.is_not(None)))
        assert len(row.token_hash) == 64
        assert row.token_hash not in link
    clock.now += timedelta(minutes=30)
    assert app.test_client().get(link).status_code == 200
    clock.now += timedelta(seconds=1)
    assert choose(app.test_client(), link).status_code == 404


def test_row_52_the_second_factor_stays_and_every_session_ends(app, clock):
    inside, half_way = app.test_client(), app.test_client()
    phone, _codes = set_up(inside, clock.now)
    give_password(half_way)
    assert is_in(inside)
    ask(app)
    browser = app.test_client()
    assert choose(browser, links(app)[0]).location.startswith("/login/code")
    assert not is_in(browser)
    assert not is_in(inside)
    clock.now += timedelta(minutes=1)
    give_code(half_way, phone.code(clock.now))
    assert not is_in(half_way)
    give_code(browser, phone.code(clock.now))
    assert is_in(browser)


def test_row_52_the_answer_is_the_same_for_unknown_accounts_and_no_mail_goes_there(app):
    with app.app_context():
        builders.user(email="gone@example.com")
        builders.password("gone@example.com")
        builders.user(email="invited@example.com")
        with writing():
            builders.user(email="gone@example.com").active = False
    answers = {}
    for email in (OWNER, "nobody@example.com", "gone@example.com", "invited@example.com"):
        answer = ask(app, email)
        answers[email] = (answer.status_code, answer.text, sorted(answer.headers.keys()))
    assert len({repr(answer) for answer in answers.values()}) == 1
    assert len(links(app)) == 1
    with app.app_context():
        assert db.session.scalars(select(OutboxMessage.recipient)).all() == [OWNER]
        assert db.session.scalars(select(SetupLink.user_id)).all() == [builders.user().id]


def test_row_52_an_unknown_address_costs_the_same_statements(app, clock):
    with app.app_context():
        builders.user()
    counts = []
    for email in (OWNER, "nobody@example.com"):
        calm_down(app)
        clock.now += timedelta(minutes=1)
        with app.app_context():
            seen = []

            def note(_c, _cur, statement, *_rest, kept=seen):
                kept.append(statement.split()[0])

            event.listen(db.engine, "before_cursor_execute", note)
            ask(app, email)
            event.remove(db.engine, "before_cursor_execute", note)
        counts.append((seen.count("INSERT"), seen.count("UPDATE")))
    assert counts[0] == counts[1]


def test_row_52_the_mail_holds_no_client_and_links_to_the_base_address_alone(app, settings):
    visitor = app.test_client()
    visitor.post(
        "/reset", data={"email": OWNER}, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    with app.app_context():
        [mail] = db.session.scalars(select(OutboxMessage))
    assert re.findall(r"https?://[^/\s]+", mail.text) == [settings.base_url]
    assert "evil" not in mail.text + mail.subject


def test_row_52_the_command_prints_a_link_for_who_has_no_mail(app, clock):
    said = app.test_cli_runner().invoke(args=["user", "reset", "--email", OWNER.upper()])
    assert said.exit_code == 0, said.output
    link = said.output.strip().removeprefix("http://localhost")
    assert choose(app.test_client(), link).status_code == 303
    assert app.test_cli_runner().invoke(args=["user", "reset", "--email", "nobody@example.com"]).exit_code == 2


def test_row_52_a_machine_without_mail_says_what_to_do_instead(settings, clock):
    app = app_with_factor(settings, clock)
    assert "flask user reset --email" in app.test_client().get("/reset").text
    assert app.test_client().post("/reset", data={"email": OWNER}).status_code == 422
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM setup_link")) == 0
        db.session.remove()
        db.engine.dispose()


def test_row_52_a_closed_account_is_not_opened_by_a_link_sent_before(app):
    ask(app)
    with app.app_context(), writing():
        db.session.scalars(select(User)).one().active = False
    assert choose(app.test_client(), links(app)[0]).status_code == 404
