"""The top three: chosen and let go from a source's page, never more than three, and told with where each stands."""

import html
import re
from datetime import date

import builders
import pytest
from sqlalchemy import select

from crm.clients.models import Referral
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.acts import TouchLogged
from crm.sources.models import Lane, Source


def plain(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture
def four(app, owner):
    """Four listed sources: Ada, Bea, Cleo and Dora Marsh."""
    with app.app_context(), writing():
        for name in ("Ada", "Bea", "Cleo", "Dora"):
            builders.source(first_name=name, grade=None)
    return owner


def ranks(app) -> dict[str, int | None]:
    with app.app_context():
        return dict(db.session.execute(select(Source.first_name, Source.top_rank)).tuples().all())


def choose(browser, *sources: int) -> None:
    for source in sources:
        assert browser.post(f"/sources/{source}/top", data={"back": f"/sources/{source}"}).status_code == 303


def test_each_gets_the_first_free_place_and_a_fourth_is_told_who_has_them(app, four):
    choose(four, 1, 2, 3, 4)
    assert ranks(app) == {"Ada": 1, "Bea": 2, "Cleo": 3, "Dora": None}
    text = plain(four.get("/sources/4"))
    said = "Three are chosen already: Dr. Ada Marsh, MD, Dr. Bea Marsh, MD and Dr. Cleo Marsh, MD. Take one of them out"
    assert said in text
    assert "Number 2 of the top three" in plain(four.get("/sources/2"))


def test_who_is_taken_out_makes_room_and_each_act_is_in_the_history(app, four):
    choose(four, 1, 2, 3, 2)
    answer = four.post("/sources/1/top/out", data={"back": "/practice/goals"})
    assert (answer.status_code, answer.location) == (303, "/practice/goals")
    choose(four, 4)
    assert ranks(app) == {"Ada": None, "Bea": 2, "Cleo": 3, "Dora": 1}
    with app.app_context():
        acts = [(entry.source_id, entry.payload["fields"]) for entry in builders.told()]
    assert acts == [(n, "top_three") for n in (1, 2, 3, 1, 4)]  # Bea was chosen once
    assert "Place among the top three" in plain(four.get("/sources/4"))


def test_a_place_somebody_has_goes_over_and_that_is_said(app, four):
    choose(four, 1)
    four.post("/sources/2/judge", data={"volume": "", "rank": "1"})
    assert ranks(app) == {"Ada": None, "Bea": 1, "Cleo": None, "Dora": None}
    assert "Dr. Ada Marsh, MD had this place and is no longer one of the three." in plain(four.get("/sources"))


@pytest.mark.parametrize("change", [{"do_not_contact": True}, {"lane": Lane.PARKED, "side": "declined"}])
def test_who_may_not_be_written_to_cannot_be_chosen(app, four, change):
    with app.app_context(), writing():
        for name, value in change.items():
            setattr(db.session.get(Source, 1), name, value)
    choose(four, 1)
    assert four.post("/sources/1/judge", data={"volume": "3", "rank": "1"}).status_code == 422
    assert ranks(app)["Ada"] is None
    with app.app_context():
        assert db.session.get(Source, 1).volume is None
    assert "Make one of the top three" not in four.get("/sources/1").text


def test_where_each_stands_is_told_beside_the_goals(app, four, clock):
    with app.app_context():
        practice = builders.practice()
        with writing():
            client = builders.client(practice)
            for on in (date(2025, 5, 5), date(2025, 5, 6), date(2026, 5, 1)):
                db.session.add(
                    Referral(
                        practice_id=practice.id, source_id=1, client_id=client.id, received_on=on, method="fax",
                        is_written=True, has_wording=True, has_diagnosis=True, has_transition=True, sealed=b"x",
                    )
                )  # fmt: skip
            source = db.session.get(Source, 1)
            source.grade = "A"
            touch = TouchLogged(source="s1", kind="call", outcome="reached")
            journal.record(practice, touch, now=clock.now, on=date(2026, 5, 4))
    choose(four, 1, 2)
    text = plain(four.get("/practice/goals"))
    first = text[text.index("Your top three sources") : text.index("Twelve months")]
    assert "1 Dr. Ada Marsh, MD" in first
    assert "Mon 4 May 2 in a year 3 in all" in first
    assert "2 Dr. Bea Marsh, MD Only listed none yet 0 in a year Nothing planned" in first


def test_who_was_put_aside_since_is_shown_to_be_taken_out(app, four):
    choose(four, 1)
    with app.app_context(), writing():
        db.session.get(Source, 1).do_not_contact = True
    text = plain(four.get("/practice/goals"))
    assert "Wants no contact" in text
    assert "Take out" in text


def test_another_practices_source_is_not_there(app, four):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert stranger.post("/sources/1/top").status_code == 404
    choose(four, 1)
    assert stranger.post("/sources/1/top/out").status_code == 404
    assert ranks(app)["Ada"] == 1
