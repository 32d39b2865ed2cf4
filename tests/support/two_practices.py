"""Two practices on one installation, the first with one of everything, told through its own forms."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import builders
import canaries
import dbhash
import outside
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from crm.accounts.models import User
from crm.db import db
from crm.documents.models import Delivery, Document, DocumentState
from crm.sources.models import Source

TODAY = date(2026, 5, 6)
FACT, CONTACT, TERM, LUNCH_NOTE = "canaryfact of the lake", "Canarycontact Desk", "canaryterm", "canarylunch"
OF_SOURCES = [FACT, CONTACT, TERM, LUNCH_NOTE]  # a practice's own, though not about a client
CLIENT, OFFICE = "C-0101", "Lakeside Orthopedics"


@dataclass
class TwoPractices:
    """The installation, and the ids of what the first practice has."""

    app: Flask
    ids: dict[str, Any]

    def browser(self, email: str) -> FlaskClient:
        """Return a browser somebody is signed in with."""
        practice = "Elsewhere" if email == outside.OTHER else "Northside Exercise"
        return builders.signed_in(self.app, email, practice)

    def dbhash(self) -> str:
        with self.app.app_context():
            return dbhash.dbhash()

    def scalar(self, query: Any) -> Any:
        with self.app.app_context():
            return db.session.scalar(query)

    def path(self, endpoint: str, values: Mapping[str, Any], method: str = "GET") -> str:
        return self.app.url_map.bind("localhost").build(endpoint, dict(values), method=method)


def make(app: Flask) -> TwoPractices:
    """Fill both practices; the second gets a source and a client of the same code."""
    outside.people(app)
    owner = builders.signed_in(app, outside.OWNER)

    def post(path: str, **form: object) -> None:
        answer = owner.post(path, data=form)
        assert answer.status_code in {200, 303, 204}, (path, re.findall("errors.*", answer.text))

    canaries.tell(app, post, TODAY)
    source = _id(app, select(Source.id))
    post(f"/sources/{source}/contacts/new", name=CONTACT, role="front_desk", phone="", email="")
    post(f"/sources/{source}/facts/new", text=FACT, found_at="the local paper", read_on=TODAY.isoformat())
    day = (TODAY + timedelta(days=60)).isoformat()
    post(f"/sources/{source}/lunch", **{"event_on": day, "reason": LUNCH_NOTE, "note": LUNCH_NOTE})
    post("/calendar/feeds", name="My phone", kind="all", days_back="90", days_ahead="370")
    post("/documents/rules/terms", words=TERM, severity="warn")
    post("/imports", file=(io.BytesIO(b"First Name,Last Name,NPI\nAda,Marsh,1234567893\n"), "list.csv"))
    post("/documents/1/send", channel="letter")
    post(f"/sources/{source}/lunch/l1/guests", people="Gil Guest, front desk")
    post(
        "/practice/gifts",
        kind="gift",
        source_id="",
        person="Gil Guest",
        on=TODAY.isoformat(),
        amount="5",
        what="a fern",
    )
    post("/practice/lunch", what="", whom="People whose care has ended.", helps="", receives="")
    post("/practice/papers", kind="cpr", name="CPR", issuer="", expires_on="", remind_days="60")
    elsewhere = builders.signed_in(app, outside.OTHER, "Elsewhere")
    theirs = elsewhere.post("/sources/new", data={"name": "Olga Otherway", "channel": "fax", "grade": ""})
    assert theirs.status_code == 303, re.findall("errors.*", theirs.text)
    made = TwoPractices(app, _ids(app))
    form = {"source_id": str(made.ids["their_source"]), "received_on": TODAY.isoformat(), "method": "fax"}
    answer = elsewhere.post("/referrals/new", data=form | {"client_class": "", "client_code": CLIENT})
    assert answer.status_code == 303, answer.text
    return made


def _id(app: Flask, query: Any) -> Any:
    with app.app_context():
        return db.session.scalar(query)


TABLES = {
    "visit_id": "visit", "release_id": "client_release", "goal_id": "goal", "session_id": "session_log",
    "measurement_id": "measurement", "provider_id": "treating_provider", "contact_id": "contact",
    "fact_id": "background_fact", "feed_id": "calendar_feed", "message_id": "outbox_message",
    "batch_id": "import_batch", "browser_id": "user_session", "paper_id": "paper",
    "guest_id": "lunch_guest", "gift_id": "gift",
}  # fmt: skip


def _ids(app: Flask) -> dict[str, Any]:
    with app.app_context():
        here, there = builders.practice().id, builders.practice(name="Elsewhere").id
        tables = {name: db.metadata.tables[table] for name, table in TABLES.items()}
        found = {name: db.session.scalar(select(func.min(table.c.id))) for name, table in tables.items()}
        found |= {
            "code": CLIENT,
            "seq": db.session.execute(text("SELECT min(entry_seq) FROM red_flag")).scalar(),
            "source_id": db.session.scalar(select(Source.id).where(Source.practice_id == here)),
            "their_source": db.session.scalar(select(Source.id).where(Source.practice_id == there)),
            "document_id": db.session.scalar(select(Document.id).where(Document.state == DocumentState.APPROVED)),
            "delivery_id": db.session.scalar(select(Delivery.id).where(Delivery.message_id.is_(None))),
            "position": 0,
            "lunch_id": "l1",
            "term_id": builders.practice().scope_terms[0]["id"],
            "key": db.session.execute(text("SELECT key FROM task WHERE status = 'open' ORDER BY id")).scalar(),
            "user_id": db.session.scalar(select(User.id).where(User.email == outside.ASSISTANT)),
        }
    assert all(value is not None for value in found.values()), found
    return found
