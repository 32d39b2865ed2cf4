"""Gathers what is known for a letter: writer, recipient, client, referral."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from crm.accounts.models import Practice, User
from crm.analytics import outcome_queries, outcomes
from crm.clients import opened_queries, record_queries
from crm.clients.models import Client, Referral, Visit
from crm.clients.record import Diagnosis, Health
from crm.clients.record_models import Part
from crm.clients.referral_check import Elements
from crm.crypto import Sealer, Unreadable
from crm.db import NotFound, db
from crm.documents import packet_queries
from crm.documents.facts import About, Facts, Recipient, Referred, Reported, Writer
from crm.documents.letters import Kind
from crm.documents.report_queries import attendance, reported
from crm.journal import queries as journal_queries
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.readiness import queries as readiness_queries
from crm.readiness.models import LunchPlan
from crm.sources.lunch_plans import clock_words
from crm.sources.models import Contact, ContactRole, Credential, Source

DOCTORS = {Credential.MD, Credential.DO, Credential.DPM, Credential.DC}
REPORT_RULES = ("C42", "C43")


@dataclass(frozen=True, slots=True)
class Brief:
    """What a letter is to be: its kind, for whom, about whom, for which task."""

    kind: Kind
    source: Source | None = None
    client: Client | None = None
    task_key: str = ""

    @property
    def needs_release(self) -> bool:
        """Say whether it may leave with a release only (H3)."""
        return self.kind.about == "client"


def writer_of(practice: Practice, user: User) -> Writer:
    """Return the practice and the person who signs."""
    return Writer(
        name=user.name, credential=user.credential, role=practice.role_title, serves=practice.serves,
        practice=practice.name, street=practice.street, city=practice.city, state=practice.state, zip=practice.zip,
        phone=practice.phone, fax=practice.fax, email=practice.email, texts=readiness_queries.written(practice.id),
    )  # fmt: skip


def gather(practice: Practice, user: User, brief: Brief, *, sealer: Sealer, today: date) -> Facts:
    """Return all that is known. The client's name and diagnosis come out only for letters that may say them."""
    event_on, event_at = _lunch(practice.id, brief)
    return Facts(
        today=today,
        writer=writer_of(practice, user),
        recipient=_recipient(practice, brief, sealer),
        about=_about(practice, brief, sealer, today) if brief.client and brief.kind.about != "nobody" else None,
        referred=_referred(practice, brief, sealer) if brief.client else None,
        event_on=event_on,
        event_at=event_at,
        reported=_reported(practice, brief, sealer),
        outcomes=_outcomes(practice, brief, sealer),
    )


def _outcomes(practice: Practice, brief: Brief, sealer: Sealer) -> str:
    """Return the sums of outcomes for the one paper that tells them."""
    if brief.kind.key != "outcome-story":
        return ""
    return outcomes.summary(one.series for one in outcome_queries.finished(practice, sealer)).lines


def _recipient(practice: Practice, brief: Brief, sealer: Sealer) -> Recipient | None:
    if brief.client is not None and brief.kind.for_client:
        return packet_queries.addressed(practice, brief.client, sealer)
    return recipient_of(brief.source) if brief.source else None


def _reported(practice: Practice, brief: Brief, sealer: Sealer) -> Reported | None:
    """Return what a report or packet says by itself; other letters hold no measures."""
    if brief.client is not None and brief.kind.for_client:
        return packet_queries.packet(practice, brief.client, sealer)
    if brief.client is None or brief.kind.frame != "report" or brief.kind.about != "client":
        return None
    return reported(practice, brief.client, sealer, closing=brief.kind.key == "discharge-summary")


def names_of(rows: list[tuple[str, bytes]], sealer: Sealer) -> list[str]:
    """Return the full names of clients, as far as they can be read."""
    found = []
    for uuid, sealed in rows:
        try:
            name = str(sealer.open(sealed, table="client", row=uuid).get("name") or "").strip()
        except Unreadable:
            continue
        if name:
            found.append(name)
    return found


