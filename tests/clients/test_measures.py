"""What a change of a measure is called and where a value lies among others, worked by hand."""

from datetime import date

import pytest

from crm.clients.measures import (
    MEASURES,
    Change,
    Measure,
    Norm,
    Reading,
    age_on,
    compare,
    counted,
    function_words,
    norm_for,
    norm_words,
)

FIRST, LATER = date(2026, 3, 10), date(2026, 5, 4)
NONE, MEASURABLE, MEANINGFUL = "No measurable change", "Measurable change", "Meaningful change"


def pair(key: str, before: float, now: float, **noted: object) -> tuple[Measure, Reading, Reading]:
    """Return a measure with two values of it; what is noted stands beside the second."""
    return MEASURES[key], Reading(key, before, FIRST), Reading(key, now, LATER, **noted)


def norm(key: str, age: int | None, sex: str) -> Norm | None:
    return norm_for(MEASURES[key], age, sex)


@pytest.mark.parametrize(
    ("key", "before", "now", "words"),
    [
        pytest.param("gait-speed", 0.92, 0.96, NONE, id="gait, 0.04: below 0.05"),
        pytest.param("gait-speed", 0.92, 0.97, MEASURABLE, id="gait, 0.05: reached exactly"),
        pytest.param("gait-speed", 0.92, 1.01, MEASURABLE, id="gait, 0.09: between"),
        pytest.param("gait-speed", 0.92, 1.02, MEANINGFUL, id="gait, 0.10: whatever binary fractions say"),
        pytest.param("gait-speed", 1.02, 0.92, f"{MEANINGFUL} for the worse", id="gait, 0.10 slower"),
        pytest.param("gait-speed", 0.92, 0.90, NONE, id="gait, 0.02 slower is nothing for the worse"),
        pytest.param("six-minute-walk", 310, 329, NONE, id="walk, 19 m"),
        pytest.param("six-minute-walk", 310, 359, MEASURABLE, id="walk, 49 m"),
        pytest.param("six-minute-walk", 310, 360, MEANINGFUL, id="walk, 50 m"),
        pytest.param("chair-stand-30s", 8, 9, NONE, id="chair, 1: an MCID alone"),
        pytest.param("chair-stand-30s", 8, 10, MEANINGFUL, id="chair, 2"),
        pytest.param("tug", 12.4, 11.4, NONE, id="TUG, 1.0 s quicker"),
        pytest.param("tug", 12.4, 11.3, MEASURABLE, id="TUG, 1.1 s quicker: lower is better"),
        pytest.param("tug", 12.4, 5.0, MEASURABLE, id="TUG, an MDC alone never means more"),
        pytest.param("tug", 11.3, 12.4, f"{MEASURABLE} for the worse", id="TUG, 1.1 s slower"),
        pytest.param("sit-to-stand-5", 17.2, 14.8, NONE, id="5xSTS, 2.4 s: over the MCID, within the error"),
        pytest.param("sit-to-stand-5", 17.2, 14.7, MEANINGFUL, id="5xSTS, 2.5 s"),
        pytest.param("grip", 21.5, 26.4, NONE, id="grip, 4.9 kg"),
        pytest.param("grip", 21.5, 26.5, MEASURABLE, id="grip, 5.0 kg"),
        pytest.param("grip", 21.5, 28.0, MEANINGFUL, id="grip, 6.5 kg"),
        pytest.param("berg", 45, 49, MEASURABLE, id="Berg from 45: 4 is enough"),
        pytest.param("berg", 44, 48, NONE, id="Berg from 44: 4 is not"),
        pytest.param("berg", 35, 40, MEASURABLE, id="Berg from 35: 5 is enough"),
        pytest.param("berg", 34, 40, NONE, id="Berg from 34: 6 is not"),
        pytest.param("berg", 25, 32, MEASURABLE, id="Berg from 25: 7 is enough"),
        pytest.param("berg", 24, 29, MEASURABLE, id="Berg from 24: 5 is enough"),
        pytest.param("sppb", 8, 9, MEANINGFUL, id="SPPB, a point"),
        pytest.param("four-stage", 2, 3, MEASURABLE, id="four stages, the next one"),
        pytest.param("knee-flexion", 96, 100, NONE, id="knee, 4 degrees"),
        pytest.param("knee-flexion", 96, 101, MEASURABLE, id="knee, 5 degrees"),
        pytest.param("knee-extension", 10, 5, MEASURABLE, id="knee, 5 degrees nearer to straight"),
        pytest.param("psfs", 4.0, 5.2, NONE, id="PSFS, 1.2"),
        pytest.param("psfs", 4.0, 5.3, MEASURABLE, id="PSFS, 1.3"),
        pytest.param("psfs", 4.0, 6.3, MEANINGFUL, id="PSFS, 2.3"),
        pytest.param("lefs", 40, 48, NONE, id="LEFS, 8"),
        pytest.param("lefs", 40, 49, MEANINGFUL, id="LEFS, 9"),
        pytest.param("odi", 40, 29, NONE, id="ODI, 11"),
        pytest.param("odi", 40, 28, MEANINGFUL, id="ODI, 12"),
        pytest.param("ndi", 28, 42, f"{MEANINGFUL} for the worse", id="NDI, 14 more"),
        pytest.param("quickdash", 45.5, 31.5, MEANINGFUL, id="QuickDASH, 14"),
        pytest.param("lysholm", 60, 68, NONE, id="Lysholm, 8"),
        pytest.param("lysholm", 60, 69, MEASURABLE, id="Lysholm, 9"),
        pytest.param("pain", 6, 5, NONE, id="pain, 1"),
        pytest.param("pain", 6, 4, MEANINGFUL, id="pain, 2"),
        pytest.param("gait-speed", 0.92, 0.92, NONE, id="the same again"),
    ],
)
def test_a_change_has_one_of_three_words(key, before, now, words):
    assert compare(*pair(key, before, now)).words == words


