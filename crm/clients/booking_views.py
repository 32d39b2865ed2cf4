"""The page of a client for one who keeps no records: whom to call, when they come, what is planned, what may leave."""

from typing import Any

from flask import g, render_template

from crm.clients import opened_queries, queries, record_queries
from crm.clients.forms import VisitForm
from crm.clients.models import Client, Release
from crm.clients.record_models import Part
from crm.crypto import KeyringError, Unreadable
from crm.outreach import agenda_queries, day_words, task_rows
from crm.web import sealer

ENDS_SOON = 30  # days; the reminder of C62 comes then


def booking_page(client: Client, **forms: Any) -> str:
    """Return the page; nothing sealed is opened for it but the client's name and number."""
    visits = queries.visits_of(g.practice.id, client.id)
    items = agenda_queries.items_of_client(g.practice.id, client.id)
    return render_template(
        "clients/booking.html",
        client=client,
        reach=_reach(client),
        visits=visits,
        tasks=[task_rows.row(item, g.today) for item in items],
        visit_form=forms.get("visit_form") or VisitForm(formdata=None),
        moving=forms.get("moving"),
        releases=[(release, release_state(release)) for release in queries.releases_of(g.practice.id, client.id)],
    )


def _reach(client: Client) -> opened_queries.Reach | None:
    """Return name and number; None where they cannot be read, which the page says in words."""
    sheet = record_queries.sheet(g.practice.id, client.id, Part.PERSON)
    try:
        return opened_queries.reach_of(client, sheet, sealer())
    except (Unreadable, KeyringError):
        return None


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
