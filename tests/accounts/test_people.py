"""The people of a practice: invited, changed, shut out and let in again, and never without an owner."""

import re
from concurrent.futures import ThreadPoolExecutor

import builders
import mailroom
import outside
import pytest
from sqlalchemy import select, text

from crm.accounts.models import SetupLink, User
from crm.db import db, writing
from crm.outreach.models import OutboxMessage

LINK = re.compile(r"http://localhost(/setup/[\w-]{43})")
NEW = {"name": "Nell New", "email": "nell@example.com", "role": "assistant"}


@pytest.fixture
def people(app) -> dict[str, int]:
    outside.people(app)
    with app.app_context():
        return {user.email: user.id for user in db.session.scalars(select(User))}


@pytest.fixture
def owner(app, people):
    return builders.signed_in(app, outside.OWNER)


def state(app, email: str) -> tuple[bool, list[str]]:
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        return user.active, [role.name for role in user.roles]


def test_an_invited_person_chooses_a_password_once_and_is_what_the_invitation_says(app, owner):
    shown = owner.post("/practice/people", data=NEW)
    [path] = LINK.findall(shown.text)
    assert "No mail can leave" in shown.text
    assert path.rpartition("/")[2] not in owner.get("/practice/people").text
    browser = app.test_client()
    chosen = {"password": builders.PASSWORD, "again": builders.PASSWORD}
    assert browser.post(path, data=chosen).status_code == 303
    assert browser.get("/practice/people").status_code == 403
    assert app.test_client().post(path, data=chosen).status_code == 404
    assert state(app, NEW["email"]) == (True, ["assistant"])


def test_the_link_goes_out_by_mail_where_mail_can_leave(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(WTF_CSRF_ENABLED=False)
    shown = builders.signed_in(app).post("/practice/people", data=NEW)
    [path] = LINK.findall(shown.text)
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage)).one()
        assert (message.recipient, message.kind.value) == (NEW["email"], "notice")
        assert f"http://localhost{path}\n" in message.text


def test_a_new_link_makes_the_older_one_void(app, owner, people):
    assistant = people[outside.ASSISTANT]
    [first] = LINK.findall(owner.post(f"/practice/people/{assistant}/link").text)
    [second] = LINK.findall(owner.post(f"/practice/people/{assistant}/link").text)
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200


def test_a_disabled_account_gets_no_link_and_its_open_link_is_void(app, owner, people):
    assistant = people[outside.ASSISTANT]
    [path] = LINK.findall(owner.post(f"/practice/people/{assistant}/link").text)
    owner.post(f"/practice/people/{assistant}/disable")
    assert app.test_client().get(path).status_code == 404
    assert owner.post(f"/practice/people/{assistant}/link").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(SetupLink)).all() == []


def test_whoever_is_shut_out_loses_every_session_and_comes_back_by_signing_in(app, owner, people):
    assistant, browser = people[outside.ASSISTANT], builders.signed_in(app, outside.ASSISTANT)
    assert browser.get("/").status_code == 200
    owner.post(f"/practice/people/{assistant}/disable")
    assert browser.get("/").status_code == 302
    owner.post(f"/practice/people/{assistant}/enable")
    assert browser.get("/").status_code == 302  # that session stays dead
    assert builders.signed_in(app, outside.ASSISTANT).get("/").status_code == 200


def test_signed_out_everywhere_means_each_browser(app, owner, people):
    browsers = [builders.signed_in(app, outside.ASSISTANT) for _ in range(2)]
    owner.post(f"/practice/people/{people[outside.ASSISTANT]}/sign-out")
    assert [browser.get("/").status_code for browser in browsers] == [302, 302]
    assert owner.get("/").status_code == 200


@pytest.mark.parametrize("act", ["disable", "role"])
def test_the_last_owner_stays_one(app, owner, people, act):
    """The disabled owner beside them does not count: they could not sign in."""
    answer = owner.post(f"/practice/people/{people[outside.OWNER]}/{act}", data={"role": "assistant"})
    assert answer.status_code == 303
    assert state(app, outside.OWNER) == (True, ["owner"])
    assert "make somebody else an owner first" in owner.get("/practice/people").text


def test_an_owner_who_never_chose_a_password_does_not_count(app, owner, people):
    owner.post("/practice/people", data=NEW | {"role": "owner"})
    owner.post(f"/practice/people/{people[outside.OWNER]}/role", data={"role": "assistant"})
    assert state(app, outside.OWNER) == (True, ["owner"])


def test_two_owners_who_take_each_other_out_at_once_leave_one(app, people):
    with app.app_context(), writing():
        builders.user(email=outside.DISABLED).active = True
    one, other = (builders.signed_in(app, email) for email in (outside.OWNER, outside.DISABLED))
    paths = (f"/practice/people/{people[outside.DISABLED]}/role", f"/practice/people/{people[outside.OWNER]}/disable")
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(
                lambda pair: pair[0].post(pair[1], data={"role": "assistant"}), zip((one, other), paths, strict=True)
            )
        )
    assert {answer.status_code for answer in answers} <= {303, 401, 403}
    left = [state(app, email) for email in (outside.OWNER, outside.DISABLED)]
    assert left.count((True, ["owner"])) == 1


@pytest.mark.parametrize("act", ["role", "disable", "enable", "sign-out", "link"])
def test_people_of_another_practice_are_not_there(app, owner, people, act):
    assert owner.post(f"/practice/people/{people[outside.OTHER]}/{act}", data={"role": "owner"}).status_code == 404
    assert state(app, outside.OTHER) == (True, ["owner"])


@pytest.mark.parametrize("role", ["", "administrator", "owner,assistant"])
def test_there_is_no_third_role(app, owner, people, role):
    assert owner.post(f"/practice/people/{people[outside.ASSISTANT]}/role", data={"role": role}).status_code == 400
    assert owner.post("/practice/people", data=NEW | {"role": role}).status_code == 422
    assert state(app, outside.ASSISTANT) == (True, ["assistant"])
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM role")) == 2


def test_an_owner_who_steps_down_is_an_assistant_at_once(app, owner, people):
    owner.post(f"/practice/people/{people[outside.DISABLED]}/enable")
    assert owner.post(f"/practice/people/{people[outside.OWNER]}/role", data={"role": "assistant"}).location == "/"
    assert owner.get("/practice/people").location == "/login"  # with other rights one signs in anew
    assert builders.signed_in(app, outside.OWNER).get("/practice/people").status_code == 403
