"""What one does with a task: done, how the call went, put off, skip, undo. Each is an event in the journal."""

from datetime import date, datetime, timedelta

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from crm import guards
from crm.accounts.models import Practice
from crm.accounts.permissions import Permission
from crm.clients import service as clients
from crm.clients.models import Client
from crm.crypto import KeyringError, Unreadable
from crm.db import NotFound, db
from crm.documents import words_service
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.events import CallMissed, Event, TaskDone, TaskSkipped, TaskSnoozed
from crm.journal.models import JournalEntry
from crm.outreach import circle_queries, digest, kinds, putting_off, task_rows, today_queries
from crm.outreach import service as outreach
from crm.outreach.day_words import day
from crm.outreach.forms import OutcomeForm, SkipForm, SnoozeForm
from crm.outreach.models import Task, TaskStatus
from crm.readiness import plan_service
from crm.web import commit, invalid, is_htmx, sealer, way_back


def open_task(key: str) -> ResponseReturnValue:
    """Open what a task stands for: its letter, its sheet, or the page its work is done on.

    Who may not open that comes to the page of its client or source instead.
    """
    item = today_queries.get_listed(g.practice.id, key).item
    beside = f"/clients/{item.client_code}" if item.client_code else f"/sources/{item.source_id}"
    place = digest.path_of(item)
    return redirect(place if guards.may_follow(place) else beside, 303)


def done(key: str) -> ResponseReturnValue:
    """Tick a task off."""
    task = today_queries.get_task(g.practice.id, key)
    if task.status != TaskStatus.OPEN:
        return _answer(key, "That was done already.")
    if why_not := plan_service.missing(g.practice, key, now=g.now):
        return _answer(key, why_not)
    entry = _record(task, TaskDone(key=key))
    commit()
    return _answer(key, "Done.", entry)


def outcome(key: str) -> ResponseReturnValue:
    """Ask how a call went, and say what follows if it was reached."""
    task = today_queries.get_task(g.practice.id, key)
    if request.method == "GET":
        return _strip(task, OutcomeForm())
    form = OutcomeForm()
    if not form.validate_on_submit():
        return invalid(_strip(task, form))
    if why_not := words_service.why_not_noted(g.practice, form.note.data or ""):
        form.note.errors = [why_not]
        return invalid(_strip(task, form))
    if task.status != TaskStatus.OPEN:
        return _answer(key, "That was done already.")
    entry, said = _log_call(task, form)
    journal.add_note(entry, form.note.data or "", sealer())
    commit()
    return _answer(key, said, entry)


def _log_call(task: Task, form: OutcomeForm) -> tuple[JournalEntry, str]:
    how, is_provider_call = form.outcome.data, task.rule in kinds.PROVIDER_CALLS
    if is_provider_call and how != "reached":
        return _record(task, CallMissed(key=task.key)), "Not reached; the next try is planned."
    if how == "no_answer":
        tomorrow = (g.today + timedelta(days=1)).isoformat()
        return _record(task, TaskSnoozed(key=task.key, to=tomorrow)), "No answer; tomorrow again."
    limits = True if form.limits.data == "yes" else None
    receipt = True if how == "reached" and task.rule in kinds.RECEIPT_ASKED else None
    return _record(task, TaskDone(key=task.key, limits=limits, receipt=receipt)), "Call logged."


def _strip(task: Task, form: OutcomeForm) -> str:
    return render_template(
        "outreach/_strip.html" if is_htmx() else "outreach/outcome.html",
        form=form,
        key=task.key,
        row=_row(task.key),
        asks_limits=task.rule in kinds.PROVIDER_CALLS,
        then=_then(task),
    )


