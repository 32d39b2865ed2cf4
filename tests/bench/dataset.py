"""The benchmark's data set: made-up sources, clients, events and tasks, the same at every run."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.clock import local_date
from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import jobs
from crm.outreach.models import Task
from crm.sources import search
from crm.sources.models import Channel, Credential, Grade, Office, Source, SourceTerm

FIRST = [
    "Ada",
    "Bea",
    "Cal",
    "Dan",
    "Eve",
    "Finn",
    "Gil",
    "Hal",
    "Ida",
    "Jan",
    "Kai",
    "Lea",
    "Mia",
    "Ned",
    "Ola",
    "Pam",
    "Quin",
    "Rex",
    "Sue",
    "Tom",
    "Uma",
    "Vic",
    "Wes",
    "Xan",
    "Yul",
    "Zoe",
]
LAST = [
    "Marsh",
    "Brandt",
    "Raman",
    "Ferrer",
    "Okafor",
    "Whitlock",
    "Lindqvist",
    "Tanaka",
    "Adeyemi",
    "Vance",
    "Halloran",
    "Petrov",
    "Stone",
    "Reyes",
    "Lind",
]
CITIES = [
    "Fairfield",
    "Lakeside",
    "Northgate",
    "Harbor",
    "Summit",
    "Alder",
    "Cedar",
    "Westfield",
    "Riverside",
    "Parkway",
]
SPECIALTIES = ["Orthopedic surgery", "Internal medicine", "Physical therapy", "Cardiology", "Neurology", "Podiatry"]
CHUNK = 5000


def chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Hand rows over in pieces a database swallows well."""
    piece: list[dict[str, Any]] = []
    for row in rows:
        piece.append(row)
        if len(piece) == CHUNK:
            yield piece
            piece = []
    if piece:
        yield piece


def add_sources(practice: Practice, count: int, worked_with: int, now: datetime) -> None:
    """Add `count` sources in offices of four; the first `worked_with` are relationships of grade A or B."""
    chance = random.Random(7)  # noqa: S311 - the same figures at every run
    offices = max(1, count // 4)
    for piece in chunks(
        {
            "id": number,
            "practice_id": practice.id,
            "name": f"{CITIES[number % 10]} Clinic {number}",
            "street": f"{number} Main Street",
            "city": CITIES[number % 10],
            "state": "OR",
            "zip": f"{97000 + number % 900:05}",
            "closed_days": [],
            "match_key": f"{number} main|{number % 900}",
        }
        for number in range(1, offices + 1)
    ):
        db.session.execute(insert(Office), piece)
    added = (now - timedelta(days=60)).date()
    for piece in chunks(
        _source(practice, number, offices=offices, worked_with=worked_with, added=added, chance=chance)
        for number in range(1, count + 1)
    ):
        db.session.execute(insert(Source), piece)
        db.session.execute(insert(SourceTerm), _terms(piece))


def _source(
    practice: Practice, number: int, *, offices: int, worked_with: int, added: date, chance: random.Random
) -> dict[str, Any]:
    last = f"{chance.choice(LAST)}{chance.choice('abcdefghij')}{chance.choice('lmnopqrst')}"
    first = chance.choice(FIRST)
    known = number <= worked_with
    return {
        "id": number,
        "practice_id": practice.id,
        "first_name": first,
        "last_name": last,
        "sort_name": f"{last} {first}".lower(),
        "credential": chance.choice(list(Credential)),
        "specialty": chance.choice(SPECIALTIES),
        "npi": f"{1000000000 + number}",
        "grade": chance.choice([Grade.A, Grade.B]) if known else None,
        "channel": chance.choice(list(Channel)),
        "office_id": (number - 1) % offices + 1 if not known else (number - 1) // 4 + 1,
        "added_on": added if known else None,
        "step_since": added if known else None,
    }


def _terms(sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"practice_id": row["practice_id"], "term": term, "source_id": row["id"]}
        for row in sources
        for term in search.terms_of(row["first_name"], row["last_name"], row["specialty"], row["npi"])
    ]


def add_clients(practice: Practice, count: int, sources: int, now: datetime) -> None:
    """Add clients with the events of a referral and the first weeks, spread over the worked-with sources."""
    db.session.execute(
        insert(Client),
        [
            {"id": number, "practice_id": practice.id, "uuid": str(uuid.UUID(int=number)), "code": f"C-{number:05}",
             "source_id": (number - 1) % sources + 1}
            for number in range(1, count + 1)
        ],
    )  # fmt: skip
    for piece in chunks(_entries(practice, count, sources, now)):
        db.session.execute(insert(JournalEntry), piece)


