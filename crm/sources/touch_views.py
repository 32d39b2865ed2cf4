"""Logging a touch: what happened with a source, and the task it completes."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.crypto import KeyringError
from crm.documents import words_service
from crm.outreach import agenda_queries
from crm.outreach.day_words import due_words, sentence
from crm.sources import queries, record_words, touch_service, touches
from crm.sources.base_views import bp
from crm.sources.forms import TouchForm
from crm.sources.models import Source
from crm.sources.touch_service import Touch
from crm.sources.touches import Outcome, TouchKind
from crm.web import commit, invalid, is_htmx, sealer


@bp.get("/sources/<int:source_id>/touch")
def touch(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    kind = request.args.get("kind", "")
    form = TouchForm(formdata=None, today=g.today, on=g.today, kind=kind if kind in set(TouchKind) else "call")
    return _touch_page(source, form)


@bp.post("/sources/<int:source_id>/touch")
def log_touch(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    form = TouchForm(today=g.today)
    _offer_tasks(source, form)
    if not form.validate_on_submit():
        return invalid(_touch_page(source, form))
    if why_not := words_service.why_not_noted(g.practice, form.note.data or ""):
        form.note.errors = [why_not]
        return invalid(_touch_page(source, form))
    try:
        entry = touch_service.log_touch(
            g.practice, source, _touch(form), sealer() if form.note.data else None, now=g.now, actor=g.user.id
        )
    except KeyringError:
        form.note.errors = ["A note is sealed, and the key for that is missing. Log the touch without it."]
        return invalid(_touch_page(source, form))
    commit()
    flash(_said(form, entry.type), f"undo:{url_for('outreach.undo', seq=entry.seq)}")
    return redirect(url_for("sources.show", source_id=source_id), 303)


def _touch(form: TouchForm) -> Touch:
    kind = TouchKind(form.kind.data)
    return Touch(
        kind=kind,
        on=form.on.data if form.on.data < g.today else None,
        outcome=Outcome(form.outcome.data) if kind is TouchKind.CALL else None,
        note=form.note.data or "",
        task_key=form.task.data or "",
    )


def _said(form: TouchForm, entry_type: str) -> str:
    if entry_type == "call_missed":
        return "Not reached. The next try is planned."
    said = touches.KINDS[TouchKind(form.kind.data)].said
    if form.task.data and entry_type == "touch_logged":
        return f"{said} The task stays open."
    return said


def _offer_tasks(source: Source, form: TouchForm) -> None:
    """Let only this source's open tasks be chosen."""
    items = agenda_queries.items_of_source(g.practice.id, source.id)
    form.task.choices = [("", "No task")] + [
        (item.key, f"{sentence(record_words.name(item))}, {due_words(item.due, g.today)}") for item in items
    ]


def _touch_page(source: Source, form: TouchForm) -> str:
    _offer_tasks(source, form)
    template = "sources/_touch_layer.html" if is_htmx() else "sources/touch.html"
    return render_template(template, source=source, form=form)
