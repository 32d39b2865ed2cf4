"""Each of the thirty days, made the way a user makes it in an empty practice: seen once it is there, and not before."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import builders
import paperwork
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from crm import demo
from crm.clients.criteria import CRITERIA
from crm.clients.models import Client
from crm.db import db, writing
from crm.documents.models import Delivery
from crm.journal.models import JournalEntry
from crm.readiness.models import PlanDay
from crm.readiness.plan import CARDS
from crm.readiness.score import AREAS
from crm.sources.models import Source

TODAY, LATER = "2026-05-06", "2026-06-05"
NICHE = {"niches": "joint", "measured": "chair stands and the six-minute walk"}
PITCH = (
    "Good morning, I am Robin Vale, a Medical Exercise Specialist here in town. I design medically based exercise "
    "programs for people with a knee replacement, after their physical therapy has ended. I assess how they walk, "
    "climb and rise from a chair, plan their exercise, and send you a one-page report every thirty days. Last spring "
    "a client went from eight to fourteen chair stands. May I send you one page?"
)
WEBSITE = {"url": "https://www.example.com", "text": "Exercise for adults.", "role": "y", "contact": "y", "phone": "y"}
SIX = ["demographics", "history", "release", "liability", "agreement", "emergency"]
BATTERY = ["chair-stand-30s", "tug", "gait-speed", "six-minute-walk"]
LETTERS = {
    12: ("assessment-summary",),
    13: ("progress-report",),
    14: ("discharge-summary", "change-in-status"),
    15: ("intro-physician", "intro-pt", "intro-chiro"),
}
PEOPLE = ("Marsh", "Adeyemi", "Lindqvist", "Okafor", "Brandt")


@dataclass
class Desk:
    """A newcomer at an empty practice whose plan has begun, and what they have made so far."""

    app: Flask
    clock: Any
    browser: FlaskClient
    sources: list[int] = field(default_factory=list)

    def post(self, path: str, **form: object) -> Any:
        answer = self.browser.post(path, data=form)
        assert answer.status_code in {200, 303}, (path, answer.status_code, re.findall("errors?.{200}", answer.text))
        return answer

    def seen(self) -> set[int]:
        """Press "Look again" and return the days that are seen."""
        self.post("/setup/look")
        with self.app.app_context():
            return set(db.session.scalars(select(PlanDay.day)))

    def add_sources(self, count: int, grade: str = "") -> None:
        """Put sources on the list by hand; without a grade they are listed, and nothing is planned."""
        for name in PEOPLE[:count]:
            self.post("/sources/new", name=f"Dr. Helen {name}, MD", channel="letter", grade=grade)
        with self.app.app_context():
            self.sources = list(db.session.scalars(select(Source.id).order_by(Source.id)))

    def add_client(self, released: bool = True) -> None:
        """Enter a referral, with the release where it is wanted."""
        self.add_sources(1)
        self.post("/referrals/new", source_id=self.sources[0], received_on=TODAY, method="fax", written="y",
                  transition="y", service="Functional Conditioning", diagnosis="Knee osteoarthritis", icd10="M17.11",
                  client_name="Pat Example", client_class="")  # fmt: skip
        if released:
            self.post("/clients/C-0101/releases", from_on=TODAY, until_on="2027-05-05")

    def write(self, key: str, **about: object) -> None:
        """Open a letter and save it as it stands."""
        self.post("/documents/text", key=key, text=self.text(key, **about), version=0, **about)

    def approve(self, key: str, **about: object) -> int:
        """Open a letter and approve it as it stands; return its number."""
        answer = self.post("/documents/approve", key=key, text=self.text(key, **about), version=0, **about)
        return int(re.search(r"/documents/(\d+)/approved", answer.location)[1])

    def text(self, key: str, **about: object) -> str:
        """Return what the composer opens with, what only the writer knows filled in."""
        page = self.browser.get("/documents/new", query_string={"key": key, **about}).text
        text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1].strip()
        return re.sub(r"\{\{\w+\}\}", "as told", text)


def niche(desk: Desk) -> None:
    desk.post("/practice/niche", **NICHE)


def pitch(desk: Desk) -> None:
    desk.post("/practice/pitch", pitch=PITCH)


def readiness_check(desk: Desk) -> None:
    desk.post("/setup/readiness", **{f"area_{key}": "1" for key in AREAS})


def again(desk: Desk) -> None:
    desk.clock.set(f"{LATER}T14:00:00+00:00")
    readiness_check(desk)


def own(slug: str, **form: object) -> Callable[[Desk], None]:
    """Return how a page under /practice is filled in."""
    return lambda desk: desk.post(f"/practice/{slug}", **form) and None


def five_sources(desk: Desk) -> None:
    for number in desk.sources:
        desk.post(f"/sources/{number}/choose", grade="A" if number % 2 else "B")


def session(desk: Desk) -> None:
    desk.post("/clients/C-0101/sessions", held_on=TODAY, attendance="attended", done="Chair stands.")


def report(*keys: str) -> Callable[[Desk], None]:
    """Return how letters about the client are written."""

    def make(desk: Desk) -> None:
        for key in keys:
            desk.write(key, source=desk.sources[0], client="C-0101")

    return make


def introductions(desk: Desk) -> None:
    for key in LETTERS[15]:
        desk.write(key, source=desk.sources[0])


def approved(*keys: str) -> Callable[[Desk], None]:
    """Return how standing papers are approved."""

    def make(desk: Desk) -> None:
        for key in keys:
            desk.approve(key)

    return make


def letterhead(desk: Desk) -> None:
    with desk.app.app_context():
        paperwork.letterhead()


def three_graded(desk: Desk) -> None:
    letterhead(desk)
    desk.add_sources(3, grade="A")


def first_letters(desk: Desk) -> None:
    for number in desk.sources:
        letter = desk.approve("intro-physician", source=number)
        desk.post(f"/documents/{letter}/send", channel="hand")
        with desk.app.app_context():
            delivery = db.session.scalar(select(Delivery.id).where(Delivery.document_id == letter))
        desk.post(f"/deliveries/{delivery}/sent", proof="in_person", to="Desk")


def names_at_the_desk(desk: Desk) -> None:
    for number, role in zip(desk.sources, ("office_manager", "front_desk", "referral_coordinator"), strict=True):
        desk.post(f"/sources/{number}/contacts/new", name="Dana Poole", role=role, phone="", email="")


def touch(kind: str, outcome: str) -> Callable[[Desk], None]:
    """Return how something that happened with a source is logged."""
    return lambda desk: (
        desk.post(f"/sources/{desk.sources[0]}/touch", kind=kind, outcome=outcome, on=TODAY, note="", task="") and None
    )


def criteria(desk: Desk) -> None:
    desk.post("/clients/C-0101/criteria", base="0", reason="", **{f"answer_{one.key}": "yes" for one in CRITERIA})
    desk.post("/practice/fees", sentence="Clients pay for sessions themselves.")


def top_three(desk: Desk) -> None:
    for rank, number in enumerate(desk.sources, 1):
        desk.post(f"/sources/{number}/judge", volume="2", rank=str(rank))


def nothing(_desk: Desk) -> None:
    """Need nothing to be there before."""


@dataclass(frozen=True)
class Day:
    """How an output is made, and what has to be there before."""

    make: Callable[[Desk], None]
    first: Callable[[Desk], None] = nothing


STANDARDS = dict.fromkeys(("intake", "assessment", "programming", "documentation", "safety"), "It is written down.")
PROTOCOL = dict.fromkeys(("condition", "entry", "phases", "stop"), "Phase one.")
CALL = dict.fromkeys(("progress", "reassurance", "thanks"), "Up from eight to ten.")
LUNCH = dict.fromkeys(("what", "whom", "helps", "receives"), "Chair stands.")
KIT = dict.fromkeys(("cards", "stamps", "fax", "wording"), "y")
PRIVACY = dict.fromkeys(("calendar", "files", "fax", "screen", "phone", "backup"), "y")


def with_client(desk: Desk) -> None:
    letterhead(desk)
    desk.add_client()


def listed(count: int, grade: str = "") -> Callable[[Desk], None]:
    """Return how a list of sources comes to be."""
    return lambda desk: desk.add_sources(count, grade)


DAYS = {
    1: Day(niche),
    2: Day(pitch, niche),
    3: Day(readiness_check),
    4: Day(own("services", services="Assessment.\nOne to one.\nSmall groups.")),
    5: Day(five_sources, listed(5)),
    6: Day(own("bio", bio="Robin Vale, MES, has exercised with adults for nine years.")),
    7: Day(own("standards", **STANDARDS)),
    8: Day(own("intake", forms=SIX)),
    9: Day(session, with_client),
    10: Day(own("measures", battery=BATTERY)),
    11: Day(own("protocol", **PROTOCOL)),
    12: Day(report(*LETTERS[12]), with_client),
    13: Day(report(*LETTERS[13]), with_client),
    14: Day(report(*LETTERS[14]), with_client),
    15: Day(introductions, listed(1)),
    16: Day(approved("overview", "sample-report"), letterhead),
    17: Day(approved("referral-form"), letterhead),
    18: Day(first_letters, three_graded),
    19: Day(names_at_the_desk, listed(3)),
    20: Day(own("kit", **KIT)),
    21: Day(touch("visit", "reached"), listed(1, "A")),
    22: Day(own("website", **WEBSITE)),
    23: Day(own("profiles", text="Robin Vale exercises with adults.")),
    24: Day(own("story", story="A client went from 8 to 14 chair stands.")),
    25: Day(own("call", **CALL)),
    26: Day(own("lunch", **LUNCH)),
    27: Day(own("privacy", **PRIVACY)),
    28: Day(criteria, with_client),
    29: Day(again, readiness_check),
    30: Day(top_three, listed(3, "A")),
}


@pytest.fixture
def desk(app, owner, clock) -> Desk:
    made = Desk(app, clock, owner)
    made.post("/setup/start", started_on=TODAY, days="every")
    return made


def test_no_day_is_left_out():
    assert set(DAYS) == set(CARDS)


def test_in_an_empty_practice_no_day_is_seen(desk):
    assert desk.seen() == set()


@pytest.mark.parametrize("day", DAYS)
def test_an_output_is_seen_when_it_is_made_and_not_before_and_no_other_with_it(desk, day):
    told = DAYS[day]
    told.first(desk)
    before = desk.seen()
    assert day not in before
    told.make(desk)
    assert desk.seen() - before == {day}
    assert desk.browser.get("/setup").status_code == 200


@pytest.mark.parametrize("day", [12, 13, 14, 15])
def test_a_letter_written_for_the_sample_practice_is_seen_and_what_the_sample_brings_is_not(desk, day):
    with desk.app.app_context(), writing():
        demo.load(builders.practice(), desk.app.extensions["handoff"].sealer(), now=desk.clock.now)
    assert desk.seen() == set()
    with desk.app.app_context():
        client = db.session.scalar(select(Client).where(Client.sample, Client.source_id.is_not(None)).limit(1))
        about = {"source": client.source_id, "client": client.code} if day < 15 else {"source": client.source_id}
    for key in LETTERS[day]:
        desk.write(key, **about)
    assert desk.seen() == {day}


def test_a_letter_put_aside_or_only_begun_is_no_output(desk):
    letterhead(desk)
    desk.write("overview")
    desk.approve("sample-report")
    assert 16 not in desk.seen()
    desk.browser.post("/documents/1/discard")
    assert 16 not in desk.seen()


def test_a_call_that_was_taken_back_is_no_output(desk):
    desk.add_sources(1, "A")
    answer = touch("call", "reached")(desk)
    assert answer is None
    with desk.app.app_context():
        seq = db.session.scalar(select(JournalEntry.seq).where(JournalEntry.type == "touch_logged"))
    desk.post(f"/undo/{seq}")
    assert desk.seen() & {21, 25} == set()
    touch("call", "reached")(desk)
    assert {21, 25} <= desk.seen()
