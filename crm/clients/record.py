"""The parts of a client's record: what each holds, and how it goes into the seal and comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from crm.clients.record_models import Part


class Insurance(StrEnum):
    """The kind of a client's insurance, as told; government plans are never billed (H10)."""

    UNSAID = ""
    PRIVATE = "private"
    WORKERS_COMP = "workers_comp"
    AUTO = "auto"
    MEDICARE = "medicare"
    MEDICAID = "medicaid"
    OTHER_GOVERNMENT = "other_government"
    NONE = "none"


GOVERNMENT = frozenset({Insurance.MEDICARE, Insurance.MEDICAID, Insurance.OTHER_GOVERNMENT})

# What intake asks about (domain.md 8.4 and 8.5), in our own words.
HISTORY = (
    ("surgery", "Surgery, and when"),
    ("conditions", "Other conditions a physician knows of"),
    ("struggles", "What is hard now"),
    ("stopped", "What was given up"),
    ("hopes", "What should be possible again"),
    ("symptoms", "What is felt in daily life or in exercise"),
    ("falls", "Falls within a year"),
    ("activity", "Exercise so far"),
)
# Is exercise appropriate here and now (domain.md 8.6): each answered yes before sessions go on.
GATE = (
    ("referral", "A written referral is on file"),
    ("concluded", "Medical treatment or therapy for it has ended"),
    ("stable", "Medically stable: half an hour of exercise is tolerated, symptoms have settled"),
    ("no_flag", "None of the nine red flags, or each has been answered by the provider"),
    ("diagnosis", "The diagnosis is known, as the provider states it"),
    ("limits", "Limits and movements to avoid are known"),
    ("releases", "Releases are signed"),
    ("competence", "Within my training and my niche"),
)
FORMS = (
    ("intake", "Intake and contact form"),
    ("history", "Health history"),
    ("release", "Release of information"),
    ("liability", "Release of liability"),
    ("clearance", "Referral or medical clearance"),
    ("agreement", "Training agreement"),
    ("assessment", "Assessment form"),
    ("policy", "Payment and cancellation policy"),
)
CATEGORIES = ("Strength", "Flexibility", "Endurance", "Balance", "Everyday function", "Aquatic", "Lifestyle education")


@dataclass(frozen=True, slots=True)
class Person:
    """Who a client is. `sex` ("f", "m") and birth date are for the tables of averages only."""

    name: str = ""
    born_on: date | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""
    insurance: Insurance = Insurance.UNSAID


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis as somebody stated it; the desk never suggests one (H22)."""

    text: str = ""
    icd10: str = ""
    stated_by: str = ""
    stated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The provider's limits: upper ends, and both ends for glucose; mmHg, beats a minute, mg/dL."""

    systolic: int | None = None
    diastolic: int | None = None
    heart_rate: int | None = None
    glucose_low: int | None = None
    glucose_high: int | None = None
    other: str = ""
    set_by: str = ""
    confirmed_on: date | None = None

    @property
    def words(self) -> str:
        """Return the limits in a line: "blood pressure up to 150/90, heart rate up to 120"."""
        high, low = self.systolic, self.diastolic
        if high and low:
            pressure = f"blood pressure up to {high}/{low} mmHg"
        else:  # half a limit says which half it is
            pressure = f"systolic up to {high} mmHg" if high else f"diastolic up to {low} mmHg" if low else ""
        lowest = f"{self.glucose_low} to" if self.glucose_high else f"from {self.glucose_low}"
        highest = f"{self.glucose_high}" if self.glucose_low else f"up to {self.glucose_high}"
        glucose = " ".join(
            words for value, words in ((self.glucose_low, lowest), (self.glucose_high, highest)) if value
        )
        said = (
            pressure,
            f"heart rate up to {self.heart_rate}" if self.heart_rate else "",
            f"glucose {glucose} mg/dL" if glucose else "",
            self.other,
        )
        return "; ".join(part for part in said if part)


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a client's health, and from whom."""

    diagnoses: tuple[Diagnosis, ...] = ()
    onset_on: date | None = None
    history: Mapping[str, str] = field(default_factory=dict)
    medications: str = ""
    precautions: str = ""
    precautions_by: str = ""
    contraindications: str = ""
    contraindications_by: str = ""
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether exercise is appropriate: answers "yes", "no" or "", and the day each form was signed."""

    answers: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, date] = field(default_factory=dict)

    @property
    def open_points(self) -> list[str]:
        """Return what is not answered with yes."""
        return [words for key, words in GATE if self.answers.get(key) != "yes"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of exercise that holds the goals (domain.md 8.3)."""

    deficits: str = ""
    frequency: str = ""
    duration: str = ""
    categories: tuple[str, ...] = ()
    progression: str = ""
    regression: str = ""
    stop: str = ""
    discharge: str = ""
    agreed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Answers to the six criteria of reimbursement readiness, where the desk does not know them itself."""

    answers: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


Sheet = Person | Health | Gate | Plan | Criteria
KINDS: Mapping[Part, type[Sheet]] = {
    Part.PERSON: Person,
    Part.HEALTH: Health,
    Part.GATE: Gate,
    Part.PLAN: Plan,
    Part.CRITERIA: Criteria,
}


def write(sheet: Any) -> dict[str, Any]:
    """Return a part as it goes into the seal: plain JSON, what is empty left out."""
    found = {f.name: _plain(getattr(sheet, f.name)) for f in fields(sheet)}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return write(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item not in (None, "")}
    return value


def read(part: Part, opened: Mapping[str, Any]) -> Any:
    """Return a part as it came out of the seal; what is not there is empty, what is not known is left out."""
    kind = KINDS[part]
    names = {f.name for f in fields(kind)}
    return kind(**{name: _typed(name, value) for name, value in opened.items() if name in names})


def _typed(name: str, value: Any) -> Any:
    reader = _READERS.get(name)
    return reader(value) if reader else value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "born_on": date.fromisoformat,
    "stated_on": date.fromisoformat,
    "confirmed_on": date.fromisoformat,
    "onset_on": date.fromisoformat,
    "agreed_on": date.fromisoformat,
    "insurance": Insurance,
    "diagnoses": lambda rows: tuple(Diagnosis(**{key: _typed(key, item) for key, item in row.items()}) for row in rows),
    "limits": lambda row: Limits(**{key: _typed(key, item) for key, item in row.items()}),
    "forms": lambda row: {key: date.fromisoformat(on) for key, on in row.items()},
    "categories": tuple,
}
