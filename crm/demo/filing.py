"""Put the files of the sample clients behind what the journal tells of them."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from crm.accounts.models import Practice
from crm.clients import flag_service, flags, measure_service, record, record_service
from crm.clients.goals import GoalTold
from crm.clients.measures import Reading
from crm.clients.models import Client
from crm.clients.opened_queries import GOALS, SESSIONS
from crm.clients.record_models import Attendance, FlagRaised, Goal, GoalStatus, Part, SessionLog
from crm.crypto import Sealer
from crm.db import db
from crm.demo.records import AGAIN, BASELINE, FLAG, LOGS, Record
from crm.journal import queries as journal_queries
from crm.journal.models import JournalEntry


def file(
    practice: Practice, client: Client, name: str, told: Record, *, sealer: Sealer, today: date, now: datetime
) -> None:
    """File record, sessions, values, goals and red flag of one client. The caller commits."""
    stated = record_service.told_by_referral(practice, client, sealer).diagnosis
    parts: tuple[tuple[Part, Any], ...] = (
        (Part.PERSON, told.person(name, today)),
        (Part.HEALTH, replace(told.health, diagnoses=(stated,) if stated else ())),
        (Part.PLAN, told.plan),
    )
    for part, sheet in parts:
        if values := record.write(sheet):
            record_service.save_sheet(practice, client, part, values, base=0, sealer=sealer, now=now)
    _file_values(practice, client, told, sealer)
    _file_sessions(practice, client, sealer)
    for days, ago, goal in told.goals:
        _file_goal(practice, client, goal, days=days, set_on=today - timedelta(days=ago), sealer=sealer)
    for entry in journal_queries.entries_of_types(practice.id, client.id, {"red_flag"}):
        row = FlagRaised(
            practice_id=practice.id,
            client_id=client.id,
            entry_seq=entry.seq,
            raised_on=_day(practice, entry),
            sealed=b"",
        )
        db.session.add(row)
        db.session.flush()
        row.sealed = sealer.seal(flags.write(flags.read(FLAG)), table=flag_service.TABLE, row=row.uuid)


def _file_values(practice: Practice, client: Client, told: Record, sealer: Sealer) -> None:
    entries = journal_queries.entries_of_types(practice.id, client.id, {BASELINE, AGAIN})
    for place, entry in enumerate(entries):
        for key, values in told.course.items():
            measure, _colon, side = key.partition(":")
            if place < len(values):
                reading = Reading(measure, values[place], _day(practice, entry), side=side)
                measure_service.add_value(practice, client, reading, entry, sealer)


def _file_sessions(practice: Practice, client: Client, sealer: Sealer) -> None:
    held = journal_queries.entries_of_types(practice.id, client.id, {"session_held"})
    for place, entry in enumerate(held):
        row = SessionLog(
            practice_id=practice.id, client_id=client.id, entry_seq=entry.seq, held_on=_day(practice, entry),
            attendance=Attendance.ATTENDED, sealed=b"",
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        row.sealed = sealer.seal(asdict(LOGS[place % len(LOGS)]), table=SESSIONS, row=row.uuid)


def _file_goal(practice: Practice, client: Client, told: GoalTold, *, days: int, set_on: date, sealer: Sealer) -> None:
    goal = Goal(
        practice_id=practice.id, client_id=client.id, days=days, set_on=set_on, due_on=set_on + timedelta(days=days),
        status=GoalStatus.OPEN, sealed=b"",
    )  # fmt: skip
    db.session.add(goal)
    db.session.flush()
    goal.sealed = sealer.seal(asdict(told), table=GOALS, row=goal.uuid)


def _day(practice: Practice, entry: JournalEntry) -> date:
    return entry.happened_on or practice.local(entry.happened_at or entry.at)
