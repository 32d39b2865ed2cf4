"""The links of a digest: looked at they do nothing, pressed they act once, and one that is not right says no more."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import builders
import mailroom
import morning
import pytest
from dbhash import dbhash
from flask import Flask
from flask.testing import FlaskClient
from morning import MORNING, addresses, link, pass_at
from smtp_server import SmtpServer
from sqlalchemy import func, select

from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import RedFlag, TaskDone
from crm.journal.models import JournalEntry
from crm.outreach import action_links
from crm.outreach.models import ActionUse, Task, TaskStatus

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Safe Links", "Barracuda Sentinel", "Proofpoint URL Defense",
    "GoogleImageProxy", "curl/8.14",
)  # fmt: skip
REFUSED = "This link does not work any more"


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    """A desk on Wednesday morning, its digest in the mailbox."""
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        builders.user()
        morning.with_referral(clock)
        assert pass_at(clock, MORNING) == 1
    return app


def tasks(app: Flask, rule: str = "C22") -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(select(Task).where(Task.rule == rule))
        return [(row.due.isoformat(), row.status.value) for row in rows]


def entries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(JournalEntry.seq))) or 0


def hashed(app: Flask) -> str:
    with app.app_context():
        return dbhash()


def card(server: SmtpServer, act: str = "done") -> str:
    """Return the address that does this to the thank-you card."""
    text = server.kept[-1].message.get_body(("plain",)).get_content()
    item = re.search(r"\d+\. Write a thank-you card.*\n((?: +.*\n?)+)", text)
    assert item, text
    return re.search(rf"http://localhost(/a/\S+\.{act}-\S+)", item[1])[1]


def test_a_scanner_that_opens_every_address_fifty_times_changes_nothing(app, server, visitor):
    every = addresses(server)
    assert sum(path.startswith("/a/") for path in every) >= 4
    assert sum(path.startswith("/d/") for path in every) == 2
    before = hashed(app)
    for n in range(50):
        for path in every:
            answer = visitor.open(path, method=("GET", "HEAD")[n % 2], headers={"User-Agent": AGENTS[n // 2 % 5]})
            assert answer.status_code in {200, 302}, path
            assert "Set-Cookie" not in answer.headers or answer.status_code == 302
    assert hashed(app) == before


def test_the_page_asks_with_one_real_button_and_names_no_client(app, server, visitor):
    page = visitor.get(card(server)).text
    assert "Mark “Thank-you card, C-0101” done?" in re.sub("<[^>]+>", "", page)
    assert len(re.findall("<button", page)) == 1
    assert "onload" not in page
    for secret in (*morning.NAME.split(), "M17.11", "osteoarthritis"):
        assert secret not in page


def test_pressed_twice_it_acts_once_and_says_so(app, server, visitor):
    path, before = card(server), entries(app)
    first, second = visitor.post(path), visitor.post(path)
    assert "<h1>Done</h1>" in first.text
    assert "<h1>Already done</h1>" in second.text
    assert "<h1>Already done</h1>" in visitor.get(path).text
    assert [status for _due, status in tasks(app)] == ["done"]
    assert entries(app) == before + 1
    with app.app_context():
        entry = db.session.scalar(select(JournalEntry).order_by(JournalEntry.seq.desc()))
        assert (entry.type, entry.actor) == ("task_done", builders.user().id)


def test_pressed_ten_times_at_the_same_moment_it_acts_once(app, server):
    path, before = card(server), entries(app)
    with ThreadPoolExecutor(10) as hands:
        pages = list(hands.map(lambda _n: app.test_client().post(path).text, range(10)))
    assert sorted("<h1>Done</h1>" in page for page in pages) == [False] * 9 + [True]
    assert sum("<h1>Already done</h1>" in page for page in pages) == 9
    assert entries(app) == before + 1


def test_no_key_is_needed(app, server, visitor, settings):
    settings.keyring_path.rename(settings.keyring_path.with_name("gone"))
    app.extensions["handoff"]._sealer = None
    assert "Mark “" in visitor.get(card(server)).text
    assert "<h1>Done</h1>" in visitor.post(card(server)).text


def test_it_signs_nobody_in(app, server, visitor):
    visitor.post(card(server))
    assert visitor.get("/").location == "/login"


def test_it_is_taken_back_within_ten_minutes_and_not_after(app, server, visitor, clock):
    path, before = card(server), tasks(app)
    undo = re.search(r'action="(/a/[^"]+/undo)"', visitor.post(path).text)[1]
    clock.now += timedelta(minutes=10)
    assert "<h1>Taken back</h1>" in visitor.post(undo).text
    assert tasks(app) == before
    assert "Taken back already" in visitor.post(undo).text
    assert "Taken back already" in visitor.post(path).text
    assert tasks(app) == before


def test_after_ten_minutes_only_the_list_can_take_it_back(app, server, visitor, clock):
    path = card(server)
    undo = re.search(r'action="(/a/[^"]+/undo)"', visitor.post(path).text)[1]
    clock.now += timedelta(minutes=10, seconds=1)
    assert "Too late" in visitor.post(undo).text
    assert tasks(app)[0][1] == "done"
    assert "/undo" not in visitor.get(path).text


def test_put_off_goes_to_the_next_business_day(app, server, visitor):
    path = card(server, "later")
    assert "off to Thu\N{NO-BREAK SPACE}7\N{NO-BREAK SPACE}May?" in visitor.get(path).text
    assert "is put off to Thu" in visitor.post(path).text
    assert tasks(app) == [("2026-05-07", "open")]
    assert "<h1>Already done</h1>" in visitor.post(path).text
    assert tasks(app) == [("2026-05-07", "open")]


def test_what_was_put_off_twice_is_offered_no_third_time(app, server, visitor, clock):
    for morning_of in ("2026-05-07T11:00:30Z", "2026-05-08T11:00:30Z"):
        assert "is put off" in visitor.post(card(server, "later")).text
        with app.app_context():
            pass_at(clock, morning_of)
    text = server.kept[-1].message.get_body(("plain",)).get_content()
    assert "thank-you card" in text
    assert len(re.findall(r"\+1 business day: ", text)) < len(re.findall("done: ", text))


def altered(path: str, place: int) -> str:
    """Return an address with one bit of one character turned, kept to characters an address may hold."""
    safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    turned = next(chr(ord(path[place]) ^ 1 << bit) for bit in range(7) if chr(ord(path[place]) ^ 1 << bit) in safe)
    return path[:place] + turned + path[place + 1 :]


def network(number: int) -> dict[str, str]:
    """Come from another network than before: wrong links are counted there."""
    return {"REMOTE_ADDR": f"10.0.{number}.1"}


def test_every_other_link_gets_the_same_page_by_the_byte_and_does_nothing(app, server, visitor, clock):
    path = card(server)
    refusal = visitor.get("/a/nonsense")
    assert REFUSED in refusal.text
    assert 'href="/login"' in refusal.text
    given = action_links.read(path.removeprefix("/a/"))
    with app.app_context():
        user, task = builders.user(), db.session.get(Task, given.task_id)
        seal = action_links.Seal(app.config["SECRET_KEY"], user.fs_uniquifier)
        other_salt = path.replace(".done-", ".later-")
        other_key = action_links.token_of(given, "C22:s9:1", seal)
        other_person = action_links.token_of(given, task.key, action_links.Seal(seal.secret, "f" * 32))
        other_secret = action_links.token_of(given, task.key, action_links.Seal("x" * 48, seal.uniquifier))
    wrong = [
        "/a/", f"{path}/", f"{path}x", other_salt, f"/a/{other_key}", f"/a/{other_person}", f"/a/{other_secret}",
        "/a/" + "9" * 5000, "/a/ÿ", *(altered(path, place) for place in range(3, len(path))),
    ]  # fmt: skip
    before = hashed(app)
    for number, address in enumerate(wrong):
        for method in ("GET", "POST"):
            answer = visitor.open(address, method=method, environ_base=network(number))
            assert answer.status_code == 404, address
            assert address in {"/a/", f"{path}/"} or answer.data == refusal.data, address
    assert hashed(app) == before


@pytest.mark.parametrize("why", ["expired", "done by hand", "put off by hand", "disabled", "new password or restored"])
def test_a_link_whose_time_is_over_gets_that_page_too(app, server, visitor, clock, why):
    path, later = card(server), card(server, "later")
    refusal = visitor.get("/a/nonsense").data
    with app.app_context():
        user, task = builders.user(), db.session.scalar(select(Task).where(Task.rule == "C22"))
        with writing(builders.practice().id):
            match why:
                case "expired":
                    clock.now += timedelta(hours=72, minutes=1)
                case "done by hand":
                    journal.record(builders.practice(), TaskDone(key=task.key), now=clock.now, source_id=task.source_id)
                case "put off by hand":
                    task.revision += 1
                case "disabled":
                    user.active = False
                case _:
                    user.fs_uniquifier = "e" * 32
    before = hashed(app)
    for number, address in enumerate((path, later)):
        for method in ("GET", "HEAD", "POST"):
            answer = visitor.open(address, method=method, environ_base=network(number))
            assert answer.status_code == 404
            assert answer.data == (b"" if method == "HEAD" else refusal)
        assert visitor.post(f"{address}/undo", environ_base=network(number)).data == refusal
    assert hashed(app) == before


def test_the_last_minute_of_seventy_two_hours_still_counts(app, server, visitor, clock):
    clock.now += timedelta(hours=72) - timedelta(seconds=1)
    assert "Mark “" in visitor.get(card(server)).text


def test_a_used_link_of_somebody_disabled_gets_that_page(app, server, visitor):
    path = card(server)
    visitor.post(path)
    with app.app_context(), writing():
        builders.user().active = False
    assert visitor.post(path).data == visitor.get("/a/nonsense").data
    assert visitor.post(f"{path}/undo").data == visitor.get("/a/nonsense").data


def test_a_number_given_to_another_task_does_not_revive_a_link(app, server, visitor):
    path = card(server)
    with app.app_context(), writing():
        db.session.scalar(select(Task).where(Task.rule == "C22")).key = "C22:s1:another"
    assert REFUSED in visitor.post(path).text
    assert tasks(app)[0][1] == "open"


def test_what_cannot_wait_is_not_offered_to_and_a_link_made_before_says_why(app, server, visitor, clock):
    with app.app_context():
        with writing(builders.practice().id):
            journal.record(builders.practice(), RedFlag(client="C-0101"), now=clock.now)
        pass_at(clock, "2026-05-07T11:00:30Z")
        made = db.session.scalar(select(Task).where(Task.rule == "C34a"))
        asked = action_links.ActionLink(
            action_links.Act.LATER, made.id, made.revision, builders.user().id, action_links.ends_at(clock.now)
        )
        seal = action_links.Seal(app.config["SECRET_KEY"], builders.user().fs_uniquifier)
        token = action_links.token_of(asked, made.key, seal)
    text = server.kept[-1].message.get_body(("plain",)).get_content()
    assert f".done-{asked.task_id}-" in text
    assert f".later-{asked.task_id}-" not in text
    before = hashed(app)
    assert "cannot wait" in visitor.post(f"/a/{token}").text
    assert hashed(app) == before


def test_links_of_two_people_are_apart(app, server, visitor, clock):
    with app.app_context():
        builders.user(email="second@example.com")
        pass_at(clock, "2026-05-07T11:00:30Z")
    mails = {kept.recipients[0]: kept for kept in server.kept[-2:]}
    assert set(mails) == {"owner@example.com", "second@example.com"}
    mine, theirs = (
        re.search(r"/a/\S+\.done-\S+", mails[who].message.get_body(("plain",)).get_content())[0]
        for who in sorted(mails)
    )
    assert mine != theirs
    visitor.post(mine)
    assert REFUSED in visitor.post(theirs).text  # the task has changed since
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ActionUse)) == 1


def test_with_csrf_protection_on_the_links_still_work(app, server, visitor):
    app.config["WTF_CSRF_ENABLED"] = True
    assert "<h1>Done</h1>" in visitor.post(card(server)).text
    assert isinstance(visitor, FlaskClient)
    assert TaskStatus.DONE.value == tasks(app)[0][1]


def test_the_first_link_of_the_text_is_a_whole_address(server, app):
    assert re.fullmatch(r"/a/[\w-]{43}\.done-\d+-\d+-\d+-\d+", link(server, "done"))
