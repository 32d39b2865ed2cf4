"""What is on file for a practice, gathered for the plan; the sample practice is left out."""

from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.accounts.models import Practice
from crm.clients.models import Client, ClientStatus, Release
from crm.clients.record_models import ClientSheet, Part, SessionLog
from crm.db import db
from crm.documents.models import Delivery, DeliveryState, Document, DocumentState, LetterWords
from crm.journal.models import JournalEntry
from crm.outreach import kinds
from crm.outreach.models import Task, TaskStatus
from crm.pipeline.signs import INTERNAL
from crm.readiness import queries
from crm.readiness.models import ReadinessCheck
from crm.readiness.outputs import INTRODUCTIONS, OnFile, Written
from crm.sources.models import Contact, ContactRole, Grade, Lane, Source

DESK = (ContactRole.OFFICE_MANAGER, ContactRole.FRONT_DESK, ContactRole.REFERRAL_COORDINATOR)
TOUCHES = ("touch_logged", "task_done", "call_missed")
FIRST_LETTERS = INTRODUCTIONS | {"client-intro"}


def on_file(practice: Practice, *, today: date) -> OnFile:
    """Return what is on file for a practice on a local day."""
    active, without = _releases(practice.id, today)
    worked, ungraded, graded, top, planned = _sources(practice.id)
    return OnFile(
        role=practice.role_title,
        texts={
            kind: Written(row.text, row.slots, row.blocked)
            for kind, row in queries.texts_of(practice.id).items()
        },
        written=_letters(practice.id, DocumentState.DRAFT, DocumentState.APPROVED) | _own_wordings(practice.id),
        approved=_letters(practice.id, DocumentState.APPROVED),
        checks=tuple(db.session.scalars(select(ReadinessCheck.on).where(ReadinessCheck.practice_id == practice.id))),
        graded=graded,
        sessions=_count(SessionLog.practice_id == practice.id, _of_a_real_client(SessionLog.client_id)),
        introduced=_introduced(practice.id),
        followed=_followed(practice),
        desk_names=_desk_names(practice.id),
        overdue=_count(
            Task.practice_id == practice.id, Task.status == TaskStatus.OPEN, Task.window_end < today,
            Task.source_id.in_(_real_sources(practice.id)),
        ),
        worked=worked,
        ungraded=ungraded,
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
    query = select(Document.key).where(
        Document.practice_id == practice_id, Document.state.in_(states), Document.sample.is_(False)
    )
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


def _followed(practice: Practice) -> int:
    """Count sources that were written to, called or seen again on a day after their first letter left."""
    letters = (
        select(Delivery.source_id, Delivery.sent_at)
        .join(Document, Delivery.document_id == Document.id)
        .where(
            Delivery.practice_id == practice.id, Delivery.state == DeliveryState.SENT,
            Delivery.source_id.is_not(None), Document.key.in_(FIRST_LETTERS), Document.sample.is_(False),
        )
        .order_by(Delivery.sent_at.desc())
    )  # fmt: skip
    first = {source_id: practice.local(sent_at) for source_id, sent_at in db.session.execute(letters) if sent_at}
    undone = select(JournalEntry.undoes).where(
        JournalEntry.practice_id == practice.id, JournalEntry.undoes.is_not(None)
    )
    again = select(JournalEntry).where(
        JournalEntry.practice_id == practice.id, JournalEntry.source_id.in_(first),
        JournalEntry.type.in_(TOUCHES), JournalEntry.undoes.is_(None), JournalEntry.seq.not_in(undone),
    )  # fmt: skip
    return len(
        {
            entry.source_id
            for entry in db.session.scalars(again)
            if (entry.happened_on or practice.local(entry.happened_at or entry.at)) > first[entry.source_id]
            and str(entry.payload.get("key", "")).partition(":")[0] not in INTERNAL
        }
    )


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
    return _count(
        JournalEntry.practice_id == practice_id, JournalEntry.sample.is_(False), or_(by_task, by_hand),
        JournalEntry.source_id.is_not(None),
    )  # fmt: skip


def _releases(practice_id: int, today: date) -> tuple[int, int]:
    """Return how many clients are active, and how many of them no release is in force for."""
    active = (
        Client.practice_id == practice_id, Client.sample.is_(False),
        Client.status.in_([ClientStatus.ACTIVE, ClientStatus.PAUSED]),
    )  # fmt: skip
    covered = exists().where(
        Release.client_id == Client.id, Release.from_on <= today, Release.until_on >= today,
        or_(Release.withdrawn_on.is_(None), Release.withdrawn_on > today),
    )  # fmt: skip
    return _count(*active), _count(*active, ~covered)
