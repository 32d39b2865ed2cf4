"""What is on file about a client, opened for a page; and the page of one client."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import g, render_template

from crm import guards
from crm.accounts.permissions import Permission
from crm.clients import opened_queries, queries, record_queries
from crm.clients.attendance import Attended, attended
from crm.clients.booking_views import booking_page, release_state
from crm.clients.chart import Trend
from crm.clients.forms import ReleaseForm, VisitForm
from crm.clients.goals import GoalTold, Progress, progress
from crm.clients.models import Client, Referral
from crm.clients.record import Gate, Health, Person, Plan
from crm.clients.record_forms import ClassForm, ProviderForm
from crm.clients.record_models import ClientSheet, Goal, GoalStatus, Part
from crm.clients.series import Series, headline, in_reports, series_of, trend_of
from crm.clients.visits import in_chart
from crm.crypto import KeyringError, Unreadable
from crm.journal import queries as journal_queries
from crm.outreach import agenda_queries, day_words, kinds, task_rows
from crm.outreach.agenda import AgendaItem
from crm.outreach.day_words import sentence
from crm.sources import history
from crm.web import STATUS_WORDS, sealer

SHOWN = 4  # charts on the page; all of them are one click away
HISTORY = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClientFile:
    """The record as it is in force; a part that cannot be read is None, which the page says in words."""

    sheets: dict[Part, ClientSheet]
    person: Person | None
    health: Health | None
    gate: Gate | None
    plan: Plan | None

    def version(self, part: Part) -> int:
        """Return which version of a part this is, 0 where it was never filled in."""
        return self.sheets[part].id if part in self.sheets else 0


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as a page shows it; `told` None where it cannot be read."""

    goal: Goal
    told: GoalTold | None
    progress: Progress | None

    @property
    def is_open(self) -> bool:
        """Say whether it is still worked for."""
        return self.goal.status is GoalStatus.OPEN


def open_file(client: Client) -> ClientFile:
    """Return the record of a client."""
    found = record_queries.sheets(g.practice.id, client.id)

    def part(name: Part) -> Any:
        return readable(lambda: opened_queries.read_part(found.get(name), name, sealer()))

    return ClientFile(found, part(Part.PERSON), part(Part.HEALTH), part(Part.GATE), part(Part.PLAN))


def readable(opened: Callable[[], T]) -> T | None:
    """Return what a seal held; None where it cannot be read, because the key is away or the row is damaged."""
    try:
        return opened()
    except (Unreadable, KeyringError):
        return None


def measured(client: Client, file: ClientFile) -> dict[str, Any]:
    """Return a client's measures as pages show them: series, charts, the day of the baseline, what cannot be read."""
    found = readable(lambda: opened_queries.readings_of(g.practice, client, sealer()))
    person = file.person or Person()
    begun = opened_queries.baseline_on(g.practice, client)
    made = series_of(found[0] if found else (), baseline_on=begun, born_on=person.born_on, sex=person.sex)
    return {
        "series": made,
        "by_key": {(one.measure.key, one.side): one for one in made},
        "baseline_on": begun,
        "damaged": found[1] if found else None,  # None: no value can be read, the key is away
    }


def charts(found: list[Series], goals: list[GoalRow], code: str) -> list[tuple[Series, Trend]]:
    """Return series with their charts; a goal that is seen by a measure is the chart's target."""
    targets = {(row.told.measure, row.told.side): row.told.target for row in goals if row.told and row.is_open}
    return [(one, trend_of(one, code, target=targets.get((one.measure.key, one.side)))) for one in found]


