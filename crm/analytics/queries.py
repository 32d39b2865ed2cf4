"""Selects behind Insights: what was owed and done, visits, referrals, touches, steps. Reading only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from crm.accounts.models import Practice
from crm.analytics.metrics import Case, Visit
from crm.clients.models import Client, Referral
from crm.clients.models import Visit as MedicalVisit
from crm.db import db
from crm.journal.models import JournalEntry
from crm.outreach.models import Task, TaskStatus
from crm.pipeline.models import StepChange
from crm.pipeline.signs import INTERNAL
from crm.sources.models import Lane, Office, Source

LOOPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "thanked": ("Thanked", ("C22",)),
    "summarised": ("Assessment summary", ("C24",)),
    "reported": ("Progress reports", ("C42", "C43")),
    "discharged": ("Discharge summary", ("C49",)),
}
REPORTS = ("C42", "C43")
REPORT_GOOD_FOR = timedelta(days=30)  # a report this old at a visit is the report before that visit
TOUCHES = ("task_done", "touch_logged", "call_missed")


@dataclass(frozen=True, slots=True)
class Owed:
    """A case with what one needs to show it: its loop, the source, the client's code and when it was due."""

    loop: str
    source_id: int
    client_code: str | None
    due: date
    case: Case


def owed(practice: Practice, *, since: date) -> list[Owed]:
    """Return what was owed to sources since a day, by its due date; what was dropped with a reason is left out."""
    loop_of = {rule: loop for loop, (_title, rules) in LOOPS.items() for rule in rules}
    query = (
        select(Task.key, Task.rule, Task.due, Task.window_end, Task.status, Task.done_at, Task.source_id, Client.code)
        .outerjoin(Client, Task.client_id == Client.id)
        .where(
            Task.practice_id == practice.id, Task.rule.in_(loop_of), Task.due >= since, Task.source_id.is_not(None),
            Task.status.in_([TaskStatus.OPEN, TaskStatus.DONE]),
        )
        .order_by(Task.due, Task.key)
    )  # fmt: skip
    return [
        Owed(
            loop_of[row.rule], row.source_id, row.code, row.due,
            Case(row.key, row.window_end, practice.local(row.done_at) if row.done_at else None),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def visits(practice: Practice, *, since: date) -> list[Visit]:
    """Return the medical visits to sources since a day, each with the day of the report that lay before it.

    That is the newest report done in the thirty days up to the visit; where there is none, the first one after it.
    """
    found = db.session.execute(
        select(MedicalVisit.id, MedicalVisit.visit_on, MedicalVisit.client_id, MedicalVisit.source_id, Client.code)
        .join(Client, MedicalVisit.client_id == Client.id)
        .where(
            MedicalVisit.practice_id == practice.id, MedicalVisit.cancelled.is_(False),
            MedicalVisit.source_id.is_not(None), MedicalVisit.visit_on >= since,
        )
        .order_by(MedicalVisit.visit_on, MedicalVisit.id)
    ).all()  # fmt: skip
    done: dict[tuple[int | None, int | None], list[date]] = defaultdict(list)
    query = select(Task.client_id, Task.source_id, Task.done_at).where(
        Task.practice_id == practice.id, Task.rule.in_(REPORTS), Task.status == TaskStatus.DONE,
    )  # fmt: skip
    for client_id, source_id, done_at in db.session.execute(query):
        if done_at is not None:
            done[client_id, source_id].append(practice.local(done_at))
    return [
        Visit(
            f"visit:{row.id}", row.visit_on, _report_for(row.visit_on, done[row.client_id, row.source_id]),
            row.source_id, row.code,
        )
        for row in found
    ]  # fmt: skip


def _report_for(visit_on: date, done: Iterable[date]) -> date | None:
    days = sorted(done)
    before = [day for day in days if visit_on - REPORT_GOOD_FOR <= day < visit_on]
    after = [day for day in days if visit_on <= day <= visit_on + REPORT_GOOD_FOR]
    return before[-1] if before else after[0] if after else None


def referral_days(practice_id: int) -> dict[int, list[date]]:
    """Return the days of each source's referrals, in order."""
    query = select(Referral.source_id, Referral.received_on).where(Referral.practice_id == practice_id)
    found: dict[int, list[date]] = defaultdict(list)
    for source_id, on in db.session.execute(query.order_by(Referral.received_on, Referral.id)):
        found[source_id].append(on)
    return dict(found)


def referrals_since(practice_id: int, since: date) -> list[tuple[int, date, str]]:
    """Return each referral since a day, newest first: its source, its day and the client's code."""
    query = (
        select(Referral.source_id, Referral.received_on, Client.code)
        .join(Client, Referral.client_id == Client.id)
        .where(Referral.practice_id == practice_id, Referral.received_on >= since)
        .order_by(Referral.received_on.desc(), Referral.id.desc())
    )
    return list(db.session.execute(query).tuples())


def touch_days(practice: Practice, *, since: date) -> dict[int, list[date]]:
    """Return the days on which each source was written to, called or seen since a day; what was undone is left out."""
    query = select(
        JournalEntry.seq, JournalEntry.undoes, JournalEntry.source_id, JournalEntry.type, JournalEntry.payload,
        JournalEntry.happened_on, JournalEntry.happened_at, JournalEntry.at,
    ).where(
        JournalEntry.practice_id == practice.id,
        JournalEntry.at >= datetime.combine(since, time.min, UTC) - timedelta(days=1),
        JournalEntry.source_id.is_not(None),
        or_(JournalEntry.type.in_(TOUCHES), JournalEntry.undoes.is_not(None)),
    )  # fmt: skip
    entries = db.session.execute(query.order_by(JournalEntry.seq)).all()
    undone = {entry.undoes for entry in entries}
    found: dict[int, list[date]] = defaultdict(list)
    for entry in entries:
        rule = str(entry.payload.get("key", "")).partition(":")[0]
        if entry.undoes is None and entry.seq not in undone and rule not in INTERNAL:
            on = entry.happened_on or practice.local(entry.happened_at or entry.at)
            if on >= since:
                found[entry.source_id].append(on)
    return dict(found)


def steps_reached(practice_id: int) -> dict[int, dict[int, date]]:
    """Return for each source worked with the first day it stood at each step."""
    found: dict[int, dict[int, date]] = {}
    began = select(Source.id, Source.added_on).where(Source.practice_id == practice_id, Source.added_on.is_not(None))
    for source_id, added_on in db.session.execute(began):
        found[source_id] = {0: added_on} if added_on else {}
    query = select(StepChange.source_id, StepChange.to_lane, func.min(StepChange.on)).where(
        StepChange.practice_id == practice_id,
        StepChange.to_lane.in_([lane.value for lane in Lane if lane != Lane.PARKED]),
    )
    for source_id, lane, on in db.session.execute(query.group_by(StepChange.source_id, StepChange.to_lane)).tuples():
        reached = found.setdefault(source_id, {})
        reached[int(lane)] = min(on, reached.get(int(lane), on))
    return found


def names(practice_id: int, source_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return name and office of some sources."""
    about: ColumnElement[bool] = Source.id.in_(set(source_ids))
    query = (
        select(Source, Office.name)
        .outerjoin(Office, Source.office_id == Office.id)
        .where(Source.practice_id == practice_id, about)
    )
    return {source.id: (source.display_name, office or "") for source, office in db.session.execute(query)}