def name_of(client: Client, sealer: Sealer) -> str:
    """Return the full name of one client, empty where there is none on file or it cannot be read."""
    return next(iter(names_of([(client.uuid, client.sealed)], sealer)), "") if client.sealed else ""


def recipient_of(source: Source) -> Recipient:
    """Return how a source is addressed at their office."""
    office = source.office
    behind = source.credentials_text or ("" if source.credential == Credential.OTHER else source.credential.value)
    return Recipient(
        first_name=source.first_name,
        last_name=" ".join(part for part in (source.last_name, source.suffix) if part),
        behind=behind,
        is_doctor=source.credential in DOCTORS,
        office=office.name if office else "",
        street=office.street if office else "",
        city=office.city if office else "",
        state=office.state if office else "",
        zip=office.zip if office else "",
        contact=_contact(source.id),
    )


def _contact(source_id: int) -> str:
    """Return the person to speak to: the office manager before everybody else."""
    people = db.session.execute(select(Contact.role, Contact.name).where(Contact.source_id == source_id)).all()
    wanted = [ContactRole.OFFICE_MANAGER, ContactRole.REFERRAL_COORDINATOR, ContactRole.FRONT_DESK]
    return next((p.name for role in wanted for p in people if p.role == role), "")


def _about(practice: Practice, brief: Brief, sealer: Sealer, today: date) -> About:
    client = brief.client
    assert client is not None  # noqa: S101 - the caller looked
    private = _private(client, sealer)
    if brief.kind.about == "referral":  # initials and the referral's date are all it may hold
        return About(code="", name=private.get("name", ""))
    came = attendance(practice, client)
    held = [on for on, what in came.sessions if what == "attended"]
    seen = sorted(held + [_day(practice, entry) for entry in _entries(practice.id, client.id, "assessment_done")])
    planned = _entries(practice.id, client.id, "discharge_planned")
    stated = _diagnosis(practice.id, client, private, sealer)
    return About(
        code=client.code,
        name=private.get("name", ""),
        diagnosis=stated.text,
        icd10=stated.icd10,
        stated_by=stated.stated_by,
        attended=came.words.partition(" session")[0] if held else "",
        first_visit_on=seen[0] if seen else None,
        last_seen_on=seen[-1] if seen else None,
        last_session_on=date.fromisoformat(planned[-1].payload["last_on"]) if planned else None,
        next_visit_on=_next_visit(practice.id, client.id, brief, today),
        next_report_on=_next_report(practice.id, client.id, brief, today),
    )


def _diagnosis(practice_id: int, client: Client, private: dict[str, str], sealer: Sealer) -> Diagnosis:
    """Return the diagnosis as it was stated last: the record's first one, else the referral's (H22)."""
    row = record_queries.sheet(practice_id, client.id, Part.HEALTH)
    try:
        health = opened_queries.read_part(row, Part.HEALTH, sealer)
    except Unreadable:
        health = Health()
    if health.diagnoses:
        first: Diagnosis = health.diagnoses[0]
        return first
    return Diagnosis(private.get("diagnosis", ""), private.get("icd10", ""), _stated_by(practice_id, client.id))


def _private(client: Client, sealer: Sealer) -> dict[str, str]:
    if client.sealed is None:
        return {}
    try:
        return sealer.open(client.sealed, table="client", row=client.uuid)
    except Unreadable:
        return {}


def _entries(practice_id: int, client_id: int, kind: str) -> list[JournalEntry]:
    return list(journal_queries.entries_of_types(practice_id, client_id, {kind}))


def _day(practice: Practice, entry: JournalEntry) -> date:
    return entry.happened_on or practice.local(entry.happened_at or entry.at)


