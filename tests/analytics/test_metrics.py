"""The sums of Insights against tables worked by hand."""

import random
from datetime import date, timedelta

import pytest

from crm.analytics.insights import quiet_ones
from crm.analytics.metrics import Case, Stage, Tally, Visit, before_visits, by_month, funnel, rhythm, span, tally

TODAY = date(2026, 5, 6)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def test_open_cases_are_no_failures_and_overdue_ones_are_told_apart():
    cases = [
        Case("a", day("04-10"), day("04-10")),  # on its last day: on time
        Case("b", day("04-10"), day("04-11")),
        Case("c", day("05-05")),  # until yesterday
        Case("d", day("05-06")),  # today still counts
        Case("e", day("06-01")),
    ]
    assert tally(cases, today=TODAY) == Tally(on_time=1, late=1, overdue=1, open=2)


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        pytest.param(Tally(), "none closed yet", id="nothing"),
        pytest.param(Tally(open=2), "none closed yet, 2 open", id="only open ones"),
        pytest.param(Tally(3, 1), "3 of 4 on time", id="few are a count"),
        pytest.param(Tally(9, 0, 1), "9 of 9 on time, 1 overdue", id="nine are a count"),
        pytest.param(Tally(9, 1), "9 of 10 on time (90 %)", id="ten have a share"),
        pytest.param(Tally(20, 10, 0, 4), "20 of 30 on time (67 %), 4 open", id="rounded"),
    ],
)
def test_a_tally_in_words(counted, words):
    assert counted.words == words


def test_a_report_counts_if_it_lay_there_the_day_before_the_visit():
    visits = [
        Visit("a", day("04-10"), day("04-09")),
        Visit("b", day("04-10"), day("04-10")),  # on the day itself is too late
        Visit("c", day("04-20")),
        Visit("d", day("05-06")),  # is today: not over
        Visit("e", day("05-20"), day("05-01")),
    ]
    assert before_visits(visits, today=TODAY) == Tally(on_time=1, late=1, overdue=1, open=2)


def test_the_funnel_counts_who_came_in_later_and_takes_days_only_where_both_are_known():
    sources = [
        {0: day("01-01"), 1: day("01-05"), 2: day("01-15")},
        {0: day("01-01"), 1: day("01-11")},
        {3: day("02-01")},
        {},
    ]
    assert funnel(sources, (1, 2, 3)) == [Stage(1, 3, 7), Stage(2, 2, 10), Stage(3, 1, None)]


def test_months_without_anything_are_there():
    days = [day("03-31"), day("05-01"), day("05-30"), day("06-01")]
    assert by_month(days, ["2026-03", "2026-04", "2026-05"]) == {"2026-03": 1, "2026-04": 0, "2026-05": 2}


def every(gap: int, times: int, *, ago: int) -> list[date]:
    return [TODAY - timedelta(days=ago + gap * n) for n in range(times)]


def test_a_thin_history_tells_nothing():
    assert rhythm(every(21, 4, ago=300), today=TODAY) is None


def test_a_source_is_quiet_against_its_own_rhythm():
    # 5 gaps of 21 days: the limit is 21 x 5 x (0.02^(-1/5) - 1) = 124.6 days
    assert rhythm(every(21, 6, ago=124), today=TODAY).quiet is False
    quiet = rhythm(every(21, 6, ago=126), today=TODAY)
    assert (quiet.quiet, quiet.limit, quiet.words) == (True, 125, "usually every 3 weeks, nothing for 4 months")


def test_a_burst_is_one_occasion():
    assert rhythm(every(2, 12, ago=10), today=TODAY) is None


def test_what_lies_ahead_is_not_counted():
    assert rhythm([*every(21, 6, ago=30), TODAY + timedelta(days=5)], today=TODAY).silent == 30


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day"), (13, "13 days"), (14, "2 weeks"), (89, "13 weeks"), (120, "4 months")]
)
def test_spans(days, words):
    assert span(days) == words


STREAMS = {
    "by chance": lambda dice: dice.expovariate(1 / 20),
    "nearly regular": lambda dice: dice.gammavariate(4, 5),
    "rare": lambda dice: dice.expovariate(1 / 60),
    "in waves": lambda dice: dice.expovariate(1 / 8) if dice.random() < 0.5 else dice.expovariate(1 / 32),
}


@pytest.mark.parametrize("stream", STREAMS)
def test_an_unchanged_source_is_called_quiet_in_less_than_one_gap_of_twenty(stream):
    dice = random.Random(f"silence {stream}")  # noqa: S311 - makes streams, protects nothing
    rung = known = 0
    for _ in range(250):
        days, at = [], 0.0
        for _ in range(16):
            at += STREAMS[stream](dice)
            days.append(date(2024, 1, 1) + timedelta(days=int(at)))
        for n in range(5, len(days)):
            told = rhythm(days[:n], today=days[n] - timedelta(days=1))  # the last day before the next one came
            known += told is not None
            rung += told is not None and told.quiet
    assert known > 1500
    assert rung / known < 0.05


@pytest.mark.parametrize("stream", STREAMS)
def test_on_any_day_fewer_than_one_unchanged_source_of_twenty_stands_on_the_page_as_quiet(stream):
    dice = random.Random(f"any day {stream}")  # noqa: S311 - makes streams, protects nothing
    referrals, names = {}, {}
    for source in range(1, 1001):
        days, at = [], -dice.uniform(200, 1500)  # each has its own length of history, and goes on after today
        while at < 400:
            days.append(TODAY + timedelta(days=int(at)))
            at += STREAMS[stream](dice)
        referrals[source], names[source] = days, (f"Source {source}", "")
    found, thin = quiet_ones(referrals, names, today=TODAY)
    assert 1000 - thin > 600
    assert len(found) / (1000 - thin) < 0.05


def test_a_source_that_stopped_is_found_within_half_a_year():
    dice = random.Random("stopped")  # noqa: S311 - makes streams, protects nothing
    found = 0
    for _ in range(200):
        at, days = 0.0, []
        for _ in range(12):
            at += dice.expovariate(1 / 20)
            days.append(date(2024, 1, 1) + timedelta(days=int(at)))
        told = rhythm(days, today=days[-1] + timedelta(days=182))
        found += told is not None and told.quiet
    assert found > 160
