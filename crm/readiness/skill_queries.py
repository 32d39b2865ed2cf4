"""The rows behind each figure of the skills; a figure is how many rows it has. The sample practice is left out.

Rows whose journal entry was taken back count for nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, func, or_, select

from crm.accounts.models import Practice
from crm.clients.models import Client, Referral
from crm.clients.record_models import Attendance, ClientSheet, Goal, GoalStatus, Measurement, Part, SessionLog
from crm.db import db
from crm.documents.models import Document, DocumentState
from crm.journal.models import JournalEntry
from crm.journal.queries import undone
from crm.outreach import kinds
from crm.outreach.models import Task, TaskStatus
from crm.readiness.models import SkillMark
from crm.sources.models import Source


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was counted: its day, and whom it was about or where it lies."""

    on: date
    client: str | None = None
    source_id: int | None = None
    document: int | None = None


def marks_of(practice_id: int, user_id: int) -> dict[str, SkillMark]:
    """Return what somebody ticked of themself, by skill."""
    query = select(SkillMark).where(SkillMark.practice_id == practice_id, SkillMark.user_id == user_id)
    return {mark.skill: mark for mark in db.session.scalars(query)}


def rows(practice: Practice, figure: str) -> list[Row]:
    """Return what was counted for a figure, newest first."""
    return sorted(_FIGURES[figure](practice), key=lambda row: row.on, reverse=True)


def counts(practice: Practice) -> dict[str, int]:
    """Return every figure."""
    return {figure: len(told(practice)) for figure, told in _FIGURES.items()}


def _entries(practice: Practice, *conditions: ColumnElement[bool]) -> list[Row]:
    query = (
        select(
            JournalEntry.happened_on, JournalEntry.happened_at, JournalEntry.at, JournalEntry.source_id, Client.code
        )
        .outerjoin(Client, JournalEntry.client_id == Client.id)
        .where(
            JournalEntry.practice_id == practice.id, JournalEntry.sample.is_(False), JournalEntry.undoes.is_(None),
            JournalEntry.seq.not_in(undone(practice.id)), *conditions,
        )
    )  # fmt: skip
    return [
        Row(row.happened_on or practice.local(row.happened_at or row.at), row.code, row.source_id)
        for row in db.session.execute(query)
    ]


def _of_types(types: Collection[str], practice: Practice) -> list[Row]:
    return [Row(row.on, row.client) for row in _entries(practice, JournalEntry.type.in_(types))]


def _lunches(practice: Practice) -> list[Row]:
    return _entries(practice, JournalEntry.type == "ll_held")


def _calls(practice: Practice) -> list[Row]:
    """Return calls that reached a provider: the task of a call that was done, or one logged by hand as reached."""
    by_task = [JournalEntry.payload["key"].as_string().startswith(f"{rule}:") for rule in sorted(kinds.PROVIDER_CALLS)]
    reached = JournalEntry.payload["outcome"].as_string() == "reached"
    return _entries(
        practice, JournalEntry.source_id.is_not(None),
        or_(
            (JournalEntry.type == "task_done") & or_(*by_task),
            (JournalEntry.type == "touch_logged") & reached & (JournalEntry.payload["kind"].as_string() == "call"),
        ),
    )  # fmt: skip


def _sheets(part: Part, practice: Practice) -> list[Row]:
    query = (
        select(Client.code, func.max(ClientSheet.saved_at))
        .join(Client, ClientSheet.client_id == Client.id)
        .where(ClientSheet.practice_id == practice.id, ClientSheet.part == part, Client.sample.is_(False))
        .group_by(Client.code)
    )
    return [Row(practice.local(at), code) for code, at in db.session.execute(query).tuples()]


def _measured(practice: Practice) -> list[Row]:
    query = (
        select(Client.code, func.max(Measurement.taken_on))
        .join(Client, Measurement.client_id == Client.id)
        .where(
            Measurement.practice_id == practice.id, Client.sample.is_(False),
            Measurement.entry_seq.not_in(undone(practice.id)),
        )
        .group_by(Client.code)
    )  # fmt: skip
    return [Row(on, code) for code, on in db.session.execute(query).tuples()]