def _entries(practice: Practice, count: int, sources: int, now: datetime) -> Iterator[dict[str, Any]]:
    def entry(kind: str, days_ago: int, source_id: int | None, client_id: int | None, **fields: Any) -> dict[str, Any]:
        return {
            "practice_id": practice.id, "at": now, "type": kind, "happened_at": now - timedelta(days=days_ago),
            "source_id": source_id, "client_id": client_id, "payload": fields,
        }  # fmt: skip

    for source in range(1, sources + 1):
        yield entry("source_added", 60, source, None, source=f"s{source}")
        yield entry("package_ready", 2, source, None, source=f"s{source}")
    for client in range(1, count + 1):
        source, code = (client - 1) % sources + 1, f"C-{client:05}"
        start = 10 + client % 20
        yield entry("referral_received", start, source, client, source=f"s{source}", client=code, id=f"r{client}")
        yield entry("client_added", start, source, client, client=code)
        yield entry("assessment_done", start - 2, source, client, client=code)
        for session in range(3):
            yield entry("session_held", start - 3 - session, source, client, client=code)
        yield entry("baseline_done", start - 5, source, client, client=code)


def add_long_office(practice: Practice, now: datetime) -> int:
    """Add one office with six sources, twelve clients and five years of history; return a source of it."""
    office = Office(practice_id=practice.id, name="Five Year Clinic")
    db.session.add(office)
    db.session.flush()
    begin = now - timedelta(days=5 * 365)
    sources = [
        Source(practice_id=practice.id, first_name="Long", last_name=f"Term{n}", sort_name=f"term{n} long",
               office_id=office.id, grade=Grade.A, added_on=begin.date())
        for n in range(6)
    ]  # fmt: skip
    db.session.add_all(sources)
    db.session.flush()
    clients = [Client(practice_id=practice.id, code=f"C-9{n:04}", source_id=sources[n % 6].id) for n in range(12)]
    db.session.add_all(clients)
    db.session.flush()
    rows = [
        {"practice_id": practice.id, "at": now, "type": kind, "happened_at": begin + timedelta(days=day, hours=hour),
         "source_id": source.id, "client_id": client.id if client else None, "payload": payload}
        for kind, day, hour, source, client, payload in _long_story(sources, clients)
    ]  # fmt: skip
    db.session.execute(insert(JournalEntry), rows)
    return sources[0].id


def _long_story(
    sources: list[Source], clients: list[Client]
) -> Iterator[tuple[str, int, int, Source, Client | None, dict]]:
    for source in sources:
        yield "source_added", 0, 15, source, None, {"source": f"s{source.id}"}
    for number, client in enumerate(clients):
        source, start = sources[number % 6], number * 120
        told = {"client": client.code}
        yield "referral_received", start, 15, source, client, {**told, "source": f"s{source.id}", "id": f"r9{number}"}
        yield "assessment_done", start + 2, 15, source, client, told
        yield "baseline_done", start + 4, 15, source, client, told
        for session in range(180):
            yield "session_held", start + 3 + session * 2, 14, source, client, told
        for visit in range(6):
            on = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=start + 60 * visit)).date()
            yield (
                "visit_scheduled",
                start + 40 * visit + 5,
                16,
                source,
                client,
                {**told, "id": f"v{number}_{visit}", "visit_on": str(on)},
            )


def add_tasks(practice: Practice, count: int, today: date, *, spread: int) -> None:
    """Add open tasks directly to a practice nobody replays: for the feed and the digest."""
    db.session.execute(
        insert(Task),
        [
            {"practice_id": practice.id, "uuid": str(uuid.uuid4()), "key": f"C22:s0:r{n}", "rule": "C22",
             "due": today + timedelta(days=n % spread), "window_end": today + timedelta(days=n % spread + 2),
             "channel": "card", "template": "thank-you", "trigger": "referral_received", "trigger_on": today,
             "anchor_on": today}
            for n in range(count)
        ],
    )  # fmt: skip


def replay_all(practice_id: int, now: datetime) -> int:
    """Bring the task table of a practice to what its journal says; return how many circles that took."""
    with writing(practice_id):
        practice = db.session.get_one(Practice, practice_id)
        practice.replanned_on = local_date(now, practice.time_zone).isoformat()  # the night's replay is over
        return jobs.replan_practice(practice, now=now)
