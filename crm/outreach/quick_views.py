"""Add a task in one line; the line is read while it is typed and shown before it is saved."""

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.clients.models import Client
from crm.clients.queries import find_client
from crm.db import NotFound
from crm.journal import service as journal
from crm.journal.acts import ManualTaskAdded
from crm.outreach import manual, quick_line, today_queries
from crm.outreach import service as outreach
from crm.outreach.day_words import day
from crm.outreach.forms import QuickForm
from crm.sources import list_queries, search
from crm.sources.models import Source
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import commit, invalid, is_htmx, sealer, way_back


def quick_add() -> ResponseReturnValue:
    """Show the form; save it."""
    if request.method == "GET":
        form = QuickForm(formdata=None, due=g.today)
        if source_id := row_id(request.args.get("source")):
            source = get_source(g.practice.id, source_id)
            form.source_id.data, form.source_name.data = str(source.id), source.display_name
            form.by_hand.data = "source_id source_name"
        return _page(form)
    form = QuickForm()
    if not form.validate_on_submit():
        return invalid(_page(form))
    _follow_line(form)
    with_source, client, problem = _subjects(form)
    if problem:
        return invalid(_page(form))
    if not form.line.data and with_source is None and client is None:
        form.line.errors = ["Say what is to be done, or with whom."]
        return invalid(_page(form))
    _save(form, with_source.id if with_source else None, client.id if client else None)
    return redirect(way_back(), 303)


def _follow_line(form: QuickForm) -> None:
    """Let fields nobody touched say what the line says: it may be sent before its chips were there."""
    read = quick_line.read(form.line.data or "", g.today)
    by_hand = (form.by_hand.data or "").split()
    if read.due and "due" not in by_hand and form.due.data == g.today:
        form.due.data = read.due
    if read.has_verb and "kind" not in by_hand and form.kind.data == form.kind.default:
        form.kind.data = read.kind
    names_nobody = not form.source_id.data and not form.source_name.data and "source_name" not in by_hand
    if names_nobody and (source := _only_source(read.who)):
        form.source_id.data, form.source_name.data = str(source.id), source.display_name


def _save(form: QuickForm, source_id: int | None, client_id: int | None) -> None:
    task_uuid = form.form_key.data
    if saved := today_queries.find_manual(g.practice.id, task_uuid):
        flash(f"That was planned already, for {day(saved.due, g.today)}.")
        return
    words = (form.line.data or "").strip()
    sealed = sealer().seal({"words": words}, table="task", row=task_uuid) if words else None
    details = manual.Details(form.kind.data, form.due.data, source_id, client_id)
    task = outreach.add_manual_task(g.practice, details, sealed=sealed, task_uuid=task_uuid, now=g.now)
    event = ManualTaskAdded(key=task.key, due=form.due.data.isoformat())
    entry = journal.record(g.practice, event, now=g.now, actor=g.user.id, source_id=source_id, client_id=client_id)
    commit()
    flash(f"Planned for {day(task.due, g.today)}.", f"undo:{url_for('outreach.undo', seq=entry.seq)}")


def _subjects(form: QuickForm) -> tuple[Source | None, Client | None, bool]:
    source: Source | None = None
    client: Client | None = None
    if (chosen := row_id(form.source_id.data)) is not None:
        try:
            source = get_source(g.practice.id, chosen)
        except NotFound:
            form.source_name.errors = ["Choose the source from the list."]
    if form.client_code.data:
        client = find_client(g.practice.id, form.client_code.data.upper())
        if client is None:
            form.client_code.errors = ["There is no client with this code."]
    return source, client, bool(form.source_name.errors or form.client_code.errors)


def read_line() -> ResponseReturnValue:
    """Say what a line is read as: the day as a chip, the kind, and the source where the name is clear.

    It is posted, so that what somebody types never stands in an address.
    """
    line = request.form.get("line", "")[:300]
    read = quick_line.read(line, g.today)
    source = _only_source(read.who)
    return render_template("outreach/_read.html", read=read, source=source, due=read.due or _due_typed())


def _due_typed() -> date:
    try:
        typed = date.fromisoformat(request.form.get("due", ""))
    except ValueError:
        typed = g.today
    return typed


def _only_source(who: tuple[str, ...]) -> Source | None:
    """Return the source a name means where only one fits; a name that fits several is left to the person."""
    words = search.words_of(" ".join(who))
    found = list_queries.find_sources(g.practice.id, words, 2) if words else []
    return get_source(g.practice.id, found[0].Source.id) if len(found) == 1 else None


def _page(form: QuickForm) -> str:
    return render_template("outreach/_quick_layer.html" if is_htmx() else "outreach/quick.html", form=form)
