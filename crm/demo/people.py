"""Who is in the sample practice: all made up, with 555 numbers and example.com addresses."""

from dataclasses import dataclass

from crm.clients.models import ClientClass
from crm.sources.models import Channel, ContactRole, Credential, Grade


@dataclass(frozen=True, slots=True)
class SampleOffice:
    """An office, by the key its people name it with."""

    key: str
    name: str
    street: str
    closed_weekdays: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class SampleSource:
    """A source; `contacts` are role and name, `fact` is text and where it was read."""

    key: str
    name: tuple[str, str]
    credential: Credential
    text: str
    specialty: str
    office: str
    grade: Grade
    channel: Channel = Channel.FAX
    contacts: tuple[tuple[ContactRole, str], ...] = ()
    fact: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SampleClient:
    """A client: whose, what class, and the private part that is sealed."""

    key: str
    source: str
    client_class: ClientClass
    name: str
    diagnosis: str
    icd10: str


CITY, STATE, ZIP = "Fairfield", "OR", "97000"
# Of the practice that is made for the sample alone; a practice of somebody's own never gets it.
LETTERHEAD = {
    "street": "18 Orchard Row, Suite 4", "city": CITY, "state": STATE, "zip": ZIP, "phone": "(503) 555-0100",
    "fax": "(503) 555-0101", "email": "desk@example.com",
}  # fmt: skip

OFFICES = (
    SampleOffice("lakeside", "Lakeside Orthopedics", "40 Lake Street", "", "Mon to Fri, 8:00 to 17:00"),
    SampleOffice("northgate", "Northgate Internal Medicine", "9 Northgate Avenue", "", "Mon to Fri, 8:30 to 16:30"),
    SampleOffice("harbor", "Harbor Street Physical Therapy", "118 Harbor Street"),
    SampleOffice("summit", "Summit Physical Therapy", "7 Summit Road"),
    SampleOffice("alder", "Alder Spine & Joint", "22 Alder Lane", "5", "Mon to Thu, 9:00 to 18:00"),
    SampleOffice("cedar", "Cedar Hill Heart", "300 Cedar Hill"),
    SampleOffice("westfield", "Westfield Endocrine", "15 Westfield Park"),
    SampleOffice("riverside", "Riverside Neurology", "61 River Road"),
    SampleOffice("parkway", "Parkway Foot & Ankle", "204 Parkway"),
    SampleOffice("fairfield", "Fairfield Pain Center", "88 Main Street"),
)

SOURCES = (
    SampleSource(
        "marsh", ("Helen", "Marsh"), Credential.MD, "MD", "Orthopedic surgery", "lakeside", Grade.A,
        contacts=(
            (ContactRole.OFFICE_MANAGER, "Carmen Diaz"),
            (ContactRole.FRONT_DESK, "Leo Whitfield"),
            (ContactRole.REFERRAL_COORDINATOR, "Ines Novak"),
        ),
        fact=("Trained in Rochester, runs the lake relay each June", "Office web page"),
    ),
    SampleSource(
        "brandt", ("Sofia", "Brandt"), Credential.PA, "PA-C", "Orthopedic surgery", "lakeside", Grade.A,
        contacts=((ContactRole.FRONT_DESK, "Leo Whitfield"),),
    ),
    SampleSource("raman", ("Priya", "Raman"), Credential.MD, "MD", "Internal medicine", "northgate", Grade.B),
    SampleSource(
        "ferrer", ("Luis", "Ferrer"), Credential.DO, "DO", "Internal medicine", "northgate", Grade.A,
        contacts=((ContactRole.OFFICE_MANAGER, "Ruth Okoye"),),
    ),
    SampleSource(
        "okafor", ("Daniel", "Okafor"), Credential.PT, "PT", "Physical therapy", "harbor", Grade.A,
        contacts=((ContactRole.FRONT_DESK, "Gloria Bell"),),
    ),
    SampleSource("whitlock", ("Karen", "Whitlock"), Credential.PT, "PT", "Physical therapy", "summit", Grade.B),
    SampleSource("lindqvist", ("Anna", "Lindqvist"), Credential.DC, "DC", "Chiropractic", "alder", Grade.B),
    SampleSource("tanaka", ("Mei", "Tanaka"), Credential.NP, "NP", "Cardiology", "cedar", Grade.A),
    SampleSource("adeyemi", ("Thomas", "Adeyemi"), Credential.MD, "MD", "Endocrinology", "westfield", Grade.A),
    SampleSource("vance", ("Robert", "Vance"), Credential.MD, "MD", "Neurology", "riverside", Grade.A, Channel.PORTAL),
    SampleSource("halloran", ("George", "Halloran"), Credential.DPM, "DPM", "Podiatry", "parkway", Grade.C),
    SampleSource("petrov", ("Nadia", "Petrov"), Credential.MD, "MD", "Pain medicine", "fairfield", Grade.C),
)  # fmt: skip

CLIENTS = (
    SampleClient("knee", "marsh", ClientClass.POST_REHAB, "Avery Stone", "Total knee replacement, right", "Z96.651"),
    SampleClient("hip", "marsh", ClientClass.MEDICAL_EXERCISE, "Jordan Reyes", "Osteoarthritis of the hip", "M16.11"),
    SampleClient("sugar", "raman", ClientClass.MEDICAL_EXERCISE, "Casey Lind", "Type 2 diabetes", "E11.9"),
    SampleClient("heart", "tanaka", ClientClass.POST_REHAB, "Morgan Hale", "After cardiac rehabilitation", "Z95.1"),
    SampleClient("shoulder", "brandt", ClientClass.CORRECTIVE, "Riley Fox", "Rotator cuff repair", "Z98.890"),
    SampleClient("balance", "vance", ClientClass.MAINTENANCE, "Sam Calder", "Parkinson’s disease", "G20"),
    SampleClient("walk", "vance", ClientClass.MEDICAL_EXERCISE, "Dana Brook", "Multiple sclerosis", "G35"),
    SampleClient("pressure", "ferrer", ClientClass.MEDICAL_EXERCISE, "Jamie Noor", "Hypertension", "I10"),
)
