"""The brief for a provider call, on one page: what is told, what is asked, and afterwards how it went (H7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.clients import opened_queries, record_queries
from crm.clients.models import Client
from crm.clients.record import Limits
from crm.clients.record_models import Part
from crm.clients.referral_check import Elements
from crm.clients.series import series_of
from crm.crypto import KeyringError, Sealer, Unreadable
from crm.db import NotFound
from crm.journal import access_views
from crm.outreach import agenda_queries, today_queries
from crm.outreach.agenda import AgendaItem
from crm.outreach.forms import OutcomeForm
from crm.outreach.kinds import PROVIDER_CALLS
from crm.outreach.task_rows import TaskRow, row
from crm.sources import call_brief, call_brief_queries, queries
from crm.sources import record_queries as source_records
from crm.sources.base_views import bp
from crm.sources.call_brief_queries import OnFile
from crm.sources.models import ContactRole, Source
from crm.web import sealer

SHOWN = 4  # clients; more do not fit one printed page, nor one call
ASKED_FOR = (ContactRole.OFFICE_MANAGER, ContactRole.REFERRAL_COORDINATOR, ContactRole.FRONT_DESK)
FLAG_CALL, RECEIPT_CALLS = "C34a", ("C11", "C25")


@dataclass(frozen=True, slots=True)
class Told:
    """One shared client as the page tells of them."""

    client: Client
    sessions: int
    report: str
    change: str
    readable: bool
    visit_on: date | None
    questions: list[str]


@bp.get("/sources/<int:source_id>/call-brief", endpoint="call_brief")
def brief(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    items = agenda_queries.items_of_source(g.practice.id, source.id)
    clients = call_brief_queries.shared_clients(g.practice.id, source.id)
    unlocked = call_brief_queries.is_unlocked(g.practice.id, source.id)
    if source.do_not_contact or not clients or not unlocked:
        return _locked(source, items, has_client=bool(clients), has_summary=unlocked)
    task = _task(source, items)
    aside = source_records.aside_of(g.practice.id, source.id)
    shown = sorted(clients, key=lambda client: task is None or client.code != task.item.client_code)[:SHOWN]
    access_views.shows_clients(client.code for client in shown)
    return render_template(
        "sources/call_brief.html",
        source=source,
        task=row(task.item, g.today) if task else None,
        sheet_url=url_for("documents.sheet", key="call-sheet", task=task.item.key) if task else "",
        form=OutcomeForm(formdata=None),
        told=_told(source, shown),
        more=len(clients) - len(shown),
        urgent=_rows(items, (FLAG_CALL,)),
        phone=agenda_queries.phones_of({source.id}).get(source.id, ""),
        contact=_contact(aside.people),
        fact=max(aside.background, key=lambda fact: (fact.read_on, fact.id), default=None),
        purposes=call_brief.PURPOSES,
        not_asked=call_brief.NOT_ASKED,
    )


def _task(source: Source, items: Sequence[AgendaItem]) -> today_queries.Listed | None:
    """Return the call this is for: the one in the address, else the next one that is open."""
    key = request.args.get("task", "") or next((item.key for item in items if item.rule in PROVIDER_CALLS), "")
    if not key:
        return None
    listed = today_queries.get_listed(g.practice.id, key)
    if listed.item.source_id != source.id or listed.item.rule not in PROVIDER_CALLS:
        raise NotFound
    return listed


def _locked(source: Source, items: Sequence[AgendaItem], *, has_client: bool, has_summary: bool) -> str:
    return render_template(
        "sources/call_locked.html",
        source=source,
        needs=(("A client in common", has_client), ("An assessment summary sent to them", has_summary)),
        urgent=_rows(items, (FLAG_CALL,)),
        receipts=_rows(items, RECEIPT_CALLS),
    )


def _rows(items: Sequence[AgendaItem], rules: Sequence[str]) -> list[TaskRow]:
    return [row(item, g.today) for item in items if item.rule in rules]


def _contact(people: Sequence[source_records.Person]) -> str:
    """Return whom to ask for: the office manager before everybody else."""
    return next((person.name for role in ASKED_FOR for person in people if person.role == role), "")


def _told(source: Source, clients: Sequence[Client]) -> list[Told]:
    known = call_brief_queries.on_file(g.practice.id, source.id, [client.id for client in clients], g.today)
    try:
        key = sealer()
    except KeyringError:
        key = None
    return [_of_client(client, known, key) for client in clients]


def _of_client(client: Client, known: OnFile, key: Sealer | None) -> Told:
    sent = known.sent.get(client.id)
    change, readable = _change(client, key)
    return Told(
        client,
        sessions=known.sessions.get(client.id, 0),
        report=call_brief.report_words(sent.rule, g.practice.local(sent.at), g.today) if sent else "",
        change=change,
        readable=readable,
        visit_on=known.visits.get(client.id),
        questions=call_brief.questions(_asked(client, known, key), g.today),
    )


def _change(client: Client, key: Sealer | None) -> tuple[str, bool]:
    """Return the change in words, and whether all values behind it can be read."""
    if key is None:
        return "", not record_queries.measurements_of(g.practice.id, client.id)
    readings, damaged = opened_queries.readings_of(g.practice, client, key)
    series = series_of(readings, baseline_on=opened_queries.baseline_on(g.practice, client))
    return call_brief.change_words(series, g.today), not damaged


def _asked(client: Client, known: OnFile, key: Sealer | None) -> call_brief.Asked:
    referral = known.referrals.get(client.id)
    valid = [release.until_on for release in known.releases.get(client.id, ()) if release.covers(g.today)]
    limits, readable = _limits(client, key)
    return call_brief.Asked(
        elements=Elements(
            referral.is_written, referral.has_wording, referral.has_diagnosis, referral.has_transition
        ) if referral else None,
        referred_on=referral.received_on if referral else None,
        limits=limits,
        limits_readable=readable,
        release_until=max(valid, default=None),
    )  # fmt: skip


def _limits(client: Client, key: Sealer | None) -> tuple[Limits | None, bool]:
    sheet = record_queries.sheet(g.practice.id, client.id, Part.HEALTH)
    if sheet is None:
        return None, True
    try:
        return (opened_queries.read_part(sheet, Part.HEALTH, key).limits, True) if key else (None, False)
    except Unreadable:
        return None, False
