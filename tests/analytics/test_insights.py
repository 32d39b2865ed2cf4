"""Insights from what happened, against a table worked by hand."""

import re
from datetime import date, datetime, timedelta

import builders
import pytest

from crm import demo
from crm.analytics.insights import by_source, ledger, months_until, quiet_ones
from crm.analytics.metrics import Case, Tally
from crm.analytics.queries import _report_for
from crm.clients.models import Referral, ReferralMethod, Visit
from crm.db import db, writing
from crm.outreach.models import Task, TaskStatus

TODAY = date(2026, 5, 6)


def plain(answer) -> str:
    return re.sub(r"\s+", " ", answer.text)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def test_the_last_months_end_with_this_one():
    assert months_until(date(2026, 2, 14), 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_the_ledger_begins_with_everybody_and_leaves_unknown_sources_out():
    cases = [
        ("thanked", 1, Case("a", day("04-01"), day("04-01"))),
        ("thanked", 2, Case("b", day("04-01"), day("04-09"))),
        ("reported", 2, Case("c", day("04-01"))),
        ("reported", 2, Case("d", day("06-01"))),
        ("reported", 9, Case("e", day("04-01"))),
    ]
    rows = ledger(cases, ["thanked", "reported"], {1: ("Ada", ""), 2: ("Bo", "")}, today=TODAY)
    assert [(row.name, row.tallies["thanked"], row.tallies["reported"]) for row in rows] == [
        ("Everybody", Tally(1, 1), Tally(0, 0, 2, 1)),
        ("Bo", Tally(0, 1), Tally(0, 0, 1, 1)),
        ("Ada", Tally(1), Tally()),
    ]
    assert rows[0].total == Tally(1, 1, 2, 1)


def test_referrals_and_effort_by_source():
    referrals = {1: [day("04-02"), day("05-01")], 2: [day("01-01")]}
    touches = {1: [day("04-01")], 3: [day("05-01"), day("05-02")]}
    names = {n: (name, "") for n, name in enumerate(("", "Ada", "Bo", "Cy"))}
    rows = by_source(referrals, touches, ["2026-04", "2026-05"], names)
    assert [(row.name, row.counts, row.referrals, row.touches) for row in rows] == [
        ("Ada", (1, 1), 2, 1),
        ("Cy", (0, 0), 0, 2),
    ]


def test_quiet_ones_and_those_nobody_can_tell():
    old = [TODAY - timedelta(days=300 + 14 * n) for n in range(8)]
    found, thin = quiet_ones({1: old, 2: [TODAY]}, {1: ("Ada", ""), 2: ("Bo", "")}, today=TODAY)
    assert [(one.name, one.rhythm.words) for one in found] == [("Ada", "usually every 2 weeks, nothing for 10 months")]
    assert thin == 1


@pytest.mark.parametrize(
    ("done", "report"),
    [
        ([], None),
        (["05-09"], "05-09"),  # the day before
        (["05-10"], "05-10"),  # on the day: late
        (["04-10"], "04-10"),  # thirty days before
        (["04-09"], None),  # older than a report may be
        (["05-01", "05-09", "05-12"], "05-09"),
        (["05-12", "05-20"], "05-12"),
        (["06-10"], None),  # after more than thirty days it belongs to another visit
    ],
)
def test_which_report_belongs_to_a_visit(done, report):
    assert _report_for(day("05-10"), [day(one) for one in done]) == (day(report) if report else None)


@pytest.fixture
def year(app, clock):
    """A client of one source with a thank-you on time, a late summary, an open report and two visits."""
    with app.app_context(), writing():
        practice = builders.practice()
        source = builders.source(practice)
        client = builders.client(practice, "C-0142", source=source)
        noon = datetime.fromisoformat("2026-04-10T16:00:00+00:00")
        tasks = [("C22:a", "C22", "04-10", noon), ("C24:a", "C24", "04-08", noon), ("C42:a", "C42", "05-04", None)]
        for key, rule, until, done_at in tasks:
            db.session.add(
                Task(
                    practice_id=practice.id, key=key, rule=rule, due=day("04-06"), window_end=day(until),
                    status=TaskStatus.DONE if done_at else TaskStatus.OPEN, source_id=source.id, client_id=client.id,
                    done_at=done_at,
                )
            )  # fmt: skip
        for on in ("04-20", "05-20"):
            db.session.add(Visit(practice_id=practice.id, client_id=client.id, source_id=source.id, visit_on=day(on)))
        db.session.add(
            Referral(
                practice_id=practice.id, source_id=source.id, client_id=client.id, received_on=day("04-05"),
                method=ReferralMethod.FAX, is_written=True, has_wording=True, has_diagnosis=True, has_transition=True,
                sealed=b"x",
            )
        )  # fmt: skip
        return source.id


def test_the_page_tells_the_year(owner, year):
    text = plain(owner.get("/insights"))
    told = re.findall(r'href="/insights/rows\?loop=(\w+)[^"]*">([^<]+)<', text)
    everybody = ["1 of 1 on time", "0 of 1 on time", "none closed yet, 1 overdue"]
    assert [words for _loop, words in told[:3]] == everybody
    assert '<a class="prose-link" href="/insights/visits">0 of 1</a> visits' in text
    assert "1 had none" in text
    assert "One visit is to come." in text
    assert "One source has too short a history to tell." in text


def test_every_number_opens_its_rows(owner, year):
    text = plain(owner.get(f"/insights/rows?loop=summarised&source={year}"))
    assert "Assessment summary" in text
    assert "C-0142" in text
    assert "Late" in text
    assert "No rows" in plain(owner.get("/insights/rows?loop=summarised&state=open"))
    assert "None" in plain(owner.get("/insights/visits"))
    for wrong in ("loop=nothing", "loop=thanked&state=never"):
        assert owner.get(f"/insights/rows?{wrong}").status_code == 404


def test_the_tables_go_to_a_spreadsheet(owner, year):
    lines = owner.get("/insights/ledger.csv").text.splitlines()
    assert lines[0].lstrip("\ufeff") == "source,office,what,client,due,on time until,done on,state"
    assert lines[1] == '"Dr. Helen Marsh, MD",,Thanked,C-0142,2026-04-06,2026-04-10,2026-04-10,on time'
    assert len(lines) == 4
    lines = owner.get("/insights/referrals.csv").text.splitlines()
    assert lines[1].endswith(",1,0,1,0")  # April, May, referrals, touches


def test_without_anything_it_says_what_will_stand_here(owner):
    assert "Nothing to count yet" in plain(owner.get("/insights"))


def test_another_practice_sees_none_of_it(app, owner, year):
    stranger = builders.signed_in(app, "other@example.com", "Elsewhere")
    for path in ("/insights", f"/insights/rows?loop=thanked&source={year}", "/insights/visits", "/insights/ledger.csv"):
        assert "Marsh" not in stranger.get(path).text
        assert "C-0142" not in stranger.get(path).text


def test_the_sample_practice_fills_it(app, owner, clock):
    with app.app_context(), writing():
        demo.load(builders.practice(), app.extensions["handoff"].sealer(), now=clock.now)
    text = plain(owner.get("/insights"))
    assert "Everybody" in text
    assert owner.get("/insights/ledger.csv").status_code == owner.get("/insights/referrals.csv").status_code == 200
