"""The pages on which a list of providers comes in, step by step, and goes out again."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.db import writing
from crm.outreach import day_words
from crm.outreach import service as outreach
from crm.sources import import_queries as queries
from crm.sources import import_service as service
from crm.sources import import_undo_service as undoing
from crm.sources.import_forms import ListFileForm, chosen_columns
from crm.sources.models import BatchState, ImportBatch
from crm.sources.provider_list import FIELDS, UnreadableList
from crm.text import csv_cell
from crm.web import invalid, is_htmx

bp = Blueprint("imports", __name__)
REFUSED_SHOWN = 200
REFUSED_LABELS = {"row": "Whole row", "name": "Name"}
ALREADY = "That was done already."


@bp.get("/imports")
def index() -> ResponseReturnValue:
    return _index_page(ListFileForm(formdata=None))


@bp.post("/imports")
def upload() -> ResponseReturnValue:
    form = ListFileForm()
    if not form.validate_on_submit():
        return invalid(_index_page(form))
    sent = form.file.data
    if not sent or not sent.filename:
        form.file.errors = ["Choose a file first."]
        return invalid(_index_page(form))
    raw = sent.stream.read()
    try:
        _shape, total = service.measure(raw)
    except UnreadableList as unreadable:
        form.file.errors = [unreadable.message]
        return invalid(_index_page(form))
    with writing(g.practice.id):
        batch_id = service.start(g.practice, sent.filename, raw, total, now=g.now).id
    return redirect(url_for("imports.columns", batch_id=batch_id), 303)


@bp.get("/imports/<int:batch_id>")
def show(batch_id: int) -> ResponseReturnValue:
    batch = queries.get_batch(g.practice.id, batch_id)
    if batch.state is BatchState.UPLOADED and not batch.mapping:
        return redirect(url_for("imports.columns", batch_id=batch.id), 303)
    return render_template("imports/show.html", **_shown(batch))


@bp.get("/imports/<int:batch_id>/columns")
def columns(batch_id: int) -> ResponseReturnValue:
    batch = queries.get_batch(g.practice.id, batch_id)
    if batch.content is None:
        return redirect(url_for("imports.show", batch_id=batch.id), 303)
    return _columns_page(batch, {})


@bp.post("/imports/<int:batch_id>/columns")
def choose(batch_id: int) -> ResponseReturnValue:
    batch = queries.get_batch(g.practice.id, batch_id)
    if batch.content is None:
        flash(ALREADY, "error")
        return redirect(url_for("imports.show", batch_id=batch_id), 303)
    chosen = chosen_columns(request.form, len(service.shape_of(batch).columns))
    try:
        with writing(g.practice.id):
            service.choose_columns(queries.get_batch(g.practice.id, batch_id, lock=True), chosen)
    except UnreadableList as unreadable:
        return invalid(_columns_page(queries.get_batch(g.practice.id, batch_id), chosen, unreadable.message))
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@bp.post("/imports/<int:batch_id>/step")
def step(batch_id: int) -> ResponseReturnValue:
    """Check the next rows; reading them holds nobody up, only keeping them is a writing transaction."""
    batch = queries.get_batch(g.practice.id, batch_id)
    if batch.state is BatchState.UPLOADED and batch.mapping:
        piece = service.read_piece(batch)
        with writing(g.practice.id):
            batch = queries.get_batch(g.practice.id, batch_id, lock=True)
            service.keep_piece(batch, piece)
    return _answer(batch)


@bp.post("/imports/<int:batch_id>/import")
def take_in(batch_id: int) -> ResponseReturnValue:
    """Write the list, as a whole or not at all."""
    queries.get_batch(g.practice.id, batch_id)
    try:
        with writing(g.practice.id):
            batch = queries.get_batch(g.practice.id, batch_id, lock=True)
            found = service.import_batch(g.practice, batch, now=g.now, actor=g.user.id)
            if found.moved:
                outreach.replan(g.practice, found.moved, (), now=g.now)
    except service.OutOfStep:
        flash(ALREADY, "error")
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@bp.post("/imports/<int:batch_id>/undo")
def undo(batch_id: int) -> ResponseReturnValue:
    queries.get_batch(g.practice.id, batch_id)
    try:
        with writing(g.practice.id):
            batch = queries.get_batch(g.practice.id, batch_id, lock=True)
            undone = undoing.undo(g.practice, batch, now=g.now, actor=g.user.id)
            if undone.moved:
                outreach.replan(g.practice, undone.moved, (), now=g.now)
    except service.OutOfStep:
        flash("This list can no longer be taken out.", "error")
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@bp.get("/imports/<int:batch_id>/refused.csv")
def refused(batch_id: int) -> ResponseReturnValue:
    batch = queries.get_batch(g.practice.id, batch_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Row", "Field", "Reason"])
    for row in batch.refused:
        writer.writerow([row["row"], csv_cell(_label(row["field"])), csv_cell(row["reason"])])
    response = make_response(out.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="refused-rows-{batch.id}.csv"'
    return response


def _index_page(form: ListFileForm) -> str:
    lists = [(batch, undoing.can_undo(batch, g.now)) for batch in queries.batches(g.practice.id)]
    return render_template("imports/index.html", form=form, lists=lists, moment=_moment)


def _columns_page(batch: ImportBatch, chosen: Mapping[int, str], wrong: str = "") -> str:
    shape = service.shape_of(batch)
    return render_template("imports/columns.html", batch=batch, shape=shape, fields=FIELDS, chosen=chosen, wrong=wrong)


def _answer(batch: ImportBatch) -> ResponseReturnValue:
    """Answer htmx with the part that changed, anybody else with the page."""
    if is_htmx():
        return render_template("imports/_state.html", **_shown(batch))
    return redirect(url_for("imports.show", batch_id=batch.id), 303)


def _shown(batch: ImportBatch) -> dict[str, object]:
    return {
        "batch": batch,
        "refused": [row | {"label": _label(row["field"])} for row in batch.refused[:REFUSED_SHOWN]],
        "can_undo": undoing.can_undo(batch, g.now),
        "undo_until": _moment(batch.done_at + undoing.UNDO_FOR) if batch.done_at else "",
    }


def _moment(at: datetime) -> str:
    """Return a moment as the practice's wall shows it."""
    local = at.astimezone(ZoneInfo(g.practice.time_zone))
    return f"{day_words.near_day(local.date(), g.today)}, {local:%H:%M}"


def _label(name: str) -> str:
    return REFUSED_LABELS.get(name) or FIELDS.get(name, name)
