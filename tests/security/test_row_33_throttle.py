"""Row 33: one throttle for all secrets, in the database; it never shuts the right secret out for good."""

import os
import signal
import threading
from datetime import timedelta

import builders
import chaos
import mailroom
import outside
import pytest
from outside import Browser

from crm.accounts import throttle_service as throttle
from crm.accounts.models import Throttle
from crm.db import db, writing
from crm.outreach import feed_service

WRONG, AT_ONCE = 200, 16


@pytest.fixture
def desk(app, settings, warm, server, tmp_path):
    """Browsers that come to it: on PostgreSQL four processes behind one port, else one process with its threads."""
    with app.app_context():
        builders.password()
    if settings.is_sqlite:
        with outside.served(settings, warm, server) as product:
            yield product.visitor
        return
    port = chaos.free_port()
    env = mailroom.environment(settings, server.port)
    env["HANDOFF_BASE_URL"] = f"http://127.0.0.1:{port}"
    pid = warm.start("web", "--workers", "4", env=env, output=tmp_path / "output.txt")
    mailroom.wait_until(lambda: len(chaos.children_of(pid)) == 4)
    mailroom.wait_until(lambda: Browser(port).get("/login").status == 200)
    yield lambda: Browser(port)
    os.kill(pid, signal.SIGTERM)
    assert warm.wait(pid) == 0


def tried(desk, number: int) -> int:
    """Try a wrong password of the owner and return the status."""
    return desk().post("/login", {"email": "owner@example.com", "password": f"wrong password {number}"}).status


def all_at_once(attempt, times: int) -> list[int]:
    """Run many tries in threads and return their statuses."""
    statuses: list[int] = []
    left = iter(range(times))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return
            status = attempt(number)
            with lock:
                statuses.append(status)

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def let_time_pass(app, minutes: int) -> None:
    """Make every try that many minutes older, as it is after them."""
    with app.app_context(), writing():
        for row in db.session.query(Throttle):
            row.next_at -= timedelta(minutes=minutes)
            row.last_at -= timedelta(minutes=minutes)


def test_row_33_of_two_hundred_wrong_passwords_at_most_ten_are_looked_at(app, desk):
    statuses = all_at_once(lambda number: tried(desk, number), WRONG)
    assert set(statuses) == {200, 429}
    assert 1 <= statuses.count(200) <= 10
    answer = desk().post("/login", {"email": "owner@example.com", "password": builders.PASSWORD})
    assert answer.status == 429  # the right one waits as well, and is not looked at
    assert 1 <= int(answer.header("Retry-After")) <= 15 * 60
    assert "until then none is" in answer.text
    let_time_pass(app, 15)
    answer = desk().post("/login", {"email": "owner@example.com", "password": builders.PASSWORD})
    assert answer.status in {302, 303}


# What is tried, how often, by whom and from where; how many of them are looked at.
PLANS = [
    pytest.param([("password", "owner", "10.0.0.1")] * 9, 5, id="one account"),
    pytest.param([("password", f"person{n}", "10.0.0.1") for n in range(20)], 7, id="one network, many accounts"),
    pytest.param([("password", "owner", f"10.0.{n}.1") for n in range(20)], 5, id="many networks, one account"),
    pytest.param([("feed", "", f"10.0.0.{n}") for n in range(20)], 7, id="addresses of feeds from one /24"),
    pytest.param([("feed", "", f"2001:db8::{n:x}") for n in range(20)], 7, id="addresses of feeds from one /64"),
    pytest.param([("feed", "", f"::ffff:10.0.0.{n}") for n in range(20)], 7, id="IPv4 written as IPv6"),
    pytest.param([("feed", "", f"10.{n}.0.1") for n in range(20)], 20, id="networks of their own"),
    pytest.param([("password", "a", "10.0.0.1")] * 5 + [("code", "a", "10.0.0.1")] * 5, 10, id="two kinds"),
]


def looked_at(plan, now) -> int:
    """Count the tries that the throttle lets through."""
    count = 0
    for kind, who, ip in plan:
        try:
            throttle.attempt(kind, who, ip, now=now)
        except throttle.TooMany:
            continue
        count += 1
    return count


@pytest.mark.parametrize(("plan", "most"), PLANS)
def test_row_33_accounts_and_networks_are_counted_apart(app, clock, plan, most):
    with app.app_context():
        assert looked_at(plan, clock.now) == most


