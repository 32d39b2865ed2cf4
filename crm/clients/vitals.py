"""The log of a session, and its vital signs held against the limits on file: reminders, never a clearance."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.clients.record import Limits

ROOT = Path(__file__).resolve().parents[2]
# name, words, lowest and highest that can be; mmHg, beats a minute, mg/dL
SIGNS = (
    ("systolic", "Systolic", 50, 260),
    ("diastolic", "Diastolic", 30, 160),
    ("heart_rate", "Heart rate", 25, 220),
    ("glucose", "Glucose", 20, 600),
)


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was read before or after a session; None for what was not taken."""

    systolic: int | None = None
    diastolic: int | None = None
    heart_rate: int | None = None
    glucose: int | None = None

    @property
    def words(self) -> str:
        """Return the readings in a line: "138/84, 72 bpm"."""
        pressure = f"{self.systolic or '?'}/{self.diastolic or '?'} mmHg" if self.systolic or self.diastolic else ""
        rate = f"{self.heart_rate} bpm" if self.heart_rate else ""
        glucose = f"{self.glucose} mg/dL" if self.glucose else ""
        return ", ".join(part for part in (pressure, rate, glucose) if part)


NOT_READ = Vitals()


@dataclass(frozen=True, slots=True)
class Words:
    """The log of a session: readings before and after, and what there is to say."""

    before: Vitals = NOT_READ
    after: Vitals = NOT_READ
    done: str = ""
    response: str = ""
    modification: str = ""
    plan: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was written."""
        return self == Words()


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reading past a limit: what it is, and whose limit."""

    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds until the provider has set a limit (config/safety.toml)."""

    endurance: tuple[int, int]
    strength: tuple[int, int]
    glucose_low: int
    glucose_caution: int
    glucose_guidance: int
    source: str


def _load() -> Defaults:
    read: dict[str, Any] = tomllib.loads((ROOT / "config" / "safety.toml").read_text(encoding="utf-8"))
    pressure, glucose = read["blood_pressure"], read["glucose"]
    return Defaults(
        tuple(pressure["endurance"]), tuple(pressure["strength"]),
        glucose["low"], glucose["caution"], glucose["guidance"], read["source"],
    )  # fmt: skip


DEFAULTS = _load()


def reminders(vitals: Vitals, limits: Limits, defaults: Defaults = DEFAULTS) -> list[Reminder]:
    """Return what to look at before going on. A reading on the limit is within it."""
    return [*_of_pressure(vitals, limits, defaults), *_of_rate(vitals, limits), *_of_glucose(vitals, limits, defaults)]


def _of_pressure(vitals: Vitals, limits: Limits, defaults: Defaults) -> Iterator[Reminder]:
    whose = limits.set_by or "the provider"
    for name, words, default in (("systolic", "Systolic", 0), ("diastolic", "Diastolic", 1)):
        value, limit = getattr(vitals, name), getattr(limits, name)
        if value is None:
            continue
        if limit is not None:
            if value > limit:
                yield Reminder(f"{words} {value} is above the limit of {limit} mmHg.", f"Set by {whose}")
        elif value > defaults.strength[default]:
            yield Reminder(f"{words} {value} is above {defaults.strength[default]} mmHg: no exercise by these "
                           "defaults; ask the provider for a limit.", defaults.source)  # fmt: skip
        elif value > defaults.endurance[default]:
            yield Reminder(f"{words} {value} is above {defaults.endurance[default]} mmHg: no endurance exercise by "
                           "these defaults; ask the provider for a limit.", defaults.source)  # fmt: skip


def _of_rate(vitals: Vitals, limits: Limits) -> Iterator[Reminder]:
    if vitals.heart_rate and limits.heart_rate and vitals.heart_rate > limits.heart_rate:
        yield Reminder(
            f"Heart rate {vitals.heart_rate} is above the limit of {limits.heart_rate}.",
            f"Set by {limits.set_by or 'the provider'}",
        )


def _of_glucose(vitals: Vitals, limits: Limits, defaults: Defaults) -> Iterator[Reminder]:
    value = vitals.glucose
    if value is None:
        return
    low, high = limits.glucose_low, limits.glucose_high
    lowest = low if low is not None else defaults.glucose_low
    if value < lowest:
        whose = f"Set by {limits.set_by or 'the provider'}" if low is not None else defaults.source
        yield Reminder(f"Glucose {value} is below {lowest} mg/dL.", whose)
    if high is not None:
        if value > high:
            yield Reminder(
                f"Glucose {value} is above the limit of {high} mg/dL.", f"Set by {limits.set_by or 'the provider'}"
            )
    elif value >= defaults.glucose_guidance:
        yield Reminder(f"Glucose {value}: from {defaults.glucose_guidance} mg/dL on only with what the physician has "
                       "said about it.", defaults.source)  # fmt: skip
    elif value > defaults.glucose_caution:
        yield Reminder(f"Glucose {value} is above {defaults.glucose_caution} mg/dL: take care.", defaults.source)
