"""One client with a secret in every field that takes one, told to the product through its own forms."""

import base64
from collections.abc import Callable
from datetime import date, timedelta

import builders
from flask import Flask
from sqlalchemy import select

from crm.db import db, writing
from crm.outreach.models import Task
from crm.outreach.workdays import US_WORKDAYS

NAME, DIAGNOSIS, SERVICE, CODE = (
    "Canaryella Fluffwing",
    "canarythrosis of the knee",
    "Medical Exercise Training canaryplan",
    "Z96.651",
)
NOTES = [
    "canarynote-event",
    "canarynote-touch",
    "canarynote-snooze",
    "canarynote-skip",
    "canarynote-call",
    "canarynote-task",
    "canarynote-letter",
    "canarynote-kept",
]
BORN, PHONE, KIN = "1931-02-03", "5550199321", "Canarykin Fluffwing"
AVOID, SURGERY, LIMIT = "canaryavoid kneeling", "canarysurgery in 2011", "canarylimit of ten"
DEFICIT, TREATS, GOAL, SEEN = (
    "canarydeficit on stairs",
    "canarytreats the heart",
    "canarygoal at the lake",
    "canaryseen",
)
CANARIES = [
    "Canaryella", "Fluffwing", "canarythrosis", "canaryplan", BORN, PHONE, "Canarykin", "canaryavoid", "canarysurgery",
    "canarylimit", "canarydeficit", "canarytreats", "Canarylyn", "canarygoal", "canaryseen", *NOTES,
]  # fmt: skip


def shapes(word: str) -> list[bytes]:
    """Return a word in the forms it could lie about in."""
    return [word.encode(), word.encode("utf-16-le"), base64.b64encode(word.encode()).rstrip(b"=")[:-1]]


def assert_clean(content: bytes, where: str) -> None:
    for word in CANARIES:
        for shape in shapes(word):
            assert shape not in content, f"{word} in {where}"


def tell(app: Flask, post: Callable[..., None], today: date) -> None:
    """Type a client's secrets into every form that takes one; `post(path, **form)` sends a form as the owner."""
    now, before, visit = today.isoformat(), today - timedelta(days=1), today + timedelta(days=14)
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice, office=builders.office(practice), email="office@example.com")
        source_id = source.id
    post(
        "/referrals/new", source_id=str(source_id), received_on=before.isoformat(), method="fax", written="y",
        transition="y",
        service=SERVICE, diagnosis=DIAGNOSIS, icd10=CODE, client_name=NAME, client_class="", visit_on=visit.isoformat(),
    )  # fmt: skip
    client = "/clients/C-0101"
    post(
        f"{client}/record/person",
        base="0",
        name=NAME,
        born_on=BORN,
        phone=PHONE,
        emergency_name=KIN,
        insurance="",
        sex="f",
    )
    post(
        f"{client}/record/health", **{"base": "0", "diagnoses-0-text": DIAGNOSIS, "diagnoses-0-icd10": CODE,
        "diagnoses-0-stated_by": "Dr. Marsh", "contraindications": AVOID, "history_surgery": SURGERY,
        "other": LIMIT, "set_by": "Dr. Marsh"},
    )  # fmt: skip
    post(f"{client}/record/plan", base="0", deficits=DEFICIT, frequency="two a week")
    post(f"{client}/providers", first_name="Canarylyn", last_name="Otherdoc", treats=TREATS)
    post(f"{client}/goals", activity=GOAL, days="30", target="20", unit="steps", measure="", side="")
    post(f"{client}/sessions", held_on=now, attendance="attended", done=NOTES[0], before_systolic="132")
    post(
        f"{client}/measures",
        measured_on=now,
        occasion="baseline",
        measure="chair-stand-30s",
        **{"chair-stand-30s": "8"},
    )
    post(f"{client}/flag", flags="swelling", seen=SEEN, stopped="", told="", asked="nobody", on=now)
    post(f"/sources/{source_id}/touch", kind="call", outcome="reached", on=now, note=NOTES[1], task="")

    def task(rule: str) -> str:
        with app.app_context():
            return db.session.scalar(select(Task.key).where(Task.rule == rule))

    post(
        f"/tasks/{task('C22')}/snooze",
        to=US_WORKDAYS.on_or_after(today + timedelta(days=4)).isoformat(),
        reason=NOTES[2],
    )
    post(f"/tasks/{task('C16')}/skip", reason=NOTES[3])
    post(f"/tasks/{task('C34a')}/outcome", outcome="reached", limits="no", note=NOTES[4])
    post("/quick-add", line=f"call {NAME} {NOTES[5]}", kind="call", due=now, source_id="", client_code="C-0101")
    post("/clients/C-0101/releases", from_on=before.isoformat(), until_on=(today + timedelta(days=239)).isoformat())
    letter = f"{NAME} was here; {DIAGNOSIS}. {NOTES[6]} Our patients walk."
    post("/documents/text", key="call-confirmation", source=str(source_id), client="C-0101", text=letter)
    post("/documents/1/keep", rule="S01", start=str(letter.index("patients")), reason=NOTES[7])
    post("/documents/approve", document="1", version="2", text=letter)
    post("/documents/1/send", channel="email", agreed="y")