def client_page(client: Client, **forms: Any) -> str:
    """Return a client's page, narrowed to what the one who asks may see; a refused form comes back as it was typed."""
    if not guards.may(Permission.RECORD):
        return booking_page(client, **forms)
    file = open_file(client)
    seen = measured(client, file)
    visits = queries.visits_of(g.practice.id, client.id)
    entries = journal_queries.timeline(g.practice.id, client_id=client.id, limit=HISTORY)
    tasks = agenda_queries.items_of_client(g.practice.id, client.id)
    reports = agenda_queries.reports_of_client(g.practice.id, client.id)
    goals = _goals(client, seen["by_key"])
    ahead = [v for v, _source in visits if not v.cancelled and v.visit_on >= g.today]
    next_visit = min(ahead, key=lambda visit: visit.visit_on, default=None)
    return render_template(
        "clients/show.html",
        client=client,
        file=file,
        private=readable(lambda: _private(client)),
        referrals=[(r, _told(r)) for r in queries.referrals_of(g.practice.id, client.id)],
        visits=visits,
        next_visit=next_visit,
        next_visit_in=day_words.distance(next_visit.visit_on, g.today) if next_visit else "",
        in_chart=in_chart(
            [v.visit_on for v, source in visits if not v.cancelled and source],
            [g.practice.local(item.done_at) for item in reports if item.done_at and item.status == "done"],
            baseline_on=seen["baseline_on"], today=g.today,
        ),
        tasks=[task_rows.row(item, g.today) for item in tasks],
        opening=_opening(client, seen["series"], tasks),
        charts=charts(_first(seen["series"]), goals, client.code),
        goals=goals,
        attendance=_attendance(client),
        reports=[(item, sentence(kinds.plain(item.rule)), *report_state(item, g.today)) for item in reports],
        flags=record_queries.flags_of(g.practice.id, client.id) if client.on_hold else (),
        providers=[
            (row, readable(lambda row=row: opened_queries.open_provider(row, sealer())))  # type: ignore[misc]
            for row in record_queries.providers_of(g.practice.id, client.id)
        ],
        entries=history.lines(entries, _notes(entries), g.practice.time_zone, g.today),
        class_form=forms.get("class_form") or ClassForm(formdata=None, obj=client),
        visit_form=forms.get("visit_form") or VisitForm(formdata=None),
        moving=forms.get("moving"),
        releases=[(release, release_state(release)) for release in queries.releases_of(g.practice.id, client.id)],
        release_form=forms.get("release_form") or ReleaseForm(formdata=None, today=g.today, from_on=g.today),
        provider_form=forms.get("provider_form") or ProviderForm(formdata=None),
        **seen,
    )  # fmt: skip


def _private(client: Client) -> dict[str, Any]:
    return sealer().open(client.sealed, table="client", row=client.uuid) if client.sealed else {}


def _told(referral: Referral) -> dict[str, Any] | None:
    return readable(lambda: sealer().open(referral.sealed, table="referral", row=referral.uuid))


def _first(found: list[Series]) -> list[Series]:
    """Return the measures the page begins with: what changed most, then the catalogue's order; never pain."""
    lead = headline(found)
    return sorted(in_reports(found), key=lambda one: one is not lead)[:SHOWN]


def _goals(client: Client, by_key: dict[tuple[str, str], Series]) -> list[GoalRow]:
    rows = []
    for goal in record_queries.goals_of(g.practice.id, client.id):
        told = readable(lambda goal=goal: opened_queries.open_goal(goal, sealer()))  # type: ignore[misc]
        rows.append(GoalRow(goal, told, progress(told, by_key) if told else None))
    return rows


def _attendance(client: Client) -> Attended:
    entries = journal_queries.entries_of_types(g.practice.id, client.id, {"session_held", "session_missed"})
    return attended(
        (e.happened_on or g.practice.local(e.happened_at or e.at), str(e.payload.get("attendance", "attended")))
        for e in entries
    )


def _opening(client: Client, found: list[Series], tasks: list[AgendaItem]) -> tuple[str, str]:
    """Say in a sentence where the client stands."""
    if client.on_hold:
        return "Exercise rests.", "A red flag was raised. Nothing goes on until the provider has answered."
    lead = headline(found)
    first = f"{STATUS_WORDS[client.status.value]}."
    if lead is not None and lead.verdict.change is not None:
        first = f"{lead.title}: {lead.verdict.words.lower()}."
    if not tasks:
        return first, "Nothing is planned."
    due = min(tasks, key=lambda item: (item.due, item.key))
    return first, f"Next: {kinds.plain(due.rule).lower()}, {day_words.near_day(due.due, g.today)}."


def _notes(entries: Any) -> dict[int, str | None]:
    sealed = journal_queries.notes_of([entry.seq for entry in entries])
    opened = {
        seq: readable(lambda seq=seq, blob=blob: sealer().open(blob, table="entry_note", row=str(seq)))  # type: ignore[misc]
        for seq, blob in sealed.items()
    }
    return {seq: None if note is None else note["text"] for seq, note in opened.items()}


def report_state(item: AgendaItem, today: date) -> tuple[str, str]:
    """Return the kind of state and its words for a report that is due or was sent."""
    if item.status == "done":
        return "done", f"Sent {day_words.day(g.practice.local(item.done_at), today)}" if item.done_at else "Sent"
    if item.status == "suppressed":
        return "later", "With another report" if item.reason.startswith(("merged", "covered")) else "Held back"
    if item.due < today:
        return "late", day_words.due_words(item.due, today)
    return "later", f"Due {day_words.day(item.due, today)}"
