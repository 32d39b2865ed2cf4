"""The parts of a record: what goes into the seal comes out of it again."""

from datetime import date

import pytest

from crm.clients import record
from crm.clients.record import (
    GATE,
    Criteria,
    Diagnosis,
    Gate,
    Health,
    Insurance,
    Limits,
    Person,
    Plan,
)
from crm.clients.record_models import Part

KNEE = Diagnosis("Osteoarthritis of the right knee", "M17.11", "Dr. Helen Marsh, MD", date(2026, 3, 2))
LIMITS = Limits(150, 90, 120, 90, 200, "no breath holding", "Dr. Helen Marsh, MD", date(2026, 4, 1))


@pytest.mark.parametrize(
    ("part", "sheet"),
    [
        pytest.param(
            Part.PERSON,
            Person("Alma Reyes", date(1956, 2, 29), "f", "555-0101", "alma@example.com", "12 Elm St", "Leo Reyes",
                   "555-0102", "son", Insurance.WORKERS_COMP),
            id="a person with every field",
        ),
        pytest.param(
            Part.HEALTH,
            Health((KNEE, Diagnosis("Low back pain")), date(2025, 11, 3), {"falls": "one"}, "as told", "heat",
                   "Dr. Marsh", "kneeling", "Dr. Marsh", LIMITS),
            id="health with two diagnoses and limits",
        ),
        pytest.param(
            Part.GATE,
            Gate({"referral": "yes", "stable": "no"}, {"intake": date(2026, 4, 2), "release": date(2026, 4, 3)}),
            id="answers and signed forms",
        ),
        pytest.param(
            Part.PLAN,
            Plan("stairs", "twice a week", "12 weeks", ("Strength", "Balance"), "up", "back", "stop", "done",
                 date(2026, 4, 6)),
            id="a plan with categories",
        ),
        pytest.param(Part.CRITERIA, Criteria({"one": "yes"}, {"two": "asked"}), id="criteria"),
        pytest.param(Part.PERSON, Person(name="Zoë Łukasz 山田"), id="letters of other alphabets"),
    ],
)  # fmt: skip
def test_what_was_written_is_read_again(part, sheet):
    assert record.read(part, record.write(sheet)) == sheet


@pytest.mark.parametrize("part", list(Part))
def test_an_empty_part_is_written_as_nothing_and_read_as_empty(part):
    empty = record.KINDS[part]()
    assert record.write(empty) == {}
    assert record.read(part, {}) == empty


@pytest.mark.parametrize("part", list(Part))
def test_a_field_nobody_knows_is_left_out(part):
    assert record.read(part, {"from_another_time": "x"}) == record.KINDS[part]()


def test_what_is_written_is_plain_json():
    assert record.write(Health((KNEE,), limits=Limits(systolic=150, set_by="Dr. Marsh"))) == {
        "diagnoses": [
            {
                "text": "Osteoarthritis of the right knee",
                "icd10": "M17.11",
                "stated_by": "Dr. Helen Marsh, MD",
                "stated_on": "2026-03-02",
            }
        ],
        "limits": {"systolic": 150, "set_by": "Dr. Marsh"},
    }


def test_empty_answers_are_not_written():
    assert record.write(Gate({"referral": "yes", "stable": ""})) == {"answers": {"referral": "yes"}}


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        pytest.param(Limits(), "", id="none on file"),
        pytest.param(Limits(systolic=150, diastolic=90), "blood pressure up to 150/90 mmHg", id="both pressures"),
        pytest.param(Limits(systolic=150), "systolic up to 150 mmHg", id="systolic alone"),
        pytest.param(Limits(diastolic=90), "diastolic up to 90 mmHg", id="diastolic alone is no blood pressure of 90"),
        pytest.param(Limits(heart_rate=120), "heart rate up to 120", id="heart rate"),
        pytest.param(Limits(glucose_low=90, glucose_high=200), "glucose 90 to 200 mg/dL", id="both ends of glucose"),
        pytest.param(Limits(glucose_low=90), "glucose from 90 mg/dL", id="the lower end of glucose"),
        pytest.param(Limits(glucose_high=200), "glucose up to 200 mg/dL", id="the upper end of glucose"),
        pytest.param(Limits(other="no heat", set_by="Dr. Marsh"), "no heat", id="whose they are stands elsewhere"),
        pytest.param(
            LIMITS,
            "blood pressure up to 150/90 mmHg; heart rate up to 120; glucose 90 to 200 mg/dL; no breath holding",
            id="all of them",
        ),
    ],
)
def test_limits_are_said_in_a_line(limits, words):
    assert limits.words == words


def test_the_gate_is_open_until_each_point_is_answered_with_yes():
    every = {key: "yes" for key, _words in GATE}
    assert Gate(every).open_points == []
    assert Gate(every | {"stable": "no"}).open_points == [dict(GATE)["stable"]]
    assert Gate(every | {"stable": ""}).open_points == [dict(GATE)["stable"]]
    assert len(Gate().open_points) == len(GATE)
