"""A medical visit entered, moved or taken off the file: each with the way back in the message."""

import re

import builders
import pytest

from crm.clients.models import Visit
from crm.db import db, writing


@pytest.fixture
def visit(app, owner):
    """The address of a visit on file, and what the message about it offered."""
    with app.app_context(), writing():
        builders.client(source=builders.source())
    said = owner.post("/clients/C-0142/visits", data={"visit_on": "2026-05-20"}, follow_redirects=True).text
    return "/clients/C-0142/visits/1", undo_of(said)


def undo_of(page: str) -> str:
    return re.search(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*data-do="u"', page, re.S)[1]


def stands(app) -> tuple[str, bool]:
    with app.app_context():
        row = db.session.query(Visit).one()
        return row.visit_on.isoformat(), row.cancelled


def test_a_visit_that_was_entered_goes_again(app, owner, visit):
    owner.post(visit[1])
    assert stands(app) == ("2026-05-20", True)


@pytest.mark.parametrize(("act", "values"), [("move", {"visit_on": "2026-05-27"}), ("cancel", {})])
def test_a_visit_moved_or_cancelled_stands_on_its_day_again(app, owner, visit, act, values):
    said = owner.post(f"{visit[0]}/{act}", data=values, follow_redirects=True).text
    assert stands(app) != ("2026-05-20", False)
    assert "Taken back." in owner.post(undo_of(said), follow_redirects=True).text
    assert stands(app) == ("2026-05-20", False)


def test_a_day_that_is_none_is_not_there(owner, visit):
    assert owner.post(f"{visit[0]}/back?on=tomorrow").status_code == 404
