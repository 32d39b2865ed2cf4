"""Values of one measure over time: what belongs together, where it begins, and what leads a report."""

from datetime import date

import pytest

from crm.clients.measures import MEASURES, Reading
from crm.clients.series import Series, headline, in_reports, newest_on, series_of, trend_of

MARCH, APRIL, MAY = date(2026, 3, 10), date(2026, 4, 7), date(2026, 5, 4)
BORN = date(1954, 5, 4)


def values(key: str, *shown: float, **noted: object) -> list[Reading]:
    """Return values of one measure, a month apart, in rows 1, 2 ..."""
    days = (MARCH, APRIL, MAY)
    return [Reading(key, value, days[n], row=n + 1, **noted) for n, value in enumerate(shown)]


def only(readings: list[Reading], **told: object) -> Series:
    (one,) = series_of(readings, **told)
    return one


def numbers(text: str) -> set[float]:
    """Return the numbers in a text."""
    return {float(word.rstrip("%")) for word in text.split() if word.rstrip("%").replace(".", "").isdigit()}


def test_left_and_right_are_two_series_in_the_order_of_the_catalogue():
    found = series_of([
        *values("grip", 20, side="right"), *values("grip", 22, side="left"), *values("pain", 4), *values("tug", 12),
    ])  # fmt: skip
    assert [one.title for one in found] == [
        "Timed Up and Go", "Grip strength, left", "Grip strength, right", "Pain, 0 to 10",
    ]  # fmt: skip


def test_a_measure_that_left_the_catalogue_is_left_out():
    assert series_of(values("walk-on-hands", 3, 4)) == []


def test_values_are_sorted_by_day_and_of_one_day_by_their_row():
    late, early = Reading("tug", 11, MAY, row=1), Reading("tug", 13, MARCH, row=9)
    again = Reading("tug", 10.5, MAY, row=4)
    assert only([again, late, early]).readings == (early, late, again)


@pytest.mark.parametrize(
    ("baseline_on", "baseline"),
    [
        pytest.param(None, 8, id="no baseline was completed: the first value"),
        pytest.param(MARCH, 8, id="completed with the first value"),
        pytest.param(date(2026, 4, 20), 10, id="completed between: the last value before"),
        pytest.param(APRIL, 10, id="a new baseline: the value of that day"),
        pytest.param(date(2026, 3, 1), 8, id="completed before this was first measured: the first value"),
    ],
)
def test_a_series_begins_with_the_last_value_of_the_baseline(baseline_on, baseline):
    one = only(values("chair-stand-30s", 8, 10, 13), baseline_on=baseline_on)
    assert (one.baseline.value, one.current.value) == (baseline, 13)
    assert one.span == f"{baseline} to 13 stands"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        pytest.param((8,), "", id="one value is no change"),
        pytest.param((8, 9), "No measurable change", id="within the error"),
        pytest.param((8, 10), "Meaningful change", id="people value it"),
        pytest.param((10, 8), "Meaningful change for the worse", id="and for the worse"),
        pytest.param((8, 13, 8), "No measurable change", id="what lies between does not count"),
    ],
)
def test_a_series_is_judged_from_its_baseline_to_its_newest_value(shown, words):
    assert only(values("chair-stand-30s", *shown)).verdict.words == words


@pytest.mark.parametrize(
    ("key", "told", "words"),
    [
        pytest.param(
            "chair-stand-30s", {"born_on": BORN, "sex": "f"}, "below average for 70 to 74: under 10 stands", id="known"
        ),
        pytest.param("chair-stand-30s", {"born_on": BORN}, "", id="the sex is not known"),
        pytest.param("chair-stand-30s", {"sex": "f"}, "", id="the age is not known"),
        pytest.param("chair-stand-30s", {"born_on": date(1980, 1, 1), "sex": "f"}, "", id="no table for that age"),
        pytest.param("six-minute-walk", {"born_on": BORN, "sex": "f"}, "", id="no table for that measure"),
    ],
)
def test_a_norm_is_told_where_there_is_one(key, told, words):
    assert only(values(key, 8), **told).norm_words == words


def test_the_age_is_that_of_the_day_the_newest_value_was_taken():
    born = date(1956, 5, 4)  # 70 on the day of the third value
    assert only(values("chair-stand-30s", 9, 9), born_on=born, sex="m").norm.ages == "65 to 69"
    assert only(values("chair-stand-30s", 9, 9, 9), born_on=born, sex="m").norm.ages == "70 to 74"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        pytest.param("chair-stand-30s", "below average for 70 to 74: under 10 stands", id="which count as none"),
        pytest.param("sit-to-stand-5", "", id="which no table is about"),
    ],
)
def test_arms_that_were_used_are_minded_where_others_are_the_measure(key, words):
    assert only(values(key, 14, arms=True), born_on=BORN, sex="f").norm_words == words


