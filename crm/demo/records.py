"""What is on file about the clients of the sample practice: who they are, limits, goals, and what was measured when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from crm.clients.goals import GoalTold
from crm.clients.record import Health, Insurance, Limits, Person, Plan
from crm.clients.vitals import Vitals, Words

BASELINE, AGAIN = "baseline_done", "measures_taken"
# A value by measure, with the side behind a colon where there is one: at the baseline, and each time after it.
Course = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Record:
    """One client's file. `born` counts in years before today, `goals` hold the days they were set before today."""

    born: int
    sex: str
    insurance: Insurance
    course: Course = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    plan: Plan = field(default_factory=Plan)
    goals: tuple[tuple[int, int, GoalTold], ...] = ()  # days, set so many days ago, what

    def person(self, name: str, today: date) -> Person:
        """Return who it is, with a birthday that keeps the age whatever day it is today."""
        return Person(
            name=name, born_on=today - timedelta(days=round(self.born * 365.25) + 120), sex=self.sex,
            insurance=self.insurance, phone="(503) 555-0142", emergency_name="Robin Example",
            emergency_phone="(503) 555-0143", emergency_relation="family",
        )  # fmt: skip


_PLAN = Plan(
    deficits="Stairs and long walks; tires before errands are done.",
    frequency="two sessions a week",
    duration="12 weeks",
    categories=("Strength", "Balance", "Everyday function"),
    progression="Loads go up by a tenth when all sets are done with ease",
    regression="Loads go back a step after a day of more than usual soreness.",
    stop="Any of the nine red flags.",
    discharge="Both goals are met, or twelve weeks have passed.",
)
RECORDS: Mapping[str, Record] = {
    "knee": Record(
        67, "f", Insurance.PRIVATE,
        {"chair-stand-30s": (8, 10, 13), "gait-speed": (0.92, 0.95, 0.99), "knee-flexion:right": (96, 108, 116),
         "tug": (12.4, 11.6, 10.8)},
        Health(contraindications="No kneeling, no twisting under load.", contraindications_by="Dr. Helen Marsh",
               limits=Limits(systolic=150, diastolic=90, set_by="Dr. Helen Marsh")),
        _PLAN,
        ((30, 20, GoalTold("Climb two flights without the rail", unit="steps", baseline=8, target=24, reached=20)),
         (90, 52, GoalTold("Rise from any chair without the arms", "chair-stand-30s", baseline=8, target=14))),
    ),
    "hip": Record(
        58, "m", Insurance.PRIVATE,
        {"chair-stand-30s": (11, 12), "six-minute-walk": (402, 431), "tug": (9.8, 9.4)},
        Health(contraindications="No loaded hip flexion beyond 90 degrees.", contraindications_by="Dr. Helen Marsh",
               limits=Limits(systolic=160, diastolic=100, set_by="Dr. Helen Marsh")),
        _PLAN,
        ((90, 35, GoalTold("Walk to the lake", unit="m without a rest", baseline=400, target=900, reached=520)),),
    ),
    "sugar": Record(
        61, "f", Insurance.MEDICARE,
        {"six-minute-walk": (388,), "grip:left": (21.5,), "grip:right": (23.0,), "systolic": (138,), "glucose": (162,)},
        Health(limits=Limits(glucose_low=90, glucose_high=220, set_by="Dr. Priya Raman")),
        _PLAN,
    ),
    "shoulder": Record(
        49, "m", Insurance.WORKERS_COMP,
        {"shoulder-flexion:right": (112,), "quickdash": (45.5,)},
        Health(precautions="Overhead loads from week six on only.", precautions_by="Sofia Brandt"),
    ),
    "balance": Record(
        74, "m", Insurance.MEDICARE,
        {"tug": (14.8,), "berg": (41,), "chair-stand-30s": (9,)},
    ),
    "walk": Record(
        52, "f", Insurance.PRIVATE,
        {"gait-speed": (0.78, 0.80), "six-minute-walk": (310, 322), "sit-to-stand-5": (17.2, 16.4)},
        Health(precautions="Cool room, rests in the shade of fatigue.", precautions_by="Dr. Robert Vance"),
        _PLAN,
        ((30, 34, GoalTold("Walk to the mailbox without stopping", "six-minute-walk", baseline=310, target=350)),),
    ),
    "pressure": Record(56, "m", Insurance.PRIVATE),
    "heart": Record(63, "f", Insurance.PRIVATE),
}  # fmt: skip
LOGS = (
    Words(Vitals(132, 82, 72), Vitals(138, 84, 88), "Sit to stand, step-ups, walking intervals", "Well borne", "",
          "Step height up"),
    Words(Vitals(128, 80, 70), Vitals(134, 82, 86), "Leg press, balance on firm ground, walking",
          "A little breathless on the stairs", "Step-ups left out", "Step-ups again, one set"),
    Words(Vitals(136, 84, 74), Vitals(140, 84, 90), "Sit to stand with a load, turns, carrying bags",
          "Well borne", "", "Carry further"),
)  # fmt: skip
FLAG = {
    "flags": ["swelling"], "seen": "The left knee is swollen and warm, which it was not last week.",
    "stopped": "", "told": "To rest it, and to call the surgeon’s office today.", "asked": "client",
}  # fmt: skip