def test_row_33_each_wait_is_twice_the_last_up_to_a_quarter_of_an_hour_and_is_forgotten(app, clock):
    waits = []
    with app.app_context():
        looked_at([("password", "owner", "10.0.0.1")] * 4, clock.now)
        for _try in range(10):
            throttle.attempt("password", "owner", f"10.{_try}.0.1", now=clock.now)
            with pytest.raises(throttle.TooMany) as refused:
                throttle.attempt("password", "owner", "10.9.9.9", now=clock.now)
            waits.append(refused.value.retry_after - 1)
            clock.now += timedelta(seconds=refused.value.retry_after)
        clock.now += timedelta(hours=12)
        assert looked_at([("password", "owner", "10.0.0.1")] * 9, clock.now) == 5
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


def test_row_33_a_right_secret_clears_the_account_and_takes_back_its_own_count_on_the_network(app, clock):
    with app.app_context():
        looked_at([("password", "owner", "10.0.0.1")] * 5, clock.now)
        clock.now += timedelta(seconds=11)
        throttle.attempt("password", "owner", "10.0.0.1", now=clock.now)
        throttle.succeeded("password", "owner", "10.0.0.1", now=clock.now)
        assert looked_at([("password", "owner", "10.0.9.1")] * 9, clock.now) == 5
        assert looked_at([("password", f"person{n}", "10.0.0.1") for n in range(9)], clock.now) == 2


def test_row_33_an_own_account_does_not_buy_more_tries_on_others(app, clock):
    with app.app_context():
        passed = 0
        for number in range(40):
            throttle.attempt("password", "mine", "10.0.0.1", now=clock.now)
            throttle.succeeded("password", "mine", "10.0.0.1", now=clock.now)
            passed += looked_at([("password", f"person{number}", "10.0.0.1")], clock.now)
    assert passed == 7


def test_row_33_strangers_keep_nobody_out_at_home(app, clock):
    with app.app_context():
        throttle.attempt("password", "owner", "10.0.0.1", now=clock.now)
        throttle.succeeded("password", "owner", "10.0.0.1", now=clock.now)
        looked_at([("password", "owner", f"172.16.{n}.1") for n in range(50)], clock.now)
        throttle.attempt("password", "owner", "10.0.0.77", now=clock.now)
        with pytest.raises(throttle.TooMany):
            throttle.attempt("password", "owner", "192.168.0.1", now=clock.now)


def test_row_33_what_is_over_is_deleted(app, clock):
    with app.app_context():
        throttle.attempt("password", "owner", "10.0.0.1", now=clock.now)
        throttle.succeeded("password", "owner", "10.0.0.1", now=clock.now)
        for hours, left in ((13, 1), (31 * 24, 0)):
            with writing():
                throttle.forget(now=clock.now + timedelta(hours=hours))
            assert db.session.query(Throttle).count() == left


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/cal/x.ics", ["GET"]), ("/a/x", ["GET", "POST"]), ("/d/x/stop", ["GET", "POST"]), ("/u/x", ["GET", "POST"]),
     (f"/setup/{'x' * 43}", ["GET"])],
)  # fmt: skip
def test_row_33_wrong_addresses_that_are_secrets_wait_too(app, visitor, path, methods):
    for method in methods:
        home = {"REMOTE_ADDR": f"10.0.{len(method)}.1"}
        statuses = [visitor.open(path, method=method, environ_base=home).status_code for _try in range(20)]
        assert statuses[0] in {200, 404}
        assert statuses[7:] == [429] * 13


def test_row_33_a_right_calendar_address_is_not_slowed_by_wrong_ones_behind_the_same_router(app, visitor, clock):
    with app.app_context(), writing():
        practice = builders.practice()
        _feed, token = feed_service.create_feed(
            practice, builders.user(), name="Phone", hide_sources=False, now=clock.now
        )
    assert {visitor.get(f"/cal/wrong{n}.ics").status_code for n in range(20)} == {404, 429}
    assert visitor.get(f"/cal/{token}.ics").status_code == 200


@pytest.mark.parametrize("said", [" OWNER@example.com ", "Owner@EXAMPLE.com", "owner@ｅxample.com"])
def test_row_33_another_spelling_of_the_address_is_the_same_account(app, visitor, said):
    with app.app_context():
        builders.password()
    spellings = ["owner@example.com"] * 5 + [said]
    statuses = [
        visitor.post(
            "/login",
            data={"email": address, "password": "wrong password"},
            environ_base={"REMOTE_ADDR": f"10.{number}.0.1"},
        ).status_code
        for number, address in enumerate(spellings)
    ]
    assert statuses == [200] * 5 + [429]