def _sessions(practice: Practice) -> list[Row]:
    query = (
        select(SessionLog.held_on, Client.code)
        .join(Client, SessionLog.client_id == Client.id)
        .where(
            SessionLog.practice_id == practice.id, SessionLog.attendance == Attendance.ATTENDED,
            Client.sample.is_(False), SessionLog.entry_seq.not_in(undone(practice.id)),
        )
    )  # fmt: skip
    return [Row(on, code) for on, code in db.session.execute(query).tuples()]


def _goals(states: Collection[GoalStatus], practice: Practice) -> list[Row]:
    query = (
        select(Goal.set_on, Goal.status_on, Goal.status, Client.code)
        .join(Client, Goal.client_id == Client.id)
        .where(Goal.practice_id == practice.id, Goal.status.in_(states), Client.sample.is_(False))
    )
    closed = GoalStatus.OPEN not in states
    return [
        Row(status_on if closed and status_on else set_on, code)
        for set_on, status_on, _state, code in db.session.execute(query).tuples()
    ]


def _on_time(rules: Collection[str], practice: Practice) -> list[Row]:
    """Return the tasks of some rules that were done by the last day of their window."""
    query = (
        select(Task.done_at, Task.window_end, Task.source_id, Client.code)
        .outerjoin(Client, Task.client_id == Client.id)
        .outerjoin(Source, Task.source_id == Source.id)
        .where(
            Task.practice_id == practice.id, Task.rule.in_(rules), Task.status == TaskStatus.DONE,
            Task.done_at.is_not(None), func.coalesce(Client.sample, Source.sample, False).is_(False),
        )
    )  # fmt: skip
    told = [(practice.local(row.done_at), row) for row in db.session.execute(query)]
    return [Row(on, row.code, row.source_id) for on, row in told if on <= row.window_end]


def _letters(practice: Practice) -> list[Row]:
    query = select(Document.id, Document.approved_at, Document.source_id).where(
        Document.practice_id == practice.id, Document.state == DocumentState.APPROVED, Document.sample.is_(False),
        Document.approved_at.is_not(None),
    )  # fmt: skip
    return [Row(practice.local(row.approved_at), None, row.source_id, row.id) for row in db.session.execute(query)]


def _referrals(practice: Practice) -> list[Row]:
    query = (
        select(Referral.received_on, Referral.source_id, Client.code)
        .join(Client, Referral.client_id == Client.id)
        .where(
            Referral.practice_id == practice.id, Client.sample.is_(False), Referral.is_written, Referral.has_wording,
            Referral.has_diagnosis, Referral.has_transition,
        )
    )  # fmt: skip
    return [Row(on, code, source_id) for on, source_id, code in db.session.execute(query).tuples()]


_FIGURES: Mapping[str, Callable[[Practice], list[Row]]] = {
    "histories": partial(_sheets, Part.HEALTH),
    "screened": partial(_sheets, Part.GATE),
    "plans": partial(_sheets, Part.PLAN),
    "criteria": partial(_sheets, Part.CRITERIA),
    "assessments": partial(_of_types, {"baseline_done", "measures_taken"}),
    "retests": partial(_of_types, {"measures_taken"}),
    "measured": _measured,
    "sessions": _sessions,
    "goals": partial(_goals, set(GoalStatus)),
    "goals_closed": partial(_goals, {GoalStatus.MET, GoalStatus.NOT_MET}),
    "summaries": partial(_on_time, {"C24"}),
    "reports": partial(_on_time, {"C42", "C43"}),
    "discharges": partial(_on_time, {"C49"}),
    "letters": _letters,
    "referrals": _referrals,
    "thanks": partial(_on_time, {"C22"}),
    "calls": _calls,
    "lunches": _lunches,
}
KEYS = frozenset(_FIGURES)
