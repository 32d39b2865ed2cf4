"""Row 18: a link of a digest asks first, acts once, and says the same of every other link."""

import re

import builders
import mailroom
import morning
import pytest
from dbhash import dbhash
from morning import MORNING, addresses, pass_at

from crm.db import writing

AGENTS = ("Safe Links", "Barracuda Sentinel", "Proofpoint URL Defense", "GoogleImageProxy", "curl/8.14")


@pytest.fixture
def app(settings, clock, server):
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        builders.user()
        morning.with_referral(clock)
        assert pass_at(clock, MORNING) == 1
    return app


def hashed(app) -> str:
    with app.app_context():
        return dbhash()


def done_link(server) -> str:
    return next(path for path in addresses(server) if re.search(r"\.done-", path))


def test_row_18_looked_at_fifty_times_by_five_scanners_nothing_changes(app, server, visitor):
    before = hashed(app)
    for n in range(50):
        for path in addresses(server):
            visitor.open(path, method=("GET", "HEAD")[n % 2], headers={"User-Agent": AGENTS[n % 5]})
    assert hashed(app) == before


def test_row_18_pressed_twice_it_acts_once_and_signs_nobody_in(app, server, visitor):
    path = done_link(server)
    first = visitor.post(path)
    after = hashed(app)
    second = visitor.post(path)
    assert "<h1>Done</h1>" in first.text
    assert "<h1>Already done</h1>" in second.text
    assert hashed(app) == after
    assert visitor.get("/").location == "/login"


def test_row_18_changed_late_or_of_somebody_disabled_it_is_one_and_the_same_refusal(app, server, visitor, clock):
    path = done_link(server)
    refusal = visitor.post("/a/nonsense").data
    place = len(path) // 2
    changed = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]
    assert visitor.post(changed).data == visitor.post(path.replace(".done-", ".later-")).data == refusal
    at = clock.now
    clock.set("2026-05-10T15:00:00+00:00")
    assert visitor.post(path).data == refusal
    clock.now = at
    with app.app_context():
        someone = builders.user()
        with writing():
            someone.active = False
    assert visitor.post(path).data == refusal