def test_aid_and_arms_are_noted_beside_the_value():
    assert only(values("tug", 12, aid="cane")).notes == "cane"
    assert only(values("chair-stand-30s", 12, arms=True)).notes == "with the arms, which counts as none"
    assert only(values("four-stage", 2, seconds=6.0)).notes == "6 s on the next"


def test_another_aid_than_at_the_start_stops_the_comparison_and_not_the_series():
    one = only([Reading("tug", 20, MARCH, aid="walker"), Reading("tug", 14, MAY, aid="cane")])
    assert one.span == "20.0 to 14.0 s"
    assert one.verdict.words == ""
    assert "another aid" in one.verdict.why_not


@pytest.mark.parametrize(
    ("readings", "first"),
    [
        pytest.param([*values("tug", 12, 10), *values("gait-speed", 0.9, 1.0)], "gait-speed", id="meaningful first"),
        pytest.param([*values("tug", 12, 10.5), *values("gait-speed", 0.9, 0.92)], "tug", id="measurable before none"),
        pytest.param(
            [*values("chair-stand-30s", 10, 7), *values("gait-speed", 0.9, 1.0)], "gait-speed", id="better before worse"
        ),
        pytest.param([*values("pain", 8, 1), *values("tug", 12, 12)], "tug", id="pain never leads"),
        pytest.param(
            [*values("gait-speed", 0.9, 1.0), *values("chair-stand-30s", 8, 12)],
            "chair-stand-30s",
            id="the catalogue's",
        ),
    ],
)
def test_the_headline_is_what_changed_most_by_our_words(readings, first):
    assert headline(series_of(readings)).measure.key == first


def test_pain_and_vital_signs_are_charted_and_not_reported():
    found = series_of(
        [*values("pain", 4), *values("systolic", 130), *values("heart-rate", 70), *values("glucose", 110)]
    )
    assert len(found) == 4
    assert in_reports(found) == []
    assert headline(found) is None
    assert newest_on(found) is None


def test_a_report_is_as_fresh_as_its_newest_value():
    found = series_of([*values("tug", 12, 11), *values("pain", 4, 3, 2)])
    assert newest_on(found) == APRIL


@pytest.mark.parametrize(
    ("key", "shown", "edges"),
    [
        pytest.param("gait-speed", (0.92, 0.99), (0.97, 1.02), id="upwards"),
        pytest.param("sit-to-stand-5", (17.2, 14.0), (14.7, 14.7), id="downwards, the MCID within the error"),
        pytest.param("chair-stand-30s", (8, 13), (None, 10), id="an MCID alone"),
        pytest.param("tug", (12.4, 12.0), (11.3, None), id="an MDC alone"),
        pytest.param("berg", (44, 48), (49, None), id="the band of the baseline"),
        pytest.param("single-leg-stance", (10, 12), (None, None), id="a trend alone"),
        pytest.param("systolic", (138, 130), (None, None), id="no better side"),
    ],
)
def test_a_chart_marks_its_edges_from_the_baseline(key, shown, edges):
    trend = trend_of(only(values(key, *shown)), "C-0142")
    assert (trend.measurable_from, trend.meaningful_from) == edges


def test_a_chart_begins_at_the_baseline_and_carries_the_goal():
    trend = trend_of(only(values("tug", 15, 13, 11), baseline_on=APRIL), "C-0142", target=9.0)
    assert trend.title == "Timed Up and Go, C-0142"
    assert [point.shown for point in trend.points] == ["13.0", "11.0"]
    assert (trend.target, trend.target_words) == (9.0, "goal")


@pytest.mark.parametrize("key", [key for key, measure in MEASURES.items() if measure.ordinal])
def test_what_is_told_of_an_ordinal_scale_was_measured_and_is_no_average(key):
    one = only(values(key, 1, 1, 4))
    trend = trend_of(one, "C-0142")
    assert [point.value for point in trend.points] == [1, 1, 4]
    assert numbers(one.span) <= {1.0, 4.0, float(one.measure.high)}


@pytest.mark.parametrize(
    ("key", "norm"),
    [
        pytest.param("step-2min", (73, 107), id="a middle range is drawn"),
        pytest.param("chair-stand-30s", None, id="a cut-off is not a range"),
        pytest.param("tug", None, id="nor is a mean"),
    ],
)
def test_a_chart_shows_a_norm_that_is_a_range(key, norm):
    assert trend_of(only(values(key, 20), born_on=date(1959, 1, 1), sex="f"), "C-0142").norm == norm
