"""Row 43: dates, numbers and runs of days have bounds; what lies outside is a form error, never a crash or a loop."""

import re

import pytest

BAD_DAYS = ("2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "1899-12-31", "2101-01-01", "nonsense")
BAD_NUMBERS = ("9" * 400, "99999999999999999999", "-1", "1e999", "nan", "\u0661\u0662", "0x10")
NUMBERS = re.compile(
    r"systolic|diastolic|heart_rate|glucose|value|target|baseline|report_days|document|version|source|start|_id$|days|"
    r"stand|walk|tug|speed|flexion|lefs|psfs|odi|base$"
)


def test_row_43_a_day_out_of_bounds_is_told_in_every_form(sample):
    answers = {}
    for form in sample.forms:
        for name in form.dates:
            for day in BAD_DAYS:
                answers[form.action, name, day] = sample.send(form, **{name: day}).status
    assert {key: status for key, status in answers.items() if status != 422} == {}
    assert len(answers) > 100


def test_row_43_a_number_out_of_bounds_breaks_no_form(sample):
    broken = []
    for form in sample.forms:
        for name in filter(NUMBERS.search, sample.filled(form)):
            for number in BAD_NUMBERS:
                if sample.send(form, **{name: number}).status >= 500:
                    broken.append((form.action, name, number[:20]))
    assert broken == []


@pytest.mark.parametrize("month", ["0000-00", "0001-01", "9999-12", "10000-01", "2026-13", "-1-1", "9" * 400])
def test_row_43_a_calendar_of_a_month_that_is_none_shows_this_one(sample, month):
    for view in ("month", "agenda"):
        assert sample.owner.get(f"/calendar?month={month}&view={view}").status == 200
    assert sample.owner.get(f"/calendar/day/{month}-01").status in {200, 404}
