"""What a page may cost, whatever the machine: SQL statements and bytes; ten times the data doubles neither."""

from datetime import timedelta

import builders
import pytest
from sqlalchemy import insert
from statements import count_statements

from crm import demo
from crm.db import db, writing
from crm.outreach.models import MessageKind, MessageState, OutboxMessage, Task
from crm.sources.models import Source

# page, statements, kB
BUDGETS = [
    pytest.param("/sources", 8, 60, id="list"),
    pytest.param("/sources?page=3", 8, 60, id="a later page of the list"),
    pytest.param("/pipeline", 10, 300, id="board"),
    pytest.param("/sources/1", 10, 120, id="source page"),
    pytest.param("/", 11, 220, id="today"),
    pytest.param("/clients", 8, 60, id="clients"),
    pytest.param("/calendar", 8, 120, id="calendar"),
    pytest.param("/calendar?view=agenda", 8, 120, id="agenda"),
    pytest.param("/calendar/day/2026-05-06", 8, 60, id="a day"),
    pytest.param("/calendar/feeds", 6, 30, id="calendar addresses"),
    pytest.param("/search?q=mar", 6, 30, id="search"),
    pytest.param("/outbox", 11, 60, id="outbox"),
    pytest.param("/outbox?show=sent", 9, 80, id="a part of the outbox"),
    pytest.param("/clock", 6, 40, id="clock"),
]


def fill(app, clock, *, times: int) -> None:
    """Load the sample practice, and listed sources and open tasks by the hundred."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
        with writing():
            rows = [
                {"practice_id": practice.id, "first_name": "Ada", "last_name": f"Marsh{n:05}",
                 "sort_name": f"marsh{n:05} ada", "specialty": f"Specialty {n % 12}"}
                for n in range(300 * times)
            ]  # fmt: skip
            db.session.execute(insert(Source), rows)
            today = clock.now.date()
            tasks = [
                {"practice_id": practice.id, "uuid": f"{n:036}", "key": f"C22:s2:x{n}", "rule": "C22", "source_id": 2,
                 "due": today + timedelta(days=n % 60 - 20), "window_end": today + timedelta(days=60),
                 "channel": "card", "template": "thank-you", "trigger": "referral_received",
                 "trigger_on": today, "anchor_on": today}
                for n in range(200 * times)
            ]  # fmt: skip
            db.session.execute(insert(Task), tasks)
            states = [state for state in MessageState for _ in range(60 * times)]
            messages = [
                {"practice_id": practice.id, "key": f"t:{n}", "kind": MessageKind.LETTER, "message_id": f"<{n}@desk>",
                 "recipient": "office@example.com", "subject": "A letter", "text": "Good morning", "state": state,
                 "next_at": clock.now, "reply": "450 greylisted, come back later"}
                for n, state in enumerate(states)
            ]  # fmt: skip
            db.session.execute(insert(OutboxMessage), messages)


def cost(app, path: str) -> tuple[int, int]:
    browser = builders.signed_in(app)
    browser.get(path)  # the first request of a process reads catalogues
    with count_statements(app) as statements:
        response = browser.get(path)
    assert response.status_code == 200
    return len(statements), len(response.data)


@pytest.mark.parametrize(("path", "statements", "kilobytes"), BUDGETS)
def test_a_page_keeps_its_budget(app, clock, path, statements, kilobytes):
    fill(app, clock, times=1)
    asked, size = cost(app, path)
    assert asked <= statements
    assert size <= kilobytes * 1000


@pytest.mark.parametrize("path", ["/sources", "/pipeline", "/", "/calendar", "/search?q=mar"])
def test_ten_times_the_data_doubles_neither(app, clock, path):
    fill(app, clock, times=1)
    asked, size = cost(app, path)
    with app.app_context(), writing():
        rows = [
            {"practice_id": 1, "first_name": "Bea", "last_name": f"Marsh{n:05}", "sort_name": f"marsh{n:05} bea"}
            for n in range(2700)
        ]
        db.session.execute(insert(Source), rows)
    asked_more, size_more = cost(app, path)
    assert asked_more < asked * 2
    assert size_more < size * 2