def test_there_are_three_words_and_none_is_a_clinical_claim():
    assert [change.value for change in Change] == ["no measurable change", "measurable change", "meaningful change"]


@pytest.mark.parametrize("key", ["single-leg-stance", "step-2min", "functional-reach", "tinetti", "harris-hip"])
def test_without_a_threshold_there_is_a_trend_and_no_word(key):
    verdict = compare(*pair(key, 10, 20))
    assert (verdict.change, verdict.words, verdict.delta, verdict.better) == (None, "", 10, True)


def test_a_vital_sign_is_neither_better_nor_worse():
    verdict = compare(*pair("systolic", 138, 120))
    assert (verdict.change, verdict.better, verdict.delta) == (None, None, -18)


@pytest.mark.parametrize(
    ("key", "before", "now"),
    [
        pytest.param("gait-speed", {"aid": "walker"}, {"aid": "cane"}, id="walker, then a cane"),
        pytest.param("tug", {}, {"aid": "cane"}, id="no aid, then a cane"),
        pytest.param("sit-to-stand-5", {"arms": True}, {}, id="with the arms, then without"),
        pytest.param("grip", {"side": "left"}, {"side": "right"}, id="left, then right"),
    ],
)
def test_unlike_values_are_not_compared_and_the_page_says_why(key, before, now):
    verdict = compare(MEASURES[key], Reading(key, 20, FIRST, **before), Reading(key, 10, LATER, **now))
    assert verdict.change is None
    assert verdict.why_not


@pytest.mark.parametrize("noted", [{"aid": "cane"}, {"arms": True}], ids=["the same aid", "the arms both times"])
def test_like_values_are_compared(noted):
    key = "sit-to-stand-5"
    assert (
        compare(MEASURES[key], Reading(key, 20, FIRST, **noted), Reading(key, 10, LATER, **noted)).words == MEANINGFUL
    )


@pytest.mark.parametrize(
    ("before", "now", "delta", "words"),
    [
        pytest.param(
            (8, True), (3, False), 3, MEANINGFUL, id="eight with the arms count none, three without are three"
        ),
        pytest.param((8, False), (12, True), -8, f"{MEANINGFUL} for the worse", id="twelve with the arms count none"),
        pytest.param((8, True), (12, True), 0, NONE, id="with the arms twice is none twice"),
    ],
)
def test_a_chair_stand_with_the_arms_counts_none(before, now, delta, words):
    key = "chair-stand-30s"
    one, other = (Reading(key, value, FIRST, arms=arms) for value, arms in (before, now))
    verdict = compare(MEASURES[key], one, other)
    assert (verdict.delta, verdict.words) == (delta, words)


def test_the_arms_are_told_in_the_words_of_function():
    chair = MEASURES["chair-stand-30s"]
    assert function_words(chair, Reading("chair-stand-30s", 9, FIRST, arms=True)).endswith("help of the arms.")
    assert function_words(chair, Reading("chair-stand-30s", 9, FIRST)).endswith("without using the arms.")
    assert function_words(chair, Reading("chair-stand-30s", 0, FIRST)) == ""
    assert counted(chair, Reading("chair-stand-30s", 9, FIRST, arms=True)) == 0


