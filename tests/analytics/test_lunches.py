"""Referrals before and after a lunch, against a table worked by hand; what it cost is not asked."""

import re
from datetime import date, timedelta

import builders
import paperwork
import pytest
from statements import count_statements

from crm.analytics.lunches import Around, HeldLunch, around, told
from crm.clients.models import Referral, ReferralMethod
from crm.db import db, writing
from crm.readiness.models import LunchGuest, LunchPlan

ON = date(2026, 3, 10)
LAST = date(2026, 6, 7)  # the ninetieth day that begins with 10 March
TODAY = date(2026, 5, 6)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(f"2026-{text}") if len(text) == 5 else date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("referrals", "today", "found"),
    [
        pytest.param([], "2026-12-01", Around(0, 0), id="none"),
        pytest.param(
            days("2025-12-10", "2025-12-09"), "2026-12-01", Around(1, 0), id="ninety days before, and one more"
        ),
        pytest.param(days("03-09", "03-10", "03-11"), "2026-12-01", Around(1, 2), id="its own day comes after it"),
        pytest.param(days("06-07", "06-08"), "2026-12-01", Around(0, 1), id="the last day, and one more"),
        pytest.param(days("02-01", "02-01", "04-02"), "2026-12-01", Around(2, 1), id="two on one day are two"),
        pytest.param(days("04-02"), "2026-06-06", Around(0, 1, LAST), id="open on the day before the last"),
        pytest.param(days("04-02"), "2026-06-07", Around(0, 1), id="closed with the last day"),
        pytest.param(days("04-02"), "2026-03-10", Around(0, 0, LAST), id="what is to come is not counted"),
    ],
)
def test_ninety_days_on_either_side(referrals, today, found):
    assert around(referrals, ON, today=date.fromisoformat(today)) == found


def test_every_source_at_the_table_counts_and_the_newest_lunch_comes_first():
    early = HeldLunch(ON - timedelta(days=200), 1, "Ada", frozenset({1}))
    late = HeldLunch(ON, 1, "Ada", frozenset({1, 2}))
    referrals = {1: days("03-01"), 2: days("03-12", "03-13"), 3: days("03-12")}
    assert told([early, late], referrals, today=date(2026, 12, 1)) == [(late, Around(1, 2)), (early, Around(0, 0))]


@pytest.fixture
def held(app, owner):
    """A lunch held on 6 May, with a second source at the table, and a referral of each."""
    with app.app_context():
        first, second = paperwork.source(), paperwork.source("Lee")
        with writing():
            practice = builders.practice()
            client = builders.client(code="C-0142")
            for source_id, on in ((first, "2026-04-01"), (second, "2026-05-06"), (second, "2026-01-01")):
                db.session.add(
                    Referral(
                        practice_id=practice.id, source_id=source_id, client_id=client.id,
                        received_on=date.fromisoformat(on), method=ReferralMethod.FAX, is_written=True,
                        has_wording=True, has_diagnosis=True, has_transition=True, sealed=b"x",
                    )
                )  # fmt: skip
    page = f"/sources/{first}/lunch"
    owner.post(page, data={"event_on": "2026-05-06", "reason": "They asked."})
    owner.post(f"{page}/l1/held", data={"held-on": "2026-05-06"})
    with app.app_context(), writing():
        plan = LunchPlan(practice_id=builders.practice().id, source_id=first, lunch="l1", cost_cents=98765)
        db.session.add(plan)
        db.session.flush()
        db.session.add(LunchGuest(plan_id=plan.id, name="Helen Lee", guest_source_id=second))
    return page


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def test_the_page_counts_and_says_that_the_window_is_open(owner, held):
    page = plain(owner.get("/insights/lunches"))
    assert "Dr. Helen Marsh, MD" in page
    assert "and one source at the table" in page
    assert 'aria-label="1 before the lunch' in page
    assert 'aria-label="1 after the lunch' in page
    assert re.search(r"Open until.{0,80}Mon&nbsp;3&nbsp;Aug", page)
    assert owner.get("/insights").text.count("/insights/lunches") == 1


def test_the_page_asks_neither_what_it_cost_nor_what_was_given(app, owner, held):
    with count_statements(app) as seen:
        page = owner.get("/insights/lunches").text
    assert "987" not in page.partition("<main")[2].partition("</main>")[0]
    assert not [statement for statement in seen if re.search(r"\bgift\b|cost_cents", statement)]


def test_a_lunch_that_is_agreed_or_undone_is_not_counted(owner):
    assert "No lunch was held yet" in owner.get("/insights/lunches").text


def test_another_practice_sees_none_of_it(app, owner, held):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    assert "No lunch was held yet" in stranger.get("/insights/lunches").text
