"""The outbox as a person sees it: parts in their order, plain sentences, and decisions that say what came of them."""

from datetime import timedelta

import builders
import mailroom
import pytest
from flask import Flask
from smtp_server import Step

from crm.db import writing
from crm.outreach import jobs, outbox
from crm.outreach.models import MessageKind, MessageState
from crm.outreach.sending import AFTER_OUTAGE, NO_SERVER, ChannelDown


@pytest.fixture
def app(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app


@pytest.fixture
def browser(app: Flask):
    return builders.signed_in(app)


def put(clock, state: str, *, reply: str = "", **values) -> int:
    """Queue a message and bring it into a state."""
    number = mailroom.put(f"task:{state}", now=clock.now, subject=f"Subject {state}", **values)
    row = mailroom.rows()[f"task:{state}"]
    with writing() as session:
        row.state, row.reply = MessageState(state), reply
        row.sent_at = clock.now if state == "sent" else None
        session.add(row)
    return number


def test_an_empty_outbox_says_what_belongs_there(browser):
    page = browser.get("/outbox").text
    assert "Nothing waits for you." in page
    assert "Nothing has gone out yet" in page


def test_what_waits_for_a_person_comes_first_then_what_leaves_then_what_left(browser, clock):
    for state in ("sent", "cancelled", "queued", "retry", "held", "failed", "unknown"):
        put(clock, state, reply="550 no such user" if state == "failed" else "")
    page = browser.get("/outbox").text
    order = [
        "Waiting for you", "Subject unknown", "Subject failed", "Subject held",
        "Waiting to leave", "Subject queued", "Subject retry", "Subject sent",
    ]  # fmt: skip
    places = [page.rindex(words) for words in order]
    assert places == sorted(places)
    assert "Three messages wait for you." in page
    assert "Two wait to leave by themselves." in page
    assert "Subject cancelled" not in page
    assert "550 no such user" in page
    assert "It is not sent again unless you say so." in page


@pytest.mark.parametrize(
    ("show", "seen"),
    [
        ("you", {"held", "failed", "unknown"}),
        ("leave", {"queued", "retry", "claimed", "in_data"}),
        ("sent", {"sent"}),
        ("cancelled", {"cancelled"}),
        ("nonsense", {"held", "failed", "unknown", "queued", "retry", "claimed", "in_data", "sent"}),
    ],
)
def test_each_part_can_be_looked_at_alone(browser, clock, show, seen):
    for state in MessageState:
        put(clock, state.value)
    page = browser.get(f"/outbox?show={show}").text
    assert {state.value for state in MessageState if f"Subject {state.value}</div>" in page} == seen


def test_what_was_sent_is_listed_page_by_page(browser, clock):
    for number in range(51):
        mailroom.put(f"task:{number}", now=clock.now, subject=f"Subject {number:02}")
    with writing() as session:
        for row in mailroom.rows().values():
            row.state, row.sent_at = MessageState.SENT, clock.now
            session.add(row)
    assert "All 51, page by page" in browser.get("/outbox").text
    assert "Subject 50</div>" in browser.get("/outbox?show=sent").text
    second = browser.get("/outbox?show=sent&page=2").text
    assert "Subject 00</div>" in second
    assert "Subject 01</div>" not in second
    assert browser.get("/outbox?show=sent&page=99").status_code == 200


def test_a_retry_says_why_when_and_how_often(browser, clock):
    put(clock, "retry", reply="450 greylisted")
    with writing() as session:
        row = mailroom.rows()["task:retry"]
        row.attempts, row.next_at = 1, clock.now + timedelta(minutes=5)
        session.add(row)
    assert "450 greylisted. Tried again today at 10:05, try 2 of 6." in browser.get("/outbox").text


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        ("held", "release", ("Released.", "queued")),
        ("unknown", "arrived", ("Noted: it arrived.", "sent")),
        ("unknown", "again", ("It is sent again.", "queued")),
        ("failed", "again", ("It is sent again.", "queued")),
        ("queued", "cancel", ("Cancelled.", "cancelled")),
        ("failed", "cancel", ("Cancelled.", "cancelled")),
    ],
)
def test_a_decision_says_what_came_of_it(browser, clock, state, act, after):
    number = put(clock, state)
    page = browser.post(f"/outbox/{number}/{act}", follow_redirects=True).text
    said, now = after
    assert said in page
    assert list(mailroom.states().values()) == [now]