@pytest.mark.parametrize(
    ("on", "age"),
    [
        pytest.param(date(2026, 5, 3), 64, id="the day before the birthday"),
        pytest.param(date(2026, 5, 4), 65, id="the birthday"),
        pytest.param(date(2026, 5, 5), 65, id="the day after"),
    ],
)
def test_age_counts_the_birthday_itself(on, age):
    assert age_on(date(1961, 5, 4), on) == age


def test_somebody_born_on_leap_day_is_a_year_older_from_the_first_of_march():
    assert [age_on(date(1956, 2, 29), date(2026, *day)) for day in [(2, 28), (3, 1)]] == [69, 70]


@pytest.mark.parametrize(
    ("key", "age", "sex", "expected"),
    [
        pytest.param("chair-stand-30s", 59, "m", None, id="chair, a year too young"),
        pytest.param("chair-stand-30s", 60, "m", 14, id="chair, the first year of a band"),
        pytest.param("chair-stand-30s", 64, "m", 14, id="chair, the last year of a band"),
        pytest.param("chair-stand-30s", 65, "m", 12, id="chair, the first of the next"),
        pytest.param("chair-stand-30s", 64, "f", 12, id="chair, a woman of that age"),
        pytest.param("chair-stand-30s", 89, "f", 8, id="chair, a woman of 89"),
        pytest.param("chair-stand-30s", 90, "f", 4, id="chair, a woman of 90"),
        pytest.param("chair-stand-30s", 94, "m", 7, id="chair, the last year of the table"),
        pytest.param("chair-stand-30s", 95, "m", None, id="chair, a year too old"),
        pytest.param("chair-stand-30s", 70, "", None, id="chair, the sex is not said"),
        pytest.param("chair-stand-30s", None, "f", None, id="chair, the age is not known"),
        pytest.param("sit-to-stand-5", 69, "f", 11.4, id="5xSTS, one table for both"),
        pytest.param("sit-to-stand-5", 70, "", 12.6, id="5xSTS, the sex is not needed"),
        pytest.param("sit-to-stand-5", 90, "f", None, id="5xSTS ends at 89"),
        pytest.param("tug", 79, "m", 10.2, id="TUG at 79"),
        pytest.param("tug", 80, "m", 12.7, id="TUG at 80"),
        pytest.param("step-2min", 69, "f", 73, id="two-minute step at 69"),
        pytest.param("step-2min", 70, "f", None, id="two-minute step, tables disagree from 70"),
        pytest.param("six-minute-walk", 70, "f", None, id="no table at all"),
    ],
)
def test_a_norm_is_of_that_age_and_sex_or_there_is_none(key, age, sex, expected):
    found = norm(key, age, sex)
    edge = None if found is None else next(v for v in (found.below, found.above, found.low) if v is not None)
    assert edge == expected


@pytest.mark.parametrize(
    ("key", "age", "value", "words"),
    [
        pytest.param("chair-stand-30s", 72, 9, "below average for 70 to 74: under 10 stands", id="under a cut-off"),
        pytest.param("chair-stand-30s", 72, 10, "not below average for 70 to 74: 10 stands or more", id="at a cut-off"),
        pytest.param("sit-to-stand-5", 72, 12.7, "slower than average for 70 to 79: over 12.6 s", id="slower"),
        pytest.param("sit-to-stand-5", 72, 12.6, "not slower than average for 70 to 79: 12.6 s or less", id="as slow"),
        pytest.param("tug", 72, 10.3, "slower than average for 70 to 79: over 10.2 s", id="over the span of a mean"),
        pytest.param("tug", 72, 9.8, "average for 70 to 79 is 9.2 s", id="a mean"),
        pytest.param("single-leg-stance", 85, 3.0, "average for 80 to 99 is 8.5 s", id="a mean alone"),
        pytest.param("step-2min", 66, 72, "below the middle range for 65 to 69, 73 to 107 steps", id="below a range"),
        pytest.param("step-2min", 66, 73, "within the middle range for 65 to 69, 73 to 107 steps", id="its low end"),
        pytest.param("step-2min", 66, 107, "within the middle range for 65 to 69, 73 to 107 steps", id="its high end"),
        pytest.param("step-2min", 66, 108, "above the middle range for 65 to 69, 73 to 107 steps", id="above a range"),
    ],
)
def test_words_about_a_norm_say_what_its_table_knows(key, age, value, words):
    assert norm_words(MEASURES[key], norm(key, age, "f"), value) == words


def test_a_threshold_keeps_the_publication_it_was_read_in():
    verdict = compare(*pair("tug", 12.4, 11.0))
    assert verdict.source.startswith("Alghadir 2015")
