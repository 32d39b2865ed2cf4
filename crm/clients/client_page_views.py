"""The page of one client, as every view that changes something about them shows it again."""

from typing import Any

from flask import g, render_template

from crm.clients import queries
from crm.clients.forms import CLIENT_EVENTS, ClientEventForm, ReleaseForm, VisitForm
from crm.clients.models import Client, Release
from crm.crypto import KeyringError, Unreadable
from crm.journal import queries as journal_queries
from crm.outreach import agenda_queries, day_words, task_rows
from crm.sources import history
from crm.web import STATUS_WORDS, sealer

ENDS_SOON = 30  # days; the reminder of C62 comes then


def client_page(client: Client, **forms: Any) -> str:
    """Return a client's page; a form that was not accepted comes back as it was typed."""
    visits = queries.visits_of(g.practice.id, client.id)
    entries = journal_queries.timeline(g.practice.id, client_id=client.id, limit=60)
    tasks = agenda_queries.items_of_client(g.practice.id, client.id)
    return render_template(
        "clients/show.html",
        client=client,
        private=_opened(client.sealed, "client", client.uuid),
        referrals=[(r, _opened(r.sealed, "referral", r.uuid)) for r in queries.referrals_of(g.practice.id, client.id)],
        visits=visits,
        next_visit=next((v for v, _s in reversed(visits) if not v.cancelled and v.visit_on >= g.today), None),
        tasks=[task_rows.row(item, g.today) for item in tasks],
        opening=_opening(client, len(tasks)),
        entries=history.lines(entries, _notes(entries), g.practice.time_zone, g.today),
        visit_form=forms.get("visit_form") or VisitForm(formdata=None),
        event_form=forms.get("event_form") or ClientEventForm(formdata=None, today=g.today, on=g.today),
        event_needs={name: needs for name, _words, needs in CLIENT_EVENTS},
        moving=forms.get("moving"),
        releases=[(release, release_state(release)) for release in queries.releases_of(g.practice.id, client.id)],
        release_form=forms.get("release_form") or ReleaseForm(formdata=None, today=g.today, from_on=g.today),
    )


def _opening(client: Client, tasks: int) -> tuple[str, str]:
    """Say in a sentence where the client stands."""
    if not tasks:
        return "Nothing is planned.", f"{STATUS_WORDS[client.status.value]}."
    planned = day_words.sentence(day_words.count_of(tasks, "thing is", "things are"))
    return f"{planned} planned.", f"{STATUS_WORDS[client.status.value]}; the dates follow from what is logged here."


def _opened(sealed: bytes | None, table: str, row: str) -> dict[str, Any] | None:
    """Open a sealed value for the page; None where it cannot be read, which the page says in words."""
    if not sealed:
        return {}
    try:
        return sealer().open(sealed, table=table, row=row)
    except (Unreadable, KeyringError):
        return None


def _notes(entries: Any) -> dict[int, str | None]:
    sealed = journal_queries.notes_of([entry.seq for entry in entries])
    opened = {seq: _opened(blob, "entry_note", str(seq)) for seq, blob in sealed.items()}
    return {seq: None if note is None else note["text"] for seq, note in opened.items()}


def release_state(release: Release) -> tuple[str, str]:
    """Return the kind of state and its word for a release as it stands today."""
    if release.withdrawn_on is not None:
        return "done", f"Withdrawn {day_words.near_day(release.withdrawn_on, g.today)}"
    if release.until_on < g.today:
        return "late", "Over"
    if release.from_on > g.today:
        return "later", f"From {day_words.day(release.from_on, g.today)}"
    left = (release.until_on - g.today).days
    return ("ask", f"Ends {day_words.distance(release.until_on, g.today)}") if left <= ENDS_SOON else ("now", "Valid")
