"""What the catalogue of measures promises of itself: units, bounds, sources, scales and batteries."""

import re

import pytest

from crm.clients.measures import BATTERIES, MEASURES, Norm, refusal

AREAS = {"strength", "flexibility", "stability", "endurance", "balance", "function", "vital", "pain"}
CATALOGUE = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)


def figures(found: Norm) -> list[float]:
    return [v for v in (found.low, found.high, found.below, found.above, found.mean) if v is not None]


@CATALOGUE
def test_a_measure_knows_its_unit_direction_area_and_bounds(measure):
    assert measure.unit
    assert measure.better in {"higher", "lower", "none"}
    assert measure.area in AREAS
    assert measure.low < measure.high
    assert set(measure.asks) <= {"side", "aid", "arms", "seconds"}
    assert refusal(measure, measure.low) == refusal(measure, measure.high) == ""
    for beyond in (measure.low - 0.01, measure.high + 0.01):
        assert refusal(measure, beyond).startswith(f"{measure.title} lies between ")


@CATALOGUE
def test_every_figure_names_where_it_comes_from(measure):
    for row in (*measure.thresholds, *measure.norms, *measure.marks):
        assert re.search(r"[A-Z]\w+ (?:19|20)\d\d\b|^CDC STEADI, |^Common convention: ", row.source), row


@CATALOGUE
def test_the_bounds_of_a_measure_hold_its_norms_and_thresholds(measure):
    for found in measure.norms:
        assert figures(found)
        assert all(measure.low <= value <= measure.high for value in figures(found)), found
        assert found.low is None or found.high is None or found.low < found.high
    for threshold in measure.thresholds:
        assert threshold.measurable_from is not None
        assert 0 < threshold.measurable_from < measure.high - measure.low
    assert not measure.thresholds or measure.better in {"higher", "lower"}


@CATALOGUE
def test_no_two_norms_are_of_the_same_age_and_sex(measure):
    for age in range(40, 110):
        for sex in ("f", "m"):
            fitting = [n for n in measure.norms if n.age_from <= age <= n.age_to and n.sex in {"", sex}]
            assert len(fitting) <= 1, (age, sex)


@CATALOGUE
def test_no_two_thresholds_are_of_the_same_baseline(measure):
    for value in range(int(measure.low), int(measure.high) + 1):
        assert len([t for t in measure.thresholds if t.holds_for(value)]) <= 1, value


@CATALOGUE
def test_slower_is_said_of_times_and_below_of_what_should_rise(measure):
    assert measure.unit == "s" and measure.better == "lower" if any(n.above for n in measure.norms) else True
    assert measure.better == "higher" if any(n.below for n in measure.norms) else True


@CATALOGUE
def test_an_ordinal_scale_has_no_average(measure):
    if measure.ordinal:
        assert [n for n in measure.norms if n.mean is not None] == []


def test_questionnaires_are_totals_on_ordinal_scales_with_no_items():
    questionnaires = [m for m in MEASURES.values() if m.questionnaire]
    assert {m.key for m in questionnaires} == {
        "berg", "tinetti", "pain", "psfs", "lefs", "odi", "ndi", "quickdash", "lysholm", "harris-hip",
    }  # fmt: skip
    assert all(m.ordinal and not m.says and not m.how for m in questionnaires)


def test_steps_of_a_scale_are_ordinal():
    assert {key for key, m in MEASURES.items() if m.ordinal and not m.questionnaire} == {
        "sppb", "four-stage", "mmt-knee-extension", "mmt-hip-abduction", "mmt-shoulder-flexion",
    }  # fmt: skip


@pytest.mark.parametrize("battery", BATTERIES.values(), ids=BATTERIES)
def test_a_battery_holds_measures_there_are_once_each(battery):
    assert set(battery.measures) <= MEASURES.keys()
    assert len(set(battery.measures)) == len(battery.measures) >= 4
    assert battery.title


def test_pain_and_vital_signs_stay_out_of_reports():
    assert {key for key, m in MEASURES.items() if m.area == "pain"} == {"pain"}
    assert {key for key, m in MEASURES.items() if m.area == "vital"} == {
        "systolic", "diastolic", "heart-rate", "glucose",
    }  # fmt: skip
