"""What the guards ask of the rows on file; the sample practice is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from crm.accounts.models import Practice
from crm.clients.models import Client, ClientStatus, Release
from crm.clients.record_models import ClientSheet, Part
from crm.db import db
from crm.documents.letters import KINDS
from crm.documents.models import Document, DocumentState, LetterWords
from crm.outreach.agenda import URGENT_RULES
from crm.outreach.models import Task, TaskStatus
from crm.readiness.guards import Row
from crm.sources.models import Credential, Lane, Source

DUE_REPORTS, LOGS = ("C24", "C34b", "C42", "C43", "C49"), ("C46",)
REPORTS = frozenset(kind.key for kind in KINDS.values() if kind.scope == "report" and kind.about == "client")
REPORT_DAYS = 30
MOST = 60  # letters read for one look at the page, the newest


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows by what they lack, and out of how many."""

    rows: Mapping[str, Sequence[Row]]
    totals: Mapping[str, int]


def listed(practice: Practice, *, today: date) -> Listed:
    """Return sources and clients that lack something, as of a local day."""
    worked = _worked(practice.id)
    anybody = (Client.practice_id == practice.id, Client.sample.is_(False))  # what is owed outlasts the last session
    active = (*anybody, Client.status == ClientStatus.ACTIVE)
    return Listed(
        {
            "loose": _sources(
                *worked, Source.next_due_on.is_(None), Source.do_not_contact.is_(False)
            ),
            "behind": _sources(*worked, Source.id.in_(_late(practice.id, Task.source_id, today))),
            "unknown": _sources(*worked, Source.credential == Credential.OTHER, Source.credentials_text == ""),
            "late": _clients(*anybody, Client.id.in_(_late(practice.id, Task.client_id, today, DUE_REPORTS))),
            "unlogged": _clients(*anybody, Client.id.in_(_late(practice.id, Task.client_id, today, LOGS))),
            "alarms": _clients(*anybody, Client.id.in_(_late(practice.id, Task.client_id, today, URGENT_RULES))),
            "no_health": _clients(*active, ~_sheet(Part.HEALTH)),
            "no_gate": _clients(*active, ~_sheet(Part.GATE)),
            "no_release": _clients(*active, ~covered(today)),
        },
        {"worked": _count(*worked), "clients": _count(*active)},
    )  # fmt: skip


def letters_of(practice: Practice, *, today: date) -> Sequence[Document]:
    """Return drafts and reports approved in 30 days, the newest first, with recipient and client."""
    since = datetime.combine(today - timedelta(days=REPORT_DAYS), time.min, UTC)
    query = (
        select(Document)
        .where(
            Document.practice_id == practice.id, Document.sample.is_(False),
            or_(
                Document.state == DocumentState.DRAFT,
                and_(
                    Document.state == DocumentState.APPROVED, Document.approved_at >= since, Document.key.in_(REPORTS)
                ),
            ),
        )
        .options(joinedload(Document.source).joinedload(Source.office), joinedload(Document.client))
        .order_by(Document.updated_at.desc(), Document.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return db.session.scalars(query).all()


def own_wordings(practice_id: int) -> Sequence[LetterWords]:
    """Return the practice's own wordings of letters."""
    query = select(LetterWords).where(LetterWords.practice_id == practice_id).order_by(LetterWords.key)
    return db.session.scalars(query).all()


def _worked(practice_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Source.practice_id == practice_id, Source.sample.is_(False), Source.added_on.is_not(None),
        Source.lane != Lane.PARKED,
    )  # fmt: skip


def _late(
    practice_id: int, column: object, today: date, rules: Iterable[str] | None = None
) -> Select[tuple[int | None]]:
    query = select(column).where(  # type: ignore[call-overload]
        Task.practice_id == practice_id, Task.status == TaskStatus.OPEN, Task.window_end < today,
        column.is_not(None),  # type: ignore[attr-defined]
    )  # fmt: skip
    found: Select[tuple[int | None]] = query if rules is None else query.where(Task.rule.in_(rules))
    return found


def _sheet(part: Part) -> ColumnElement[bool]:
    return exists().where(ClientSheet.client_id == Client.id, ClientSheet.part == part)


def covered(today: date) -> ColumnElement[bool]:
    """Return what holds of a client for whom a release is in force on a day, for whomever."""
    return exists().where(
        Release.client_id == Client.id, Release.from_on <= today, Release.until_on >= today,
        or_(Release.withdrawn_on.is_(None), Release.withdrawn_on > today),
    )  # fmt: skip


def _sources(*conditions: ColumnElement[bool]) -> list[Row]:
    query = select(Source).where(*conditions).order_by(Source.last_name, Source.first_name, Source.id)
    return [Row(source.display_name, f"/sources/{source.id}") for source in db.session.scalars(query)]


def _clients(*conditions: ColumnElement[bool]) -> list[Row]:
    query = select(Client.code).where(*conditions).order_by(Client.code)
    return [Row(code, f"/clients/{code}") for code in db.session.scalars(query)]


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0
