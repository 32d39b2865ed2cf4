"""What is known about writer, recipient, client and referral, as the words that fill a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crm.clients.referral_check import Elements
from crm.documents.layout import Chart, Letterhead
from crm.documents.letters import fill
from crm.documents.report_words import Line
from crm.readiness.texts import Written, facts_of

# What an office is asked for, as it stands in a list of the correction request.
ASKED_FOR = {
    "written": "the referral in writing, signed",
    "wording": "the service in these words: Medical Exercise Training, Post-Rehab Conditioning, Medical Fitness or "
    "Functional Conditioning",
    "diagnosis": "the diagnosis with its ICD-10 code, as you state them",
    "transition": "your confirmation that the person has moved out of medical treatment",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """The practice and the person who signs."""

    name: str
    credential: str
    role: str
    serves: str
    practice: str
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    texts: Mapping[str, Written] = field(default_factory=dict)  # what the practice says of itself, by page

    @property
    def signature(self) -> str:
        """Return the name as it is signed: "Jordan Ellis, MES"."""
        return ", ".join(part for part in (self.name, self.credential) if part)

    @property
    def address(self) -> tuple[str, ...]:
        """Return who sends, for the corner of an envelope."""
        lines = (self.practice, self.street, town(self.city, self.state, self.zip))
        return tuple(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The source a letter goes to, at their office."""

    first_name: str
    last_name: str
    behind: str  # "MD, PhD"
    is_doctor: bool
    office: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    contact: str = ""

    @property
    def full_name(self) -> str:
        """Return the name as it stands on an envelope: "Thomas Adeyemi, MD"."""
        name = " ".join(part for part in (self.first_name, self.last_name) if part)
        return f"{name}, {self.behind}" if self.behind else name

    @property
    def salutation(self) -> str:
        """Return how they are addressed: "Dr. Adeyemi"; without a doctor's title the whole name."""
        return f"Dr. {self.last_name}" if self.is_doctor else f"{self.first_name} {self.last_name}".strip()

    @property
    def address(self) -> tuple[str, ...]:
        """Return the address block, as far as it is on file."""
        place = town(self.city, self.state, self.zip)
        return tuple(line for line in (self.full_name, self.office, self.street, place) if line)


@dataclass(frozen=True, slots=True)
class About:
    """The client a letter is about. Name and diagnosis come out of the seal, and only for letters that may say them."""

    code: str
    name: str = ""
    diagnosis: str = ""
    icd10: str = ""
    stated_by: str = ""
    attended: str = ""  # "13 of 14"
    first_visit_on: date | None = None
    last_seen_on: date | None = None
    last_session_on: date | None = None
    next_visit_on: date | None = None
    next_report_on: date | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """The referral a letter answers."""

    received_on: date
    requested: str
    elements: Elements


@dataclass(frozen=True, slots=True)
class Reported:
    """What the desk can say of a client by itself: lines with their rows, the newest value's day, charts by name."""

    lines: tuple[Line, ...] = ()
    newest_on: date | None = None
    outdated: tuple[str, ...] = ()  # what earlier values read like
    charts: Mapping[str, Chart] = field(default_factory=dict)
    refused: str = ""  # why nothing may be said at all


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known when a letter is begun."""

    today: date
    writer: Writer
    recipient: Recipient | None = None
    about: About | None = None
    referred: Referred | None = None
    event_on: date | None = None
    event_at: str = ""  # "12:15 pm", from the planner of the lunch
    reported: Reported | None = None
    outcomes: str = ""  # sums over those whose program is over, a line each


def values(facts: Facts) -> dict[str, str]:
    """Return what fills each placeholder; one that is not known is empty."""
    writer = facts.writer
    found = {
        "practice": writer.practice,
        "practice_phone": writer.phone,
        "practice_fax": writer.fax,
        "practice_email": writer.email,
        "practice_address": ", ".join(part for part in (writer.street, _place(writer)) if part),
        "my_name": writer.signature,
        "my_role": writer.role,
        "my_city": writer.city,
        "serves": writer.serves,
        "today": long_date(facts.today),
        "event_on": long_date(facts.event_on),
        "outcomes": facts.outcomes,
    }
    if facts.event_at:
        found["event_at"] = facts.event_at
    found |= {name: fill(words, found) for name, words in facts_of(writer.texts).items()}
    if who := facts.recipient:
        source = f"Dr. {who.first_name} {who.last_name}" if who.is_doctor else who.full_name.partition(",")[0]
        found |= {"source": source, "salutation": who.salutation, "office": who.office, "contact": who.contact}
    if facts.about:
        found |= _of_client(facts.about)
    if facts.referred:
        found |= _of_referral(facts.referred)
    if facts.reported:
        found |= {line.placeholder: line.text for line in facts.reported.lines}
    return found


def _of_client(about: About) -> dict[str, str]:
    stated = f"{about.diagnosis} ({about.icd10})" if about.diagnosis and about.icd10 else about.diagnosis or about.icd10
    return {
        "client": about.code,
        "client_full": f"{about.name} ({about.code})" if about.name else about.code,
        "client_initials": "".join(f"{part[0]}." for part in about.name.split()) if about.name else "",
        "diagnosis": f"{stated}, as stated by {about.stated_by}" if stated and about.stated_by else stated,
        "sessions": about.attended,
        "first_visit_on": long_date(about.first_visit_on),
        "last_seen_on": long_date(about.last_seen_on),
        "last_session_on": long_date(about.last_session_on),
        "next_visit_on": long_date(about.next_visit_on),
        "next_visit": long_date(about.next_visit_on) or "none on file; please tell me of one",
        "next_report_on": long_date(about.next_report_on),
    }


def _of_referral(referred: Referred) -> dict[str, str]:
    lacking = [words for name, words in ASKED_FOR.items() if not getattr(referred.elements, name)]
    return {
        "referral_on": long_date(referred.received_on),
        "requested": referred.requested,
        "missing": "\n".join(f"- {words}" for words in lacking),
    }


def letterhead(writer: Writer) -> Letterhead:
    """Return what stands at the top of every letter."""
    reached = ", ".join(part for part in (writer.phone, f"fax {writer.fax}" if writer.fax else "") if part)
    right = tuple(line for line in (writer.street, _place(writer), reached, writer.email) if line)
    return Letterhead(writer.practice, tuple(line for line in (writer.signature, writer.role) if line), right)


def town(city: str, state: str, zip_code: str) -> str:
    """Return "Fairfield, OR 97000"."""
    return " ".join(part for part in (f"{city}," if city and (state or zip_code) else city, state, zip_code) if part)


def long_date(on: date | None) -> str:
    """Return a date as American letters write it: "May 6, 2026"; nothing for none."""
    return f"{on:%B} {on.day}, {on.year}" if on else ""


def _place(writer: Writer) -> str:
    return town(writer.city, writer.state, writer.zip)
