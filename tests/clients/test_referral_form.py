"""The referral form: from a source on file, or from one that is new with it."""

import re

import builders
import pytest

from crm.clients.models import Referral
from crm.db import db, writing
from crm.outreach.models import Task
from crm.sources.models import Source

PAPER = {"received_on": "2026-05-06", "method": "fax", "written": "y", "client_code": "C-0142", "client_class": ""}


def test_a_source_that_is_new_comes_on_file_with_its_first_referral(app, owner):
    typed = PAPER | {"source_name": "Ines Tarrow, NP", "new_source": "y"}
    assert owner.post("/referrals/new", data=typed).status_code == 303
    with app.app_context():
        source = db.session.query(Source).one()
        assert (source.display_name, source.added_on.isoformat()) == ("Ines Tarrow, NP", "2026-05-06")
        assert db.session.query(Referral).one().source_id == source.id
    assert "Ines Tarrow" in owner.get("/search?q=tarrow").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"source_name": "Ines Tarrow"}, "Say who the referral is from.", id="nobody was chosen"),
        pytest.param(
            {"source_name": "", "new_source": "y"}, "Write the first and the last name.", id="new without a name"
        ),
        pytest.param({"source_name": "Helen Marsh, MD", "new_source": "y"}, "is on file already", id="on file already"),
        pytest.param({"source_id": "x"}, "or say below that it is new", id="an id that is none"),
    ],
)
def test_who_it_is_from_is_asked_for_and_nothing_typed_is_lost(app, owner, typed, said):
    with app.app_context(), writing():
        builders.source()
    refused = owner.post("/referrals/new", data=PAPER | typed)
    assert refused.status_code == 422
    assert said in refused.text
    assert re.search(r'name="client_code"[^>]*value="C-0142"', refused.text)
    with app.app_context():
        assert db.session.query(Source).count() == 1


def test_what_a_new_source_sets_in_motion_is_shown_before_it_is_saved(app, owner):
    typed = PAPER | {"source_name": "Ines Tarrow, NP", "new_source": "y"}
    shown = owner.post("/referrals/check", data=typed).text
    assert "Saving plans:" in shown
    with app.app_context():
        assert db.session.query(Source).count() == 0
    owner.post("/referrals/new", data=typed)
    with app.app_context():
        first = min(task.due for task in db.session.query(Task).filter(Task.status == "open"))
    assert f'datetime="{first.isoformat()}"' in shown
