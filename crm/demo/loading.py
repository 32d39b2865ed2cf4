"""Put the sample practice in through the same doors a person uses, and take it out again."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from crm import clock
from crm.accounts.models import Practice
from crm.clients import service as clients
from crm.clients.models import Client, Referral, ReferralMethod, Release, Visit
from crm.crypto import Sealer
from crm.db import db
from crm.demo.draft import DRAFT
from crm.demo.filing import file
from crm.demo.people import CITY, CLIENTS, OFFICES, SOURCES, STATE, ZIP
from crm.demo.records import RECORDS
from crm.demo.story import Days, Line, tell
from crm.documents import service as documents
from crm.documents.fact_queries import Brief
from crm.documents.letters import kind_of
from crm.journal import events
from crm.journal import service as journal
from crm.journal.models import JournalEntry
from crm.outreach import cadence as engine
from crm.outreach import service as outreach
from crm.outreach.circle_queries import Circle
from crm.outreach.models import Task
from crm.outreach.task_queries import find_open_task_of_rule
from crm.outreach.workdays import calendar_of
from crm.sources import service as sources
from crm.sources.models import BackgroundFact, Contact, Office, Source

KINDS = {kind.type: kind for kind in events.Event.__subclasses__() if kind.cadence}
WITHOUT_RELEASE = "walk"
TASK_ACTS = {"done": "task_done", "skip": "task_skipped", "miss": "call_missed"}


def is_loaded(practice_id: int) -> bool:
    """Say whether the sample practice is there."""
    query = select(Source.id).where(Source.practice_id == practice_id, Source.sample.is_(True)).limit(1)
    return db.session.scalar(query) is not None


def load(practice: Practice, sealer: Sealer, *, now: datetime) -> None:
    """Load the sample practice; a no-op where it is there. The caller commits."""
    if is_loaded(practice.id):
        return
    cast = _cast(practice, sealer)
    today = clock.local_date(now, practice.time_zone)
    calendar = calendar_of(practice.closed_days)
    teller = _Teller(practice, cast, sealer, now)
    for line in tell(Days(today, calendar)):
        teller.add(line)
    journal.record_all(practice, teller.happenings, now=now)
    for client in cast.clients.values():
        clients.refresh_status(practice, client)
    names = {someone.key: someone.name for someone in CLIENTS}
    for key, told in RECORDS.items():
        file(practice, cast.clients[key], names[key], told, sealer=sealer, today=today, now=now)
    _add_releases(practice, cast, now)
    _add_draft(practice, cast.sources["adeyemi"], sealer, now)


def remove(practice: Practice) -> None:
    """Take out what `load` put in, and what followed from it. The caller commits."""
    source_ids = select(Source.id).where(Source.practice_id == practice.id, Source.sample.is_(True))
    client_ids = select(Client.id).where(Client.practice_id == practice.id, Client.sample.is_(True))
    for statement in (
        delete(Task).where(
            Task.practice_id == practice.id, Task.client_id.in_(client_ids) | Task.source_id.in_(source_ids)
        ),
        delete(Referral).where(Referral.client_id.in_(client_ids) | Referral.source_id.in_(source_ids)),
        delete(Visit).where(Visit.client_id.in_(client_ids)),
        update(Visit).where(Visit.source_id.in_(source_ids)).values(source_id=None),
        delete(Client).where(Client.practice_id == practice.id, Client.sample.is_(True)),
        update(Client).where(Client.source_id.in_(source_ids)).values(source_id=None),
        delete(JournalEntry).where(JournalEntry.practice_id == practice.id, JournalEntry.sample.is_(True)),
        delete(Source).where(Source.practice_id == practice.id, Source.sample.is_(True)),
        delete(Office).where(
            Office.practice_id == practice.id,
            Office.sample.is_(True),
            Office.id.not_in(select(Source.office_id).where(Source.office_id.is_not(None))),
        ),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    practice.task_revision += 1
    db.session.flush()
    db.session.expire_all()


@dataclass
class _Cast:
    sources: dict[str, Source] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def circle(self) -> Circle:
        return Circle(
            frozenset(source.id for source in self.sources.values()),
            frozenset(client.id for client in self.clients.values()),
        )


def _cast(practice: Practice, sealer: Sealer) -> _Cast:
    cast = _Cast()
    offices = {}
    for number, row in enumerate(OFFICES):
        offices[row.key] = Office(
            practice_id=practice.id, name=row.name, street=row.street, city=CITY, state=STATE, zip=ZIP,
            phone=f"(503) 555-01{60 + number}", fax=f"(503) 555-01{80 + number}", hours=row.hours,
            closed_weekdays=row.closed_weekdays, sample=True,
        )  # fmt: skip
    db.session.add_all(offices.values())
    db.session.flush()
    for person in SOURCES:
        first, last = person.name
        office = offices[person.office]
        cast.sources[person.key] = Source(
            practice_id=practice.id, first_name=first, last_name=last, sort_name=f"{last} {first}".lower(),
            credential=person.credential, credentials_text=person.text, specialty=person.specialty,
            grade=person.grade, channel=person.channel, phone=office.phone, fax=office.fax,
            email=f"{last}@example.com".lower(), office_id=office.id, sample=True,
        )  # fmt: skip
    db.session.add_all(cast.sources.values())
    db.session.flush()
    for person in SOURCES:
        source = cast.sources[person.key]
        for role, name in person.contacts:
            db.session.add(Contact(practice_id=practice.id, source_id=source.id, role=role, name=name))
        if person.fact:
            text, found_at = person.fact
            read_on = clock.local_date(practice.created_at, practice.time_zone)
            db.session.add(
                BackgroundFact(
                    practice_id=practice.id, source_id=source.id, text=text, found_at=found_at, read_on=read_on
                )
            )
    sources.index_sources(list(cast.sources.values()))
    for someone in CLIENTS:
        private = {"name": someone.name, "diagnosis": someone.diagnosis, "icd10": someone.icd10}
        cast.clients[someone.key] = clients.add_client(
            practice,
            code="",
            source=cast.sources[someone.source],
            client_class=someone.client_class,
            private=private,
            sealer=sealer,
        )
    db.session.flush()
    return cast


def _add_releases(practice: Practice, cast: _Cast, now: datetime) -> None:
    """File a release for every client but one, whose report the desk then refuses to approve."""
    today = clock.local_date(now, practice.time_zone)
    for key, client in cast.clients.items():
        if key != WITHOUT_RELEASE and client.source_id is not None:
            db.session.add(
                Release(
                    practice_id=practice.id,
                    client_id=client.id,
                    source_id=client.source_id,
                    from_on=today - timedelta(days=90),
                    until_on=today + timedelta(days=275),
                )
            )
    db.session.flush()


def _add_draft(practice: Practice, source: Source, sealer: Sealer, now: datetime) -> None:
    """Begin the first letter that waits to be sent, with words in it that the scope check finds."""
    task = find_open_task_of_rule(practice.id, "C10", source_id=source.id)
    brief = Brief(kind_of("intro-physician"), source, task_key=task.key if task else "")
    documents.add_draft(practice, brief, DRAFT.strip(), sealer=sealer, now=now)


class _Teller:
    """Turns lines of the story into happenings; a finished task is looked up by asking the engine what is open."""

    def __init__(self, practice: Practice, cast: _Cast, sealer: Sealer, now: datetime) -> None:
        self.practice, self.cast, self.sealer, self.now = practice, cast, sealer, now
        self.zone = ZoneInfo(practice.time_zone)
        self.happenings: list[journal.Happening] = []
        self._day, self._minute = date.min, 0

    def add(self, line: Line) -> None:
        # A day's lines follow one another, or a task would be done before what it follows from.
        self._minute = 0 if line.on != self._day else self._minute + 5
        self._day = line.on
        hour, minute = divmod(self._minute, 60)
        at = min(datetime.combine(line.on, time(9 + hour, minute), self.zone).astimezone(UTC), self.now)
        act, _colon, rule = line.what.partition(":")
        source, client = self.cast.sources.get(line.who), self.cast.clients.get(line.who)
        if act in TASK_ACTS:
            task = self._open_task(rule, line, source, client)
            if task is not None:
                event = KINDS[TASK_ACTS[act]](key=task, **self._extra(line))  # type: ignore[call-arg]
                self.happenings.append(journal.Happening(event, at, None, *self._ids(source, client)))
            return
        self.happenings.append(journal.Happening(self._fact(line, source, client), at))

    @staticmethod
    def _extra(line: Line) -> dict[str, Any]:
        return {line.field: line.value} if line.field else {}

    @staticmethod
    def _ids(source: Source | None, client: Client | None) -> tuple[int | None, int | None]:
        if client is not None:
            return client.source_id, client.id
        return (source.id if source else None), None

    def _open_task(self, rule: str, line: Line, source: Source | None, client: Client | None) -> str | None:
        plan = outreach.plan_circle(self.practice, self.cast.circle, self._so_far(), today=line.on)
        wanted_source = f"s{(client.source_id if client else source.id if source else 0)}"
        for task in plan.tasks:
            is_waiting = task.rule == rule and task.status in {"open", "suppressed"}
            if is_waiting and task.source == wanted_source and (client is None or task.client == client.code):
                return task.key
        return None

    def _so_far(self) -> list[engine.Event]:
        return [
            engine.event_from(
                {"type": h.event.type, **h.event.payload(), "at": f"{h.at:%Y-%m-%dT%H:%M:%SZ}"}, self.practice.time_zone
            )
            for h in self.happenings
            if h.at is not None
        ]

    def _fact(self, line: Line, source: Source | None, client: Client | None) -> events.Event:
        kind = KINDS[line.what]
        if line.what == "ll_scheduled" and source is not None:
            return events.LunchScheduled(source=f"s{source.id}", id=f"l{source.id}", event_on=str(line.value))
        if client is None:
            assert source is not None  # noqa: S101 - a line of the story names somebody of its cast
            return kind(source=f"s{source.id}")  # type: ignore[call-arg]
        if line.what == "referral_received":
            referral = self._referral(line, client)
            return events.ReferralReceived(
                source=f"s{client.source_id}", id=f"r{referral.id}", client=client.code, complete=True
            )
        if line.what == "visit_scheduled":
            visit = Visit(
                practice_id=self.practice.id, client_id=client.id, source_id=client.source_id, visit_on=line.value
            )
            db.session.add(visit)
            db.session.flush()
            return events.VisitScheduled(
                client=client.code, id=f"v{visit.id}", visit_on=str(line.value), source=f"s{client.source_id}"
            )
        return kind(client=client.code)  # type: ignore[call-arg]

    def _referral(self, line: Line, client: Client) -> Referral:
        row = next(row for row in CLIENTS if row.key == line.who)
        referral = Referral(
            practice_id=self.practice.id, source_id=client.source_id, client_id=client.id, received_on=line.on,
            method=ReferralMethod.FAX, is_written=True, has_wording=True, has_diagnosis=True, has_transition=True,
            sealed=b"",
        )  # fmt: skip
        db.session.add(referral)
        db.session.flush()
        told = {"service": "Medical Exercise Training, 2 per week", "diagnosis": row.diagnosis, "icd10": row.icd10}
        referral.sealed = self.sealer.seal(told, table="referral", row=referral.uuid)
        return referral
