"""Business days: holidays, closures, rolling and counting."""

from datetime import date

import pytest

from crm.outreach.workdays import US_WORKDAYS, federal_holidays, workdays_of

THANKSGIVING = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("due", "rolled"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 1), id="an open Monday stays"),
        pytest.param(date(2026, 6, 6), date(2026, 6, 8), id="Saturday moves on to Monday"),
        pytest.param(date(2026, 7, 3), date(2026, 7, 6), id="observed Independence Day moves on to Monday"),
        pytest.param(THANKSGIVING, date(2026, 11, 27), id="Thanksgiving moves to Friday"),
        pytest.param(date(2021, 12, 31), date(2022, 1, 3), id="New Year observed on New Year's Eve"),
    ],
)
def test_a_task_rolls_forward_to_the_next_open_day(due, rolled):
    assert US_WORKDAYS.on_or_after(due) == rolled


@pytest.mark.parametrize(
    ("due", "rolled"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 1), id="an open Monday stays"),
        pytest.param(date(2026, 6, 7), date(2026, 6, 5), id="Sunday moves back to Friday"),
        pytest.param(date(2026, 7, 5), date(2026, 7, 2), id="back over the weekend and observed Independence Day"),
    ],
)
def test_a_report_rolls_back_to_the_last_open_day(due, rolled):
    assert US_WORKDAYS.on_or_before(due) == rolled


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        pytest.param(date(2026, 6, 6), 1, date(2026, 6, 8), id="Saturday plus one is Monday"),
        pytest.param(date(2026, 6, 5), 1, date(2026, 6, 8), id="Friday plus one is Monday too"),
        pytest.param(date(2026, 6, 17), 2, date(2026, 6, 22), id="over Juneteenth and a weekend"),
        pytest.param(date(2026, 7, 9), -3, date(2026, 7, 6), id="three days before a visit"),
        pytest.param(date(2026, 7, 6), -1, date(2026, 7, 2), id="back over observed Independence Day"),
        pytest.param(date(2026, 6, 6), 0, date(2026, 6, 8), id="zero on a Saturday rolls forward"),
        pytest.param(date(2026, 6, 5), 0, date(2026, 6, 5), id="zero on a Friday stays"),
        pytest.param(date(2026, 1, 1), 250, date(2026, 12, 31), id="a year has 250 business days"),
    ],
)
def test_business_days_are_counted_strictly_after_or_before(day, count, expected):
    assert US_WORKDAYS.count(day, count) == expected
    assert US_WORKDAYS.count(day, count) == expected  # from memory


def test_a_practice_is_closed_on_its_own_days():
    days = workdays_of(frozenset({date(2026, 12, 24)}))
    assert not days.is_open(date(2026, 12, 24))
    assert days.count(date(2026, 12, 23), 1) == date(2026, 12, 28)


def test_an_office_may_be_closed_on_a_weekday():
    days = workdays_of(frozenset(), frozenset({4}))
    assert days.on_or_after(date(2026, 6, 5)) == date(2026, 6, 8)
    assert US_WORKDAYS.is_open(date(2026, 6, 5))


def test_the_same_closures_share_one_calendar():
    assert workdays_of(frozenset({THANKSGIVING})) is workdays_of(frozenset({THANKSGIVING}))


def test_both_the_holiday_and_its_observed_day_are_off():
    assert {date(2026, 7, 3), date(2026, 7, 4)} <= federal_holidays(2026)
