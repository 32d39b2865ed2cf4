"""Papers run out aloud: with a reminder on the desk that follows each renewal."""

import re
from datetime import date

import builders
import pytest
from sqlalchemy import select

from crm.db import db
from crm.outreach.models import Task
from crm.readiness.papers import words

TODAY = date(2026, 5, 6)


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def reminders(app) -> dict[str, tuple[str, str]]:
    with app.app_context():
        found = db.session.scalars(select(Task).where(Task.rule == "X01"))
        return {task.key: (task.due.isoformat(), task.status.value) for task in found}


def paper(**changed: str) -> dict[str, str]:
    usual = {"kind": "liability", "name": "Liability", "issuer": "", "expires_on": "2026-08-03", "remind_days": "60"}
    return usual | changed


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        (None, "No end"),
        ("2026-05-05", "Over"),
        ("2026-05-06", "Soon over"),
        ("2026-07-05", "Soon over"),
        ("2026-07-06", "Current"),
    ],
)
def test_its_state_in_words(ends, state):
    assert words(date.fromisoformat(ends) if ends else None, TODAY)[1] == state


def test_a_paper_has_a_reminder_that_follows_its_renewal_and_goes_with_it(app, owner):
    assert owner.post("/practice/papers", data=paper()).status_code == 303
    assert reminders(app) == {"paper:1:2026-08-03": ("2026-06-04", "open")}
    owner.post("/practice/papers/1", data=paper(expires_on="2027-08-03"))
    assert reminders(app) == {"paper:1:2027-08-03": ("2027-06-04", "open")}
    owner.post("/practice/papers/1/remove")
    assert reminders(app) == {}


def test_without_an_end_there_is_nothing_to_remind_of(app, owner):
    owner.post("/practice/papers", data=paper(expires_on=""))
    assert reminders(app) == {}
    assert "No end" in plain(owner.get("/practice/papers"))


def test_the_reminder_stands_in_the_list_and_opens_the_papers(app, owner):
    owner.post("/practice/papers", data=paper(expires_on="2026-06-30"))
    assert "Renew a paper of the practice that runs out" in plain(owner.get("/"))
    assert owner.get("/tasks/paper:1:2026-06-30").location == "/practice/papers"
    owner.post("/tasks/paper:1:2026-06-30/done")
    assert reminders(app)["paper:1:2026-06-30"][1] == "done"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (paper(name=""), "Write what it is called."),
        (paper(remind_days="0"), "Between 1 and 365 days."),
        (paper(expires_on="soon"), "This is not a date."),
        (paper(kind="diploma"), "Not a valid choice"),
    ],
)
def test_what_does_not_fit_is_said(app, owner, form, said):
    answer = owner.post("/practice/papers", data=form)
    assert answer.status_code == 422
    assert said in plain(answer)


def test_another_practice_has_none_of_it(app, owner):
    owner.post("/practice/papers", data=paper())
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert stranger.get("/practice/papers/1").status_code == 404
    assert stranger.post("/practice/papers/1/remove").status_code == 404
    assert "Liability insurance" in plain(owner.get("/practice/papers"))
