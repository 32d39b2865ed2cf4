"""Selects behind the brief for a provider call; the first argument is always the practice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from crm.clients.models import Client, ClientStatus, Referral, Release, Visit
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus

REPORTS = ("C24", "C34b", "C42", "C43", "C49")
SUMMARY = "C24"


@dataclass(frozen=True, slots=True)
class Sent:
    """The last report that went out: its rule, and when."""

    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file about the clients of a source, by client."""

    sessions: dict[int, int]
    sent: dict[int, Sent]
    visits: dict[int, date]
    referrals: dict[int, Referral]
    releases: dict[int, list[Release]]


def shared_clients(practice_id: int, source_id: int) -> Sequence[Client]:
    """Return the clients in common who are in the programme, newest code first."""
    query = select(Client).where(
        Client.practice_id == practice_id, Client.source_id == source_id, Client.status != ClientStatus.DISCHARGED
    )
    return db.session.scalars(query.order_by(Client.code.desc())).all()


def is_unlocked(practice_id: int, source_id: int) -> bool:
    """Say whether an assessment summary of a shared client went to this source (H7)."""
    query = select(Task.id).where(
        Task.practice_id == practice_id,
        Task.source_id == source_id,
        Task.client_id.is_not(None),
        Task.rule == SUMMARY,
        Task.status == TaskStatus.DONE,
    )
    return db.session.scalar(query.limit(1)) is not None


def on_file(practice_id: int, source_id: int, client_ids: Collection[int], today: date) -> OnFile:
    """Return what is known of some clients of a source, in one statement each."""
    return OnFile(
        _sessions(practice_id, client_ids),
        _sent(practice_id, source_id, client_ids),
        _visits(practice_id, client_ids, today),
        _referrals(practice_id, source_id, client_ids),
        _releases(practice_id, source_id, client_ids),
    )


def _sessions(practice_id: int, client_ids: Collection[int]) -> dict[int, int]:
    about = (JournalEntry.practice_id == practice_id, JournalEntry.client_id.in_(client_ids))
    undone = select(JournalEntry.undoes).where(*about, JournalEntry.undoes.is_not(None))
    query = (
        select(JournalEntry.client_id, func.count())
        .where(*about, JournalEntry.type == "session_held", JournalEntry.seq.not_in(undone))
        .group_by(JournalEntry.client_id)
    )
    return {client_id: count for client_id, count in db.session.execute(query) if client_id is not None}


def _sent(practice_id: int, source_id: int, client_ids: Collection[int]) -> dict[int, Sent]:
    query = select(Task.client_id, Task.rule, Task.done_at).where(
        Task.practice_id == practice_id,
        Task.source_id == source_id,
        Task.client_id.in_(client_ids),
        Task.rule.in_(REPORTS),
        Task.status == TaskStatus.DONE,
        Task.done_at.is_not(None),
    )
    rows = db.session.execute(query.order_by(Task.done_at, Task.id))
    return {client_id: Sent(rule, at) for client_id, rule, at in rows if client_id is not None and at is not None}


def _visits(practice_id: int, client_ids: Collection[int], today: date) -> dict[int, date]:
    query = (
        select(Visit.client_id, func.min(Visit.visit_on))
        .where(
            Visit.practice_id == practice_id,
            Visit.client_id.in_(client_ids),
            Visit.cancelled.is_(False),
            Visit.visit_on >= today,
        )
        .group_by(Visit.client_id)
    )
    return dict(db.session.execute(query).tuples().all())


def _referrals(practice_id: int, source_id: int, client_ids: Collection[int]) -> dict[int, Referral]:
    query = select(Referral).where(
        Referral.practice_id == practice_id, Referral.source_id == source_id, Referral.client_id.in_(client_ids)
    )
    return {referral.client_id: referral for referral in db.session.scalars(query.order_by(Referral.id))}


def _releases(practice_id: int, source_id: int, client_ids: Collection[int]) -> dict[int, list[Release]]:
    found: dict[int, list[Release]] = {}
    query = select(Release).where(
        Release.practice_id == practice_id, Release.source_id == source_id, Release.client_id.in_(client_ids)
    )
    for release in db.session.scalars(query.order_by(Release.id)):
        found.setdefault(release.client_id, []).append(release)
    return found