@pytest.mark.parametrize("act", ["release", "arrived", "again", "cancel"])
def test_a_decision_that_comes_too_late_says_how_it_stands_now_and_changes_nothing(browser, clock, act):
    number = put(clock, "sent")
    page = browser.post(f"/outbox/{number}/{act}", follow_redirects=True).text
    assert "It has moved on meanwhile: it was sent. Nothing was changed." in page
    assert list(mailroom.states().values()) == ["sent"]


@pytest.mark.parametrize("act", ["release", "arrived", "again", "cancel"])
def test_another_practices_message_is_not_here(app, clock, act):
    number = put(clock, "unknown")
    stranger = builders.signed_in(app, "other@example.com", "Southside Exercise")
    assert stranger.post(f"/outbox/{number}/{act}").status_code == 404
    assert "Subject unknown" not in stranger.get("/outbox").text


def test_without_a_mail_server_one_banner_says_so_and_nothing_asks_for_a_decision(app, browser, clock):
    app.extensions["mail"].server = ""
    for number in range(3):
        mailroom.put(f"task:{number}", now=clock.now)
    jobs.send_outbox(now=clock.now)
    page = browser.get("/outbox").text
    assert page.count("Set MAIL_SERVER and start Handoff again.") == 1
    assert page.count(NO_SERVER) == 4  # above, and why each waits
    assert "Nothing waits for you." in page
    assert ">Release<" not in page


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("535 wrong password", "The mail server refuses the password"),
        ("The mail server's certificate is not accepted: self-signed.", "certificate is not accepted"),
        ("The mail server does not offer encryption (STARTTLS).", "Mail would not be encrypted"),
        ("554 go away", "The mail server turns us away"),
    ],
)
def test_a_fault_of_the_channel_is_one_banner_with_a_way_out(browser, clock, reply, title):
    for number in range(5):
        mailroom.put(f"task:{number}", now=clock.now)
    with writing():
        outbox.note_channel(ChannelDown(reply), now=clock.now)
    page = browser.get("/outbox").text
    assert page.count(title.replace("'", "&#39;")) + page.count(title) >= 1
    assert page.count('id="h-banner"') == 1
    assert "Without that it is tried again today at 10:15." in page
    assert page.count("It waits until mail leaves again.") == 5


def test_r38_once_the_password_is_mended_try_now_sends_everything_once(app, browser, server, clock):
    """R38: SMTP password changed. Paused; mended and tried by a person's word; each message leaves once."""
    for number in range(4):
        mailroom.put(f"task:{number}", now=clock.now)
    server.at(Step.CONNECT, "535 wrong password")
    jobs.send_outbox(now=clock.now)
    clock.now += timedelta(minutes=2)
    assert jobs.send_outbox(now=clock.now) == 0
    assert "Mail is tried at the next tick" in browser.post("/outbox/try", follow_redirects=True).text
    assert "The mail server refuses the password" in browser.get("/outbox").text
    jobs.send_outbox(now=clock.now)
    assert set(mailroom.states().values()) == {"sent"}
    assert len({kept.message_id for kept in server.kept}) == len(server.kept) == 4
    assert "refuses the password" not in browser.get("/outbox").text
    assert "does not stand still any more" in browser.post("/outbox/try", follow_redirects=True).text


def test_trying_now_in_vain_pauses_again_after_one_try(app, browser, server, clock):
    for number in range(4):
        mailroom.put(f"task:{number}", now=clock.now)
    server.at(Step.CONNECT, "535 wrong password", "535 still wrong")
    jobs.send_outbox(now=clock.now)
    browser.post("/outbox/try")
    assert jobs.send_outbox(now=clock.now) == 1
    assert jobs.send_outbox(now=clock.now + timedelta(minutes=14)) == 0
    assert len(server.talks) == 2
    assert "535 still wrong" in browser.get("/outbox").text


def test_letters_of_an_outage_are_released_together_and_have_no_button_each(browser, clock):
    put(clock, "held", reply=AFTER_OUTAGE)
    page = browser.get("/outbox").text
    assert "One letter is overdue after an outage" in page
    assert ">Release<" not in page


def test_a_kind_is_said_in_a_word(browser, clock):
    put(clock, "queued", kind=MessageKind.DIGEST)
    assert "Digest to <span" in browser.get("/outbox").text