def _then(task: Task) -> tuple[str, str] | None:
    """Ask the engine what follows when this task is done now."""
    circle = circle_queries.circle_around(
        g.practice.id, {task.source_id} if task.source_id else (), {task.client_id} if task.client_id else ()
    )
    payload = {"type": "task_done", "key": task.key, "at": g.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    planned = outreach.preview(g.practice, circle, [payload], today=g.today)
    follow = sorted((t for t in planned if t.trigger == "task_done"), key=lambda t: (t.due, t.key))
    return (kinds.plain(follow[0].rule), day(follow[0].due, g.today)) if follow else None


def snooze(key: str) -> ResponseReturnValue:
    """Put a task off, within its limits."""
    task = today_queries.get_task(g.practice.id, key)
    form = SnoozeForm(data={"to": g.today + timedelta(days=1)}) if request.method == "GET" else _snooze_form(task.due)
    if request.method == "GET":
        return _layer("Put off", "outreach/_snooze.html", form, key)
    if not form.validate_on_submit():
        return invalid(_layer("Put off", "outreach/_snooze.html", form, key))
    if task.status != TaskStatus.OPEN:
        return _answer(key, "That was done already.")
    if not _may_be_asked(task, form):
        return _refused_snooze(form, key)
    before, rule = task.due, task.rule
    reason = "given" if form.reason.data else None
    entry = _record(task, TaskSnoozed(key=key, to=form.to.data.isoformat(), reason=reason))
    listed = today_queries.get_listed(g.practice.id, key)
    if listed.item.due == before:
        db.session.rollback()
        form.to.errors = [putting_off.why_not(rule, before, form.to.data, today=g.today)]
        return _refused_snooze(form, key)
    journal.add_note(entry, form.reason.data or "", sealer())
    commit()
    cut = "; it cannot wait longer" if listed.item.due < form.to.data else ""
    return _answer(key, f"Put off to {day(listed.item.due, g.today)}{cut}.", entry)


def _may_be_asked(task: Task, form: SnoozeForm) -> bool:
    if form.to.data < g.today:
        form.to.errors = ["That day is past. Choose today or a later one."]
    if task.snoozed >= putting_off.WITHOUT_REASON and not form.reason.data:
        form.reason.errors = [putting_off.TWICE]
    return not form.errors


def _snooze_form(due: date) -> SnoozeForm:
    """Read what was asked for. "Next week" is seen from the day it is due, so that it is always later than that."""
    later = max(g.today, due)
    shortcuts = {"tomorrow": g.today + timedelta(days=1), "next_week": later + timedelta(days=7 - later.weekday())}
    to = request.form.get("to", "")
    return SnoozeForm(formdata=MultiDict({"to": shortcuts[to].isoformat()})) if to in shortcuts else SnoozeForm()


def _refused_snooze(form: SnoozeForm, key: str) -> ResponseReturnValue:
    """Answer a refusal: in the dialog where there is one, as a page otherwise."""
    response = invalid(_layer("Put off", "outreach/_snooze.html", form, key))
    if is_htmx():
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#layer", "innerHTML"
    return response


def skip(key: str) -> ResponseReturnValue:
    """Leave a task out, with a reason."""
    task = today_queries.get_task(g.practice.id, key)
    form = SkipForm()
    if request.method == "GET":
        return _layer("Skip", "outreach/_skip.html", form, key)
    if not form.validate_on_submit():
        response = invalid(_layer("Skip", "outreach/_skip.html", form, key))
        if is_htmx():
            response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#layer", "innerHTML"
        return response
    if task.status != TaskStatus.OPEN:
        return _answer(key, "That was done already.")
    entry = _record(task, TaskSkipped(key=key))
    journal.add_note(entry, form.reason.data, sealer())
    commit()
    return _answer(key, "Skipped.", entry)


UNDOABLE = frozenset(
    {"task_done", "task_skipped", "task_snoozed", "call_missed", "manual_task_added", "touch_logged", "step_overridden",
     "source_parked", "source_woken", "package_ready", "reply_received", "source_declined", "education_asked",
     "opt_out", "ll_scheduled", "ll_cancelled", "ll_held", "ll_declined"}
)  # fmt: skip
BOOKED = frozenset({"visit_scheduled", "visit_moved", "visit_cancelled"})


def undo(seq: int) -> ResponseReturnValue:
    """Take an entry back; whatever followed from it goes too."""
    entry = journal_queries.get_entry(g.practice.id, seq)
    client = db.session.get(Client, entry.client_id) if entry.client_id else None
    if entry.type not in UNDOABLE and (client is None or entry.type in {"referral_received", "client_added"}):
        abort(400)
    if entry.type not in UNDOABLE | BOOKED and not guards.may(Permission.RECORD):
        abort(403)
    try:
        take_back(g.practice, entry, now=g.now, actor=g.user.id)
    except journal.AlreadyUndone:
        flash("That was taken back already.")
    else:
        commit()
        flash("Taken back.")
    key = entry.payload.get("key")
    if is_htmx() and key:
        return _fragment(key)
    return redirect(way_back(), 303)


def take_back(practice: Practice, entry: JournalEntry, *, now: datetime, actor: int) -> None:
    """Undo an entry and what followed from it; raises AlreadyUndone. The caller commits."""
    journal.undo(practice, entry, now=now, actor=actor)
    if entry.client_id is not None and (client := db.session.get(Client, entry.client_id)) is not None:
        clients.refresh_status(practice, client)


def _record(task: Task, event: Event) -> JournalEntry:
    return journal.record(
        g.practice, event, now=g.now, actor=g.user.id, source_id=task.source_id, client_id=task.client_id
    )


def _answer(key: str, said: str, entry: JournalEntry | None = None) -> ResponseReturnValue:
    """Say what happened and offer the way back: the row again for htmx, the page for everybody else."""
    flash(said, f"undo:{url_for('outreach.undo', seq=entry.seq)}" if entry else "message")
    if is_htmx():
        return _fragment(key, entry)
    return redirect(way_back(), 303)


def _fragment(key: str, entry: JournalEntry | None = None) -> str:
    try:
        row = _row(key, entry.seq if entry else None)
    except NotFound:
        row = None  # the replay dropped it, as after an undone trigger
    return render_template("outreach/_row.html", row=row)


def _row(key: str, undo_seq: int | None = None) -> task_rows.TaskRow:
    return row_of(today_queries.get_listed(g.practice.id, key), undo_seq)


def row_of(listed: today_queries.Listed, undo_seq: int | None = None) -> task_rows.TaskRow:
    """Put a task into words for the page, a hand-typed one with its own words where the key is here.

    Words about a client are a note: they stay sealed for who reads none.
    """
    words = ""
    if listed.sealed is not None and (listed.item.client_code is None or guards.may(Permission.NOTES)):
        try:
            words = sealer().open(listed.sealed, table="task", row=listed.uuid)["words"]
        except (Unreadable, KeyringError):
            words = "(its words cannot be read)"
    return task_rows.row(listed.item, g.today, words=words, undo_seq=undo_seq)


def _layer(title: str, template: str, form: SnoozeForm | SkipForm, key: str) -> str:
    frame = "outreach/_layer.html" if is_htmx() else "outreach/act.html"
    return render_template(frame, title=title, part=template, form=form, key=key, row=_row(key))
