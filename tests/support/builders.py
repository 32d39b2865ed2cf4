"""Builders with sensible defaults: what a test needs there before it begins. All people are fictional."""

import secrets
import time
from datetime import UTC, date, datetime

from flask import Flask
from flask.sessions import session_json_serializer
from flask.testing import FlaskClient
from sqlalchemy import select

from crm.accounts import service as accounts
from crm.accounts import sessions
from crm.accounts.models import Practice, User, UserSession
from crm.clients.models import Client
from crm.db import db, writing
from crm.journal.access_acts import TRACES
from crm.journal.models import JournalEntry
from crm.sources.models import Channel, Credential, Grade, Office, Source

PASSWORD = "correct horse battery staple"
ALWAYS = datetime(2099, 1, 1, tzinfo=UTC)


def practice(time_zone: str = "America/New_York", name: str = "Northside Exercise") -> Practice:
    """Return the practice of that name, made at the first call. Needs an application context."""
    found = db.session.scalar(select(Practice).where(Practice.name == name))
    if found is None:
        with writing():
            found = accounts.create_practice(name, time_zone)
    return found


def user(of: Practice | None = None, email: str = "owner@example.com", role: str = "owner") -> User:
    """Return an account, made at the first call."""
    found = db.session.scalar(select(User).where(User.email == email))
    if found is None:
        of = of or practice()
        with writing():
            found = accounts.create_user(of, accounts.Person(email, "Robin Vale", "MES"), role=role)
    return found


def password(email: str = "owner@example.com") -> str:
    """Give that account a password and return it."""
    of = user(email=email)
    with writing():
        of.password = accounts.hashed(PASSWORD)
    return PASSWORD


def signed_in(app: Flask, email: str = "owner@example.com", practice_name: str = "Northside Exercise") -> FlaskClient:
    """Return a browser in which that user has signed in."""
    secret = secrets.token_urlsafe(32)
    with app.app_context():
        who = user(practice(name=practice_name), email)
        held = {"_user_id": who.fs_uniquifier, "fs_paa": time.time(), "proved_at": ALWAYS.timestamp()}
        held["csrf_token"] = secrets.token_hex(32)
        times = {"created_at": ALWAYS, "seen_at": ALWAYS, "expires_at": ALWAYS}  # whatever a test's clock says
        with writing():
            row = UserSession(
                token_hash=sessions.hash_of(secret),
                user_id=who.id,
                contents=session_json_serializer.dumps(held),
                **times,
            )
            db.session.add(row)
    browser = app.test_client()
    browser.set_cookie(app.config["SESSION_COOKIE_NAME"], secret, domain=app.config["SERVER_NAME"] or "localhost")
    return browser


def office(of: Practice | None = None, name: str = "Lakeside Orthopedics", **values: object) -> Office:
    """Add an office; the caller commits."""
    made = Office(practice_id=(of or practice()).id, name=name, **values)
    db.session.add(made)
    db.session.flush()
    return made


def source(
    of: Practice | None = None,
    first_name: str = "Helen",
    last_name: str = "Marsh",
    *,
    office: Office | None = None,
    **values: object,
) -> Source:
    """Add a listed source (no relationship yet); the caller commits."""
    defaults = {
        "credential": Credential.MD,
        "grade": Grade.A,
        "channel": Channel.FAX,
        "specialty": "Orthopedic surgery",
    }
    made = Source(
        practice_id=(of or practice()).id,
        first_name=first_name,
        last_name=last_name,
        sort_name=f"{last_name} {first_name}".lower(),
        office_id=office.id if office else None,
        **(defaults | values),
    )
    db.session.add(made)
    db.session.flush()
    return made


def client(of: Practice | None = None, code: str = "C-0142", *, source: Source | None = None) -> Client:
    """Add a client known by code only; the caller commits."""
    made = Client(practice_id=(of or practice()).id, code=code, source_id=source.id if source else None)
    db.session.add(made)
    db.session.flush()
    return made


def day(iso: str) -> date:
    """Read a date."""
    return date.fromisoformat(iso)


def told() -> list[JournalEntry]:
    """Return what the journal holds by now, without the traces that reading a page leaves. Needs a context."""
    db.session.rollback()
    traces = [trace.type for trace in TRACES]
    return list(
        db.session.scalars(select(JournalEntry).where(JournalEntry.type.not_in(traces)).order_by(JournalEntry.seq))
    )
