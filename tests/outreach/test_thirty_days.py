"""The thirty-day report over ends of months, leap days, weekends and holidays: forty dates worked out by hand."""

import pytest

from crm.outreach.cadence import parse_case, plan_to_json, simulate

# baseline, report due: thirty days later, or the last open day before; the note says why it moved
DATES = """
2026-01-01 2026-01-30 Sat 31 Jan
2026-01-28 2026-02-27
2026-01-29 2026-02-27 Sat 28 Feb
2026-01-30 2026-02-27 Sun 1 Mar
2026-01-31 2026-03-02
2026-02-01 2026-03-03
2026-02-27 2026-03-27 Sun 29 Mar
2026-02-28 2026-03-30
2026-03-01 2026-03-31
2026-03-31 2026-04-30
2026-04-25 2026-05-22 Mon 25 May is a holiday
2026-04-30 2026-05-29 Sat 30 May
2026-05-20 2026-06-18 Fri 19 Jun is a holiday
2026-05-31 2026-06-30
2026-06-03 2026-07-02 Fri 3 Jul is a holiday
2026-06-04 2026-07-02 Sat 4 Jul
2026-06-30 2026-07-30
2026-07-31 2026-08-28 Sun 30 Aug
2026-08-08 2026-09-04 Mon 7 Sep is a holiday
2026-08-31 2026-09-30
2026-09-12 2026-10-09 Mon 12 Oct is a holiday
2026-09-30 2026-10-30
2026-10-12 2026-11-10 Wed 11 Nov is a holiday
2026-10-27 2026-11-25 Thu 26 Nov is a holiday
2026-10-31 2026-11-30
2026-11-25 2026-12-24 Fri 25 Dec is a holiday
2026-11-30 2026-12-30
2026-12-02 2026-12-31 Fri 1 Jan is a holiday
2026-12-31 2027-01-29 Sat 30 Jan
2027-01-30 2027-03-01
2027-01-31 2027-03-02
2027-02-28 2027-03-30
2027-12-01 2027-12-30 Fri 31 Dec is a holiday
2028-01-29 2028-02-28
2028-01-30 2028-02-29
2028-01-31 2028-03-01
2028-02-28 2028-03-29
2028-02-29 2028-03-30
2096-01-30 2096-02-29
2096-02-29 2096-03-30
"""
ROWS = [line.split(maxsplit=2) for line in DATES.strip().splitlines()]


@pytest.mark.parametrize(("baseline", "due"), [pytest.param(*row[:2], id=" ".join(row)) for row in ROWS])
def test_the_report_is_due_on_the_thirtieth_day_or_the_last_open_day_before(baseline, due):
    given = parse_case({"input": {
        "practice": {"time_zone": "America/New_York"}, "as_of": baseline,
        "sources": [{"id": "s1", "grade": "A", "credential": "MD", "office": "o1", "channel": "fax"}],
        "clients": [{"id": "c1", "source": "s1"}],
        "events": [{"type": "baseline_done", "on": baseline, "client": "c1"}],
    }})  # fmt: skip
    plan = plan_to_json(simulate(given.practice, given.sources, given.clients, given.events, given.as_of))
    assert [task["due"] for task in plan["tasks"] if task["rule"] == "C42"] == [due]
