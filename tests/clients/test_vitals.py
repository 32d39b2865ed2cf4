"""Readings held against the limits on file: reminders, and whose limit it is."""

import pytest

from crm.clients.record import Limits
from crm.clients.vitals import Defaults, Vitals, Words, reminders

OWN = Limits(150, 90, 120, 100, 180, set_by="Dr. Marsh")
NONE = Limits()
DEFAULTS = Defaults((160, 100), (180, 105), 90, 200, 240, "the defaults")


def said(vitals, limits):
    return [reminder.words for reminder in reminders(vitals, limits, DEFAULTS)]


@pytest.mark.parametrize(
    ("vitals", "words"),
    [
        pytest.param(Vitals(), [], id="nothing was read"),
        pytest.param(Vitals(150, 90, 120, 180), [], id="each reading on its limit"),
        pytest.param(Vitals(glucose=100), [], id="glucose on the lower end"),
        pytest.param(Vitals(systolic=151), ["Systolic 151 is above the limit of 150 mmHg."], id="systolic by one"),
        pytest.param(Vitals(diastolic=91), ["Diastolic 91 is above the limit of 90 mmHg."], id="diastolic by one"),
        pytest.param(Vitals(heart_rate=121), ["Heart rate 121 is above the limit of 120."], id="heart rate by one"),
        pytest.param(Vitals(glucose=99), ["Glucose 99 is below 100 mg/dL."], id="glucose below"),
        pytest.param(Vitals(glucose=181), ["Glucose 181 is above the limit of 180 mg/dL."], id="glucose above"),
        pytest.param(
            Vitals(151, 91),
            ["Systolic 151 is above the limit of 150 mmHg.", "Diastolic 91 is above the limit of 90 mmHg."],
            id="both pressures are said",
        ),
    ],
)
def test_the_providers_limit_is_held(vitals, words):
    assert said(vitals, OWN) == words


@pytest.mark.parametrize(
    ("vitals", "begins"),
    [
        pytest.param(Vitals(160, 100), [], id="on the default for endurance"),
        pytest.param(Vitals(systolic=161), ["Systolic 161 is above 160 mmHg: no endurance"], id="systolic, endurance"),
        pytest.param(Vitals(systolic=180), ["Systolic 180 is above 160 mmHg: no endurance"], id="on that for strength"),
        pytest.param(Vitals(systolic=181), ["Systolic 181 is above 180 mmHg: no exercise"], id="systolic, strength"),
        pytest.param(Vitals(diastolic=101), ["Diastolic 101 is above 100 mmHg: no endurance"], id="diastolic"),
        pytest.param(Vitals(diastolic=106), ["Diastolic 106 is above 105 mmHg: no exercise"], id="diastolic, strength"),
        pytest.param(Vitals(heart_rate=200), [], id="no default for the heart rate"),
        pytest.param(Vitals(glucose=90), [], id="glucose on the lower end"),
        pytest.param(Vitals(glucose=89), ["Glucose 89 is below 90 mg/dL."], id="glucose below"),
        pytest.param(Vitals(glucose=200), [], id="glucose on the caution line"),
        pytest.param(Vitals(glucose=201), ["Glucose 201 is above 200 mg/dL: take care."], id="caution"),
        pytest.param(Vitals(glucose=239), ["Glucose 239 is above 200 mg/dL: take care."], id="still caution"),
        pytest.param(Vitals(glucose=240), ["Glucose 240: from 240 mg/dL on only with"], id="guidance"),
    ],
)
def test_defaults_hold_where_no_limit_is_on_file(vitals, begins):
    found = said(vitals, NONE)
    assert len(found) == len(begins)
    assert all(words.startswith(begin) for words, begin in zip(found, begins, strict=True))


def test_a_reminder_says_whose_limit_it_is():
    own = reminders(Vitals(systolic=151), OWN, DEFAULTS)
    unnamed = reminders(Vitals(systolic=151), Limits(systolic=150), DEFAULTS)
    default = reminders(Vitals(systolic=161), NONE, DEFAULTS)
    assert [r.source for r in (*own, *unnamed, *default)] == ["Set by Dr. Marsh", "Set by the provider", "the defaults"]


@pytest.mark.parametrize(
    ("limits", "vitals"),
    [
        pytest.param(Limits(systolic=190), Vitals(systolic=185), id="a looser limit of the provider is theirs to set"),
        pytest.param(Limits(glucose_high=260), Vitals(glucose=250), id="glucose as well"),
        pytest.param(Limits(glucose_low=70), Vitals(glucose=75), id="and its lower end"),
    ],
)
def test_the_providers_limit_comes_before_the_default(limits, vitals):
    assert said(vitals, limits) == []


def test_a_limit_for_one_reading_leaves_the_default_for_another():
    assert len(said(Vitals(150, 101), Limits(systolic=150))) == 1
    assert len(said(Vitals(glucose=80), Limits(glucose_high=180))) == 1


def test_reminders_never_clear_anybody():
    every = " ".join(said(Vitals(230, 130, 200, 300), NONE) + said(Vitals(230, 130, 200, 300), OWN)).lower()
    assert not any(word in every for word in ("cleared", "safe", "fine", "diagnos"))


@pytest.mark.parametrize(
    ("vitals", "words"),
    [
        pytest.param(Vitals(), "", id="nothing"),
        pytest.param(Vitals(138, 84, 72, 110), "138/84 mmHg, 72 bpm, 110 mg/dL", id="everything"),
        pytest.param(Vitals(systolic=138), "138/? mmHg", id="half a blood pressure"),
        pytest.param(Vitals(heart_rate=72), "72 bpm", id="heart rate alone"),
    ],
)
def test_readings_are_said_in_a_line(vitals, words):
    assert vitals.words == words


def test_a_log_with_one_reading_is_not_empty():
    assert Words().is_empty
    assert not Words(after=Vitals(heart_rate=72)).is_empty
    assert not Words(plan="Balance").is_empty
