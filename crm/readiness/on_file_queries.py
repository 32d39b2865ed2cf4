"""What is on file for a practice, gathered for the plan; the sample practice is left out."""

from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.accounts.models import Practice
from crm.clients.models import Client, ClientStatus
from crm.clients.record_models import ClientSheet, Part, SessionLog
from crm.db import db
from crm.documents.models import Delivery, DeliveryState, Document, DocumentState, LetterWords
from crm.journal.models import JournalEntry
from crm.journal.queries import undone
from crm.outreach import kinds
from crm.outreach.cadence import RULES
from crm.outreach.models import Task, TaskStatus
from crm.pipeline.signs import INTERNAL
from crm.readiness import queries
from crm.readiness.guard_queries import covered
from crm.readiness.models import ReadinessCheck
from crm.readiness.outputs import INTRODUCTIONS, OnFile
from crm.readiness.texts import PAGES
from crm.sources.models import Contact, ContactRole, Grade, Lane, Source

FIRST_LETTERS = INTRODUCTIONS | {"client-intro"}
DESK = (ContactRole.OFFICE_MANAGER, ContactRole.FRONT_DESK, ContactRole.REFERRAL_COORDINATOR)


def on_file(practice: Practice, *, today: date) -> OnFile:
    """Return what is on file for a practice on a local day."""
    active, without = _releases(practice.id, today)
    worked, ungraded, graded, top, planned = _sources(practice.id)
    return OnFile(
        role=practice.role_title,
        texts={kind: text for kind, text in queries.written(practice.id).items() if kind in PAGES},
        written=_letters(practice.id, DocumentState.DRAFT, DocumentState.APPROVED) | _own_wordings(practice.id),
        approved=_letters(practice.id, DocumentState.APPROVED),
        checks=tuple(db.session.scalars(select(ReadinessCheck.on).where(ReadinessCheck.practice_id == practice.id))),
        graded=graded,
        sessions=_count(SessionLog.practice_id == practice.id, _of_a_real_client(SessionLog.client_id)),
        introduced=_introduced(practice.id),
        desk_names=_desk_names(practice.id),
        overdue=_count(
            Task.practice_id == practice.id, Task.status == TaskStatus.OPEN, Task.window_end < today,
            Task.source_id.in_(_real_sources(practice.id)),
        ),
        worked=worked,
        ungraded=ungraded,
        followed=_followed(practice.id),
        calls=_calls(practice.id),
        active_clients=active,
        without_release=without,
        criteria=_count(
            ClientSheet.practice_id == practice.id, ClientSheet.part == Part.CRITERIA,
            _of_a_real_client(ClientSheet.client_id),
        ),
        top=top,
        top_planned=planned,
    )  # fmt: skip


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def _real_sources(practice_id: int) -> Select[int]:
    return select(Source.id).where(Source.practice_id == practice_id, Source.sample.is_(False))


def _of_a_real_client(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return column.in_(select(Client.id).where(Client.sample.is_(False)))


def _letters(practice_id: int, *states: DocumentState) -> frozenset[str]:
    somebodys = Document.sample.is_(False) | Document.created_by.is_not(
        None
    )  # a letter to a source of the sample is made
    query = select(Document.key).where(Document.practice_id == practice_id, Document.state.in_(states), somebodys)
    return frozenset(db.session.scalars(query.distinct()))


def _own_wordings(practice_id: int) -> frozenset[str]:
    return frozenset(db.session.scalars(select(LetterWords.key).where(LetterWords.practice_id == practice_id)))


def _introduced(practice_id: int) -> int:
    query = (
        select(func.count(Delivery.source_id.distinct()))
        .join(Document, Delivery.document_id == Document.id)
        .where(
            Delivery.practice_id == practice_id,
            Delivery.state == DeliveryState.SENT,
            Document.key.in_(FIRST_LETTERS),
            Document.sample.is_(False),
        )
    )
    return db.session.scalar(query) or 0


def _desk_names(practice_id: int) -> int:
    """Count offices with a name at the desk; a source without an office is one of its own."""
    place = func.coalesce(Source.office_id, -Source.id)
    query = (
        select(func.count(place.distinct()))
        .join(Contact, Contact.source_id == Source.id)
        .where(Source.practice_id == practice_id, Source.sample.is_(False), Contact.role.in_(DESK))
    )
    return db.session.scalar(query) or 0


def _sources(practice_id: int) -> tuple[int, int, int, int, int]:
    """Count who is worked with, ungraded of these, graded A or B, of the top three, of these with a next step."""
    worked = Source.added_on.is_not(None) & (Source.lane != Lane.PARKED)
    row = db.session.execute(
        select(
            func.count().filter(worked),
            func.count().filter(worked & Source.grade.is_(None)),
            func.count().filter(Source.grade.in_([Grade.A, Grade.B])),
            func.count().filter(Source.top_rank.is_not(None)),
            func.count().filter(Source.top_rank.is_not(None) & Source.next_due_on.is_not(None)),
        ).where(Source.practice_id == practice_id, Source.sample.is_(False))
    ).one()
    return row[0], row[1], row[2], row[3], row[4]


def _calls(practice_id: int) -> int:
    """Count provider calls that reached somebody, by task or by hand."""
    done = [JournalEntry.payload["key"].as_string().startswith(f"{rule}:") for rule in sorted(kinds.PROVIDER_CALLS)]
    by_task = (JournalEntry.type == "task_done") & or_(*done)
    reached = JournalEntry.payload["outcome"].as_string() == "reached"
    by_hand = (JournalEntry.type == "touch_logged") & reached
    return _count(*_told_of_sources(practice_id), or_(by_task, by_hand))


def _followed(practice_id: int) -> int:
    """Count touches of sources that somebody ticked off or logged; a first letter is none, it is what they follow."""
    firsts = {rule for rule in RULES if RULES[rule].template in {"intro", "client-intro"}}
    others = [JournalEntry.payload["key"].as_string().startswith(f"{rule}:") for rule in sorted(INTERNAL | firsts)]
    by_task = (JournalEntry.type == "task_done") & ~or_(*others)
    return _count(*_told_of_sources(practice_id), or_(by_task, JournalEntry.type == "touch_logged"))


def _told_of_sources(practice_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of an entry about a real source that nobody took back."""
    return (
        JournalEntry.practice_id == practice_id, JournalEntry.sample.is_(False), JournalEntry.source_id.is_not(None),
        JournalEntry.seq.not_in(undone(practice_id)),
    )  # fmt: skip


def _releases(practice_id: int, today: date) -> tuple[int, int]:
    """Return how many clients are active, and how many of them no release is in force for."""
    active = (
        Client.practice_id == practice_id, Client.sample.is_(False),
        Client.status.in_([ClientStatus.ACTIVE, ClientStatus.PAUSED]),
    )  # fmt: skip
    return _count(*active), _count(*active, ~covered(today))
