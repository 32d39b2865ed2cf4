"""What happens to a client outside a session, each through its own small form."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue, RouteCallable

from crm.clients import doors, queries, service
from crm.clients.door_forms import AwayForm, DoorForm, LastSessionForm, SentOutForm, form_for
from crm.clients.doors import Door
from crm.clients.models import Client
from crm.crypto import KeyringError
from crm.db import NotFound
from crm.documents.queries import find_valid_release
from crm.journal import events
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.sources.models import Source
from crm.sources.queries import get_source
from crm.web import commit, invalid, is_htmx, sealer

CLASSES = {kind.type: kind for kind in events.Event.__subclasses__()}


def door(code: str, what: str) -> ResponseReturnValue:
    client, chosen = _client_and_door(code, what)
    return _page(client, chosen, form_for(chosen)(formdata=None, today=g.today, on=g.today))


def log_door(code: str, what: str) -> ResponseReturnValue:
    client, chosen = _client_and_door(code, what)
    form = form_for(chosen)(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, chosen, form))
    if _refused(client, chosen):
        return invalid(_page(client, chosen, form))
    source = get_source(g.practice.id, int(form.source_id.data)) if isinstance(form, SentOutForm) else None
    try:
        key = sealer() if form.words else None
    except KeyringError:
        form.note.errors = ["A note is sealed, and the key for that is missing. Log it without one."]
        return invalid(_page(client, chosen, form))
    earlier = form.on.data if form.on.data < g.today else None
    entry = service.record_client_event(
        g.practice, client, _event(client, chosen, form), now=g.now, on=earlier, actor=g.user.id
    )
    if key is not None:
        journal.add_note(entry, form.words, key)
    commit()
    flash(_said(client, chosen, source), f"undo:{url_for('outreach.undo', seq=entry.seq)}")
    return redirect(url_for("clients.show", code=code), 303)


def doors_of(client: Client) -> list[Door]:
    """Return what can happen to a client now, for the menu of their page."""
    return doors.offered(client.status, _happened(client))


def _refused(client: Client, chosen: Door) -> str:
    return doors.refusal(chosen, client.status, _happened(client))


def _happened(client: Client) -> set[str]:
    return {entry.type for entry in journal_queries.entries_of_types(g.practice.id, client.id, set(doors.ONCE))}


def _client_and_door(code: str, what: str) -> tuple[Client, Door]:
    client = queries.get_client_by_code(g.practice.id, code)
    if what not in doors.BY_NAME:
        raise NotFound
    return client, doors.BY_NAME[what]


def _event(client: Client, chosen: Door, form: DoorForm) -> events.Event:
    match form:
        case SentOutForm():
            return events.ClientSentOut(client=client.code, source=f"s{form.source_id.data}")
        case LastSessionForm():
            return events.DischargePlanned(client=client.code, last_on=form.last_on.data.isoformat())
        case _:
            return CLASSES[chosen.event](client=client.code)  # type: ignore[call-arg]


def _said(client: Client, chosen: Door, source: Source | None) -> str:
    if source is not None and find_valid_release(g.practice.id, client.id, source.id, g.today) is None:
        return f"{chosen.said} No release covers {source.display_name}: file one, or the letter stays blocked."
    return chosen.said


def _page(client: Client, chosen: Door, form: DoorForm) -> str:
    template = "clients/_door_layer.html" if is_htmx() else "clients/door.html"
    return render_template(
        template,
        client=client,
        door=chosen,
        form=form,
        refused=_refused(client, chosen),
        until=isinstance(form, AwayForm),
        to=isinstance(form, SentOutForm),
        last=isinstance(form, LastSessionForm),
    )


ROWS: tuple[tuple[str, RouteCallable, str, str], ...] = (
    ("/clients/<code>/happened/<what>", door, "door", "GET"),
    ("/clients/<code>/happened/<what>", log_door, "log_door", "POST"),
)
