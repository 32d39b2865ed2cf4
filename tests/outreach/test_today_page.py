"""The page of today: its sentence when all is done, and how long a finished row stays."""

from datetime import timedelta

import builders
import pytest

from crm.db import db, writing
from crm.outreach import agenda
from crm.outreach.models import MessageKind, MessageState, OutboxMessage, Task


def plan(owner, due: str, line: str) -> None:
    assert (
        owner.post("/quick-add", data={"line": line, "kind": "other", "due": due, "by_hand": "due kind"}).status_code
        == 303
    )


def tick(app, owner, number: int) -> None:
    with app.app_context():
        key = db.session.get(Task, number).key
    assert owner.post(f"/tasks/{key}/done").status_code == 303


def test_when_all_is_done_the_page_says_how_much_and_what_comes_next(app, owner):
    plan(owner, "2026-05-06", "fold the letters")
    plan(owner, "2026-05-07", "order the chairs")
    tick(app, owner, 1)
    page = owner.get("/").text
    assert "<b>That was today.</b> One done. Next: order the chairs, tomorrow." in page


@pytest.mark.parametrize(("finished", "following", "said"), [
    (0, "", ("Nothing is due today.", "")),
    (3, "", ("That was today.", "Three done.")),
])  # fmt: skip
def test_the_sentence_of_an_empty_day(finished, following, said):
    assert agenda.opening(urgent=0, overdue=0, today=(), finished=finished, following=following) == said


def test_a_finished_row_stays_struck_through_for_a_few_minutes(app, owner, clock):
    plan(owner, "2026-05-06", "fold the letters")
    tick(app, owner, 1)
    assert "task-done" in owner.get("/").text
    clock.now += timedelta(minutes=11)
    assert "task-done" not in owner.get("/").text
    assert "One done." in owner.get("/").text


def test_every_message_that_waits_for_a_decision_is_counted(app, owner, clock):
    with app.app_context(), writing():
        for n in range(7):
            db.session.add(OutboxMessage(
                practice_id=builders.practice().id, key=f"t:{n}", kind=MessageKind.LETTER, message_id=f"<{n}@desk>",
                recipient="office@example.com", subject="A letter", text="Good morning", state=MessageState.UNKNOWN,
                next_at=clock.now,
            ))  # fmt: skip
    section = owner.get("/").text.split('id="h-dec"', 1)[1]
    assert '<span class="n">7</span>' in section[:120]
