"""In the chart before the visit: which reports count, which visits are counted."""

from datetime import date

import pytest

from crm.clients.visits import in_chart

BASELINE = date(2026, 4, 1)
VISIT = date(2026, 5, 20)
TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("reports", "found"),
    [
        pytest.param([], 0, id="no report"),
        pytest.param([date(2026, 5, 9)], 0, id="eleven days before is stale"),
        pytest.param([date(2026, 5, 10)], 1, id="ten days before"),
        pytest.param([date(2026, 5, 19)], 1, id="the day before"),
        pytest.param([date(2026, 5, 20)], 0, id="on the day itself is too late"),
        pytest.param([date(2026, 5, 21)], 0, id="afterwards"),
        pytest.param([date(2026, 5, 12), date(2026, 5, 18)], 1, id="two reports are one visit"),
    ],
)
def test_a_report_is_in_time_from_ten_days_before_to_the_day_before(reports, found):
    seen = in_chart([VISIT], reports, baseline_on=BASELINE, today=TODAY)
    assert (seen.with_report, seen.visits) == (found, 1)


@pytest.mark.parametrize(
    ("visit", "baseline", "counted"),
    [
        pytest.param(date(2026, 5, 31), BASELINE, 1, id="yesterday"),
        pytest.param(TODAY, BASELINE, 0, id="today has not passed"),
        pytest.param(date(2026, 6, 8), BASELINE, 0, id="next week"),
        pytest.param(BASELINE, BASELINE, 0, id="the day of the baseline"),
        pytest.param(date(2026, 3, 12), BASELINE, 0, id="before the baseline"),
        pytest.param(date(2026, 4, 2), BASELINE, 1, id="the day after the baseline"),
        pytest.param(VISIT, None, 0, id="no baseline"),
    ],
)
def test_only_past_visits_after_the_baseline_are_counted(visit, baseline, counted):
    assert in_chart([visit], [], baseline_on=baseline, today=TODAY).visits == counted


def test_a_moved_visit_is_held_against_its_new_day():
    sent = [date(2026, 5, 18)]
    assert in_chart([VISIT], sent, baseline_on=BASELINE, today=TODAY).with_report == 1
    assert in_chart([date(2026, 5, 29)], sent, baseline_on=BASELINE, today=TODAY).with_report == 0


def test_one_report_can_lie_before_two_visits():
    seen = in_chart([VISIT, date(2026, 5, 22)], iter([date(2026, 5, 15)]), baseline_on=BASELINE, today=TODAY)
    assert seen.words == "A report lay in the chart before 2 of 2 visits."


def test_the_figure_is_said_in_words():
    assert in_chart([], [], baseline_on=BASELINE, today=TODAY).words == ""
    assert in_chart([VISIT], [], baseline_on=BASELINE, today=TODAY).words == (
        "A report lay in the chart before 0 of 1 visit."
    )
