"""The longest facts of the sample practice, to see whether a letter still fits its page."""

from datetime import date

from crm.clients.referral_check import Elements
from crm.demo.people import CITY, CLIENTS, OFFICES, SOURCES, STATE, ZIP
from crm.documents.facts import About, Facts, Recipient, Referred, Writer, values
from crm.documents.letters import Kind
from crm.documents.sample_facts import TEXTS, WRITTEN

TODAY = date(2026, 9, 23)  # the longest month


def longest(words: list[str]) -> str:
    return max(words, key=len)


WRITER = Writer(
    name="Alexandria Montgomery-Whitfield", credential="MES, PRCS, CSCS", role="Medical Exercise Specialist",
    serves="adults with joint replacement, osteoarthritis or type 2 diabetes",
    practice="Fairfield Medical Exercise and Functional Conditioning",
    street="18 Orchard Row, Suite 400", city=CITY, state=STATE, zip=ZIP,
    phone="(503) 555-0100", fax="(503) 555-0101", email="hello@fairfield-medical-exercise.example.com",
)  # fmt: skip
RECIPIENT = Recipient(
    first_name=longest([person.name[0] for person in SOURCES]),
    last_name=longest([person.name[1] for person in SOURCES]),
    behind=longest([person.text for person in SOURCES]) or "MD",
    is_doctor=True,
    office=longest([office.name for office in OFFICES]),
    street=longest([office.street for office in OFFICES]),
    city=CITY,
    state=STATE,
    zip=ZIP,
    contact="Margaret Fitzgerald-Huang",
)
ABOUT = About(
    code="C-0142",
    name=longest([client.name for client in CLIENTS]),
    diagnosis=longest([client.diagnosis for client in CLIENTS]),
    icd10=longest([client.icd10 for client in CLIENTS]),
    stated_by=f"Dr. {RECIPIENT.first_name} {RECIPIENT.last_name}",
    attended="24",
    first_visit_on=TODAY,
    last_seen_on=TODAY,
    last_session_on=TODAY,
    next_visit_on=TODAY,
    next_report_on=TODAY,
)
ADDRESS = f"12345 Martin Luther King Junior Boulevard, Apartment 1200, {CITY}, {STATE} {ZIP}"
REFERRED = Referred(TODAY, "Medical Exercise Training, two per week", Elements(False, False, False, False))


def facts_for(kind: Kind) -> Facts:
    about = {"client": ABOUT, "self": ABOUT, "referral": About("", ABOUT.name)}.get(kind.about)
    referred = REFERRED if kind.about != "nobody" else None
    paper = kind.frame == "paper" or kind.key == "sample-report"
    to = Recipient(ABOUT.name, "", "", is_doctor=False, street=ADDRESS) if kind.for_client else RECIPIENT
    return Facts(TODAY, WRITER, None if paper else to, about, referred, event_on=TODAY)


def values_for(kind: Kind) -> dict[str, str]:
    return values(facts_for(kind)) | TEXTS | WRITTEN
