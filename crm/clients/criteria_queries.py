"""What is on file about a client for the six criteria and for the support packet."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from crm.accounts.models import Practice
from crm.clients import opened_queries, queries, record_queries
from crm.clients.criteria import Filed, Referred
from crm.clients.models import Client, Referral
from crm.clients.record import Gate, Health, Person, Plan
from crm.clients.record_models import Attendance, GoalStatus, Part, SessionLog
from crm.clients.series import in_reports, series_of
from crm.crypto import Sealer, Unreadable
from crm.outreach import agenda_queries, kinds
from crm.outreach.day_words import sentence

SHOWN = 6  # measures and reports; all of them are one click away
T = TypeVar("T")


def filed(practice: Practice, client: Client, sealer: Sealer) -> Filed:
    """Return what supports the criteria. What cannot be read supports nothing, but for the person.

    Raises Unreadable where the person's sheet cannot be read: nobody may take a government plan for none (H10).
    """
    sheets = record_queries.sheets(practice.id, client.id)
    person: Person = opened_queries.read_part(sheets.get(Part.PERSON), Part.PERSON, sealer)
    begun = opened_queries.baseline_on(practice, client)
    readings, _damaged = opened_queries.readings_of(practice, client, sealer)
    found = in_reports(series_of(readings, baseline_on=begun, born_on=person.born_on, sex=person.sex))
    goals = record_queries.goals_of(practice.id, client.id)

    def part(name: Part, empty: T) -> T:
        return _readable(lambda: opened_queries.read_part(sheets.get(name), name, sealer), empty)

    return Filed(
        referrals=referred(practice, client, sealer),
        person=person,
        health=part(Part.HEALTH, Health()),
        gate=part(Part.GATE, Gate()),
        plan=part(Part.PLAN, Plan()),
        measures=[(f"{one.title} {one.span}", one.current.on) for one in found[:SHOWN]],
        assessed_on=begun,
        goals=sum(goal.status is not GoalStatus.DROPPED for goal in goals),
        sessions=[row.held_on for row in logged(practice, client, sealer)],
        reports=_reports(practice, client),
    )


def referred(practice: Practice, client: Client, sealer: Sealer) -> list[Referred]:
    """Return the referrals of a client, newest first."""
    return [
        Referred(
            by=row.source.display_name,
            credential=row.source.credential.value,
            received_on=row.received_on,
            written=row.is_written,
            transition=row.has_transition,
            stated=_stated(row, sealer),
        )
        for row in queries.referrals_of(practice.id, client.id)
    ]


def _stated(row: Referral, sealer: Sealer) -> str:
    told: dict[str, Any] = _readable(lambda: sealer.open(row.sealed, table="referral", row=row.uuid), {})
    return ", ".join(part for part in (told.get("diagnosis"), told.get("icd10")) if part)


def logged(practice: Practice, client: Client, sealer: Sealer) -> list[SessionLog]:
    """Return the sessions that were held and whose log is written, newest first: what is not documented is not held."""
    rows = record_queries.sessions_of(practice.id, client.id)
    return [row for row in rows if row.attendance is Attendance.ATTENDED and _is_written(row, sealer)]


def _is_written(row: SessionLog, sealer: Sealer) -> bool:
    return _readable(lambda: not opened_queries.open_words(row, sealer).is_empty, empty=False)


def _reports(practice: Practice, client: Client) -> list[tuple[str, date]]:
    items = agenda_queries.reports_of_client(practice.id, client.id)
    sent = [item for item in items if item.status == "done" and item.done_at]
    return [(sentence(kinds.plain(item.rule)), practice.local(item.done_at)) for item in sent[:SHOWN] if item.done_at]


def _readable(opened: Callable[[], T], empty: T) -> T:
    """Return what a seal held, or `empty` where it cannot be read."""
    try:
        return opened()
    except Unreadable:
        return empty