def _stated_by(practice_id: int, client_id: int) -> str:
    query = (
        select(Source)
        .join(Referral, Referral.source_id == Source.id)
        .where(Referral.practice_id == practice_id, Referral.client_id == client_id)
        .order_by(Referral.id.desc())
        .limit(1)
    )
    source = db.session.scalar(query)
    return source.display_name.partition(",")[0] if source else ""


def _next_visit(practice_id: int, client_id: int, brief: Brief, today: date) -> date | None:
    query = select(func.min(Visit.visit_on)).where(
        Visit.practice_id == practice_id, Visit.client_id == client_id, Visit.cancelled.is_(False),
        Visit.visit_on >= today,
    )  # fmt: skip
    if brief.task_key.startswith("C43:") and (visit_id := _number(brief.task_key)):
        query = query.where(Visit.id == visit_id)
    return db.session.scalar(query)


def _next_report(practice_id: int, client_id: int, brief: Brief, today: date) -> date | None:
    """Return when the next report after this one is due; where none is planned yet, a report's days from now."""
    query = select(func.min(Task.due)).where(
        Task.practice_id == practice_id, Task.client_id == client_id, Task.rule.in_(REPORT_RULES),
        Task.status == TaskStatus.OPEN, Task.due > today, Task.key != brief.task_key,
    )  # fmt: skip
    if planned := db.session.scalar(query):
        return planned
    return today + timedelta(days=brief.source.report_days) if brief.source else None


def _referred(practice: Practice, brief: Brief, sealer: Sealer) -> Referred | None:
    """Return the referral a task names, else the client's newest."""
    assert brief.client is not None  # noqa: S101 - the caller looked
    query = select(Referral).where(Referral.practice_id == practice.id, Referral.client_id == brief.client.id)
    if brief.task_key.startswith(("C20:", "C21:", "C22:", "C23:")) and (referral_id := _number(brief.task_key)):
        query = query.where(Referral.id == referral_id)
    referral = db.session.scalar(query.order_by(Referral.id.desc()).limit(1))
    if referral is None:
        return None
    try:
        told = sealer.open(referral.sealed, table="referral", row=referral.uuid)
    except Unreadable:
        told = {}
    elements = Elements(referral.is_written, referral.has_wording, referral.has_diagnosis, referral.has_transition)
    return Referred(referral.received_on, str(told.get("service", "")), elements)


def _lunch(practice_id: int, brief: Brief) -> tuple[date | None, str]:
    """Return the day of the lunch-and-learn a source agreed to last, and its time as far as it is planned."""
    if not brief.kind.key.startswith("ll-") or brief.source is None:
        return None, ""
    query = select(JournalEntry).where(
        JournalEntry.practice_id == practice_id,
        JournalEntry.source_id == brief.source.id,
        JournalEntry.type == "ll_scheduled",
    )
    entry = db.session.scalar(query.order_by(JournalEntry.seq.desc()).limit(1))
    if entry is None:
        return None, ""
    starts_at = db.session.scalar(
        select(LunchPlan.starts_at).where(
            LunchPlan.practice_id == practice_id,
            LunchPlan.source_id == brief.source.id,
            LunchPlan.lunch == str(entry.payload["id"]),
        )
    )
    return date.fromisoformat(entry.payload["event_on"]), clock_words(starts_at) if starts_at else ""


def _number(task_key: str) -> int:
    """Return the id at the end of a task's key: 5 of C20:s12:r5; none is 0."""
    last = task_key.rpartition(":")[2][1:]
    return int(last) if last.isdigit() else 0


def get_task(practice_id: int, key: str) -> Task:
    """Return a task by its key; raises NotFound."""
    task: Task | None = db.session.scalar(select(Task).where(Task.practice_id == practice_id, Task.key == key))
    if task is None:
        raise NotFound
    return task


def code_of(practice_id: int, client_id: int) -> str:
    """Return the code of a client; raises NotFound."""
    code = db.session.scalar(select(Client.code).where(Client.practice_id == practice_id, Client.id == client_id))
    if code is None:
        raise NotFound
    return code
