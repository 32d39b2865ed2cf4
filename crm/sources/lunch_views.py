"""The lunch-and-learn of a source: offered on trust, agreed, moved, held, cancelled or declined."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from crm.crypto import KeyringError, Sealer
from crm.db import NotFound
from crm.journal import service as journal
from crm.journal.events import LunchCancelled, LunchDeclined, LunchHeld
from crm.journal.models import JournalEntry
from crm.outreach import day_words
from crm.pipeline import service as pipeline
from crm.sources import lunch_service, lunches, queries
from crm.sources.base_views import bp
from crm.sources.lunch_forms import AgreeForm, EndForm, MoveForm
from crm.sources.lunch_plan_views import follow_in_ledger
from crm.sources.lunches import Lunch
from crm.sources.models import Source
from crm.web import commit, invalid, sealer

ENDED = {
    "held": "Held. Thanks and packet are planned.",
    "cancelled": "The lunch is off. Nothing is prepared any more.",
    "declined": "Declined. It may be offered again in half a year.",
}


@bp.get("/sources/<int:source_id>/lunch")
def lunch(source_id: int) -> ResponseReturnValue:
    return _page(queries.get_source(g.practice.id, source_id))


@bp.post("/sources/<int:source_id>/lunch")
def agree_lunch(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    form = AgreeForm(today=g.today)
    if not form.validate_on_submit() or not _may_be_agreed(source, form):
        return invalid(_page(source, agree=form))
    words = " ".join(filter(None, (f"Why already now: {form.reason.data}" if form.reason.data else "", form.note.data)))
    key = _key_for(words, form.note)
    if words and key is None:
        return invalid(_page(source, agree=form))
    try:
        entry = lunch_service.agree(g.practice, source, form.event_on.data, now=g.now, actor=g.user.id)
    except lunch_service.AlreadyAgreed as one:
        form.event_on.errors = [f"One is agreed for {day_words.day(one.lunch.event_on, g.today)}. Move that one."]
        return invalid(_page(source, agree=form))
    on = day_words.day(form.event_on.data, g.today)
    return _said(source, entry, words, key, f"Agreed for {on}. The preparation is planned.")


def _may_be_agreed(source: Source, form: AgreeForm) -> bool:
    if source.do_not_contact:
        form.event_on.errors = ["They want no contact."]
    elif not form.reason.data and not all(evidence.met for evidence in _trust(source)):
        form.reason.errors = ["The trust for it is not on file yet. Say why it is agreed all the same."]
    return not form.errors


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/moved")
def move_lunch(source_id: int, lunch_id: str) -> ResponseReturnValue:
    source, standing = _agreed(source_id, lunch_id)
    form = MoveForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(source, move=form))
    entry = lunch_service.move(g.practice, source, standing, form.moved_to.data, now=g.now, actor=g.user.id)
    on = day_words.day(form.moved_to.data, g.today)
    return _said(source, entry, "", None, f"Moved to {on}. What is open follows.")


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/held")
def hold_lunch(source_id: int, lunch_id: str) -> ResponseReturnValue:
    source, standing = _agreed(source_id, lunch_id)
    return _ended(source, LunchHeld(source=f"s{source.id}", id=standing.id), "held", standing)


@bp.post("/sources/<int:source_id>/lunch/<lunch_id>/cancelled")
def cancel_lunch(source_id: int, lunch_id: str) -> ResponseReturnValue:
    source, standing = _agreed(source_id, lunch_id)
    return _ended(source, LunchCancelled(source=f"s{source.id}", id=standing.id), "cancelled")


@bp.post("/sources/<int:source_id>/lunch/declined")
def decline_lunch(source_id: int) -> ResponseReturnValue:
    source = queries.get_source(g.practice.id, source_id)
    return _ended(source, LunchDeclined(source=f"s{source.id}"), "declined")


def _agreed(source_id: int, lunch_id: str) -> tuple[Source, Lunch]:
    """Return a source and the lunch agreed with it; raises NotFound for any other."""
    source = queries.get_source(g.practice.id, source_id)
    standing = lunches.agreed(lunch_service.lunches_of(g.practice.id, source.id))
    if standing is None or standing.id != lunch_id:
        raise NotFound
    return source, standing


def _ended(
    source: Source, event: LunchHeld | LunchCancelled | LunchDeclined, how: str, held: Lunch | None = None
) -> ResponseReturnValue:
    form = EndForm(today=g.today, prefix=how)
    if not form.validate_on_submit():
        return invalid(_page(source, **{how: form}))
    words = form.note.data or ""
    key = _key_for(words, form.note)
    if words and key is None:
        return invalid(_page(source, **{how: form}))
    entry = lunch_service.end(g.practice, event, on=form.on.data, now=g.now, actor=g.user.id)
    if held is not None:
        follow_in_ledger(source, held)
    return _said(source, entry, words, key, ENDED[how])


def _key_for(words: str, field: Field) -> Sealer | None:
    """Return what seals a note, if there is one; names the field where the key is missing."""
    try:
        return sealer() if words else None
    except KeyringError:
        field.errors = ["A note is sealed, and the key for that is missing. Log it without one."]
        return None


def _said(source: Source, entry: JournalEntry, words: str, key: Sealer | None, said: str) -> ResponseReturnValue:
    if key is not None:
        journal.add_note(entry, words, key)
    commit()
    flash(said, f"undo:{url_for('outreach.undo', seq=entry.seq)}")
    return redirect(url_for("sources.lunch", source_id=source.id), 303)


def _trust(source: Source) -> tuple[lunches.Evidence, ...]:
    return lunches.trust(pipeline.facts_of(g.practice, {source.id})[source.id])


def _page(source: Source, **forms: Any) -> str:
    known = lunch_service.lunches_of(g.practice.id, source.id)
    standing = lunches.agreed(known)
    trust = _trust(source)
    blank = {how: EndForm(formdata=None, today=g.today, prefix=how, on=g.today) for how in ENDED}
    return render_template(
        "sources/lunch.html",
        source=source,
        lunch=standing,
        earlier=[one for one in known if one is not standing],
        trust=trust,
        trusted=all(evidence.met for evidence in trust),
        agree=forms.get("agree") or AgreeForm(formdata=None, today=g.today),
        move=forms.get("move") or MoveForm(formdata=None, today=g.today, moved_to=standing and standing.event_on),
        ends=blank | {how: form for how, form in forms.items() if how in ENDED},
    )
