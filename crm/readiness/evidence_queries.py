"""What is counted for the readiness check; the sample practice is left out."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from crm.accounts.models import Practice
from crm.clients.models import Client, ClientStatus, Referral
from crm.clients.record_models import ClientSheet, Measurement, Part
from crm.db import db
from crm.documents.models import Document, DocumentState
from crm.journal.models import JournalEntry
from crm.outreach.agenda import URGENT_RULES
from crm.outreach.models import Task, TaskStatus
from crm.readiness.evidence import Counts
from crm.readiness.models import Paper, PaperKind
from crm.sources.models import Grade, Lane, Source

REPORTS = ("C24", "C42", "C43", "C49")
LAST = 5


def counts(practice: Practice, *, today: date) -> Counts:
    """Count what the readiness check asks for, as of a local day."""
    approved, kept = _documents(practice.id, today)
    referrals, written, worded, diagnosed, transitioned = _referrals(practice.id)
    closed, on_time = _reports(practice, today)
    papers = set(
        db.session.scalars(select(Paper.kind).where(Paper.practice_id == practice.id, Paper.expires_on >= today))
    )
    clients = _active(practice.id)
    return Counts(
        approved_60=approved,
        kept_60=kept,
        referrals=referrals,
        written=written,
        worded=worded,
        diagnosed=diagnosed,
        transitioned=transitioned,
        clients=_count(Client.id.in_(clients)),
        with_baseline=_distinct(
            select(JournalEntry.client_id).where(
                JournalEntry.practice_id == practice.id, JournalEntry.type == "baseline_done",
                JournalEntry.client_id.in_(clients),
            )
        ),
        measured_35=_distinct(
            select(Measurement.client_id).where(
                Measurement.client_id.in_(clients), Measurement.taken_on > today - timedelta(days=35)
            )
        ),
        with_health=_with_sheet(clients, Part.HEALTH),
        with_gate=_with_sheet(clients, Part.GATE),
        alarms_late=_count(
            Task.practice_id == practice.id, Task.status == TaskStatus.OPEN, Task.rule.in_(URGENT_RULES),
            Task.window_end < today, Task.client_id.in_(clients),
        ),
        reports_closed=closed,
        reports_on_time=on_time,
        planned=_count(
            Source.practice_id == practice.id, Source.sample.is_(False), Source.grade.in_([Grade.A, Grade.B]),
            Source.lane != Lane.PARKED, Source.next_due_on.is_not(None),
        ),
        liability_current=PaperKind.LIABILITY in papers,
        certification_current=PaperKind.CERTIFICATION in papers,
    )  # fmt: skip


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


def _distinct(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.distinct().subquery())) or 0


def _active(practice_id: int) -> Select[Any]:
    return select(Client.id).where(
        Client.practice_id == practice_id, Client.sample.is_(False), Client.status == ClientStatus.ACTIVE
    )


def _with_sheet(clients: Select[Any], part: Part) -> int:
    return _distinct(select(ClientSheet.client_id).where(ClientSheet.client_id.in_(clients), ClientSheet.part == part))


def _documents(practice_id: int, today: date) -> tuple[int, int]:
    since = datetime.combine(today - timedelta(days=60), time.min, UTC)
    approved = _count(
        Document.practice_id == practice_id, Document.state == DocumentState.APPROVED, Document.sample.is_(False),
        Document.approved_at >= since,
    )  # fmt: skip
    kept = _count(
        JournalEntry.practice_id == practice_id, JournalEntry.type == "finding_kept", JournalEntry.at >= since,
        JournalEntry.sample.is_(False),
    )  # fmt: skip
    return approved, kept


def _referrals(practice_id: int) -> tuple[int, int, int, int, int]:
    """Return how many of the last five referrals there are, and how many have each of the four elements."""
    query = (
        select(Referral.is_written, Referral.has_wording, Referral.has_diagnosis, Referral.has_transition)
        .join(Client, Referral.client_id == Client.id)
        .where(Referral.practice_id == practice_id, Client.sample.is_(False))
        .order_by(Referral.received_on.desc(), Referral.id.desc())
        .limit(LAST)
    )
    rows = db.session.execute(query).all()
    return len(rows), *(sum(row[n] for row in rows) for n in range(4))  # type: ignore[return-value]


def _reports(practice: Practice, today: date) -> tuple[int, int]:
    """Return how many reports were done in a year, and how many of these by the last day of their window."""
    since = datetime.combine(today - timedelta(days=365), time.min, UTC)
    query = (
        select(Task.window_end, Task.done_at)
        .join(Client, Task.client_id == Client.id)
        .where(
            Task.practice_id == practice.id, Task.rule.in_(REPORTS), Task.status == TaskStatus.DONE,
            Task.done_at >= since, Client.sample.is_(False),
        )
    )  # fmt: skip
    rows = db.session.execute(query).all()
    return len(rows), sum(practice.local(row.done_at) <= row.window_end for row in rows)
