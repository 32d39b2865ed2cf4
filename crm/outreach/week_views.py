"""Plan the week again: where each late task would go, all of it with one click, and back with one more."""

from datetime import date

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.events import TaskSnoozed
from crm.outreach import circle_queries, manual, putting_off, task_views, today_queries, week_plan
from crm.outreach import service as outreach
from crm.outreach.day_words import count_of, sentence
from crm.outreach.forms import WeekForm
from crm.outreach.today_queries import Listed
from crm.outreach.today_views import URGENT_DAYS, practice_days
from crm.outreach.week_plan import Move
from crm.web import commit, invalid, sealer

MOST = 100  # tasks laid out at once, the oldest


def week() -> ResponseReturnValue:
    """Show where the late tasks would go; put them there."""
    listed = _late()
    moves = _possible(week_plan.spread([one.item for one in listed], *_days()))
    form = WeekForm()
    if request.method == "GET":
        return _page(WeekForm(formdata=None), listed, moves)
    going = [move for move in moves if move.to > g.today]
    if not going:
        flash("Nothing was put off: what is late cannot wait any longer.")
        return redirect(url_for("outreach.today"), 303)
    if not form.validate_on_submit() or _lacks_reason(form, going):
        return invalid(_page(form, listed, moves))
    entries = journal.record_all(g.practice, [_happening(move, form) for move in going], now=g.now, actor=g.user.id)
    for entry in entries:
        journal.add_note(entry, form.reason.data or "", sealer())
    commit()
    undo = url_for("outreach.undo_week", seq=entries[-1].seq)
    flash(sentence(f"{count_of(len(going), 'task is', 'tasks are')} put off, each to its day."), f"undo:{undo}")
    return redirect(url_for("outreach.today"), 303)


def undo_week(seq: int) -> ResponseReturnValue:
    """Take back everything that was put off in one go with this entry."""
    entry = journal_queries.get_entry(g.practice.id, seq)
    if entry.type != TaskSnoozed.type:
        abort(400)
    together = journal_queries.entries_at(g.practice.id, entry.happened_at, {TaskSnoozed.type})
    taken_back = 0
    for one in together:
        if one.actor == entry.actor and not journal_queries.is_undone(g.practice.id, one.seq):
            journal.undo(g.practice, one, now=g.now, actor=g.user.id)
            taken_back += 1
    commit()
    flash("Taken back. The week is as it was." if taken_back else "That was taken back already.")
    return redirect(url_for("outreach.today"), 303)


def _late() -> list[Listed]:
    urgent_until = practice_days().count(g.today, URGENT_DAYS)
    return today_queries.overdue(g.practice.id, g.today, urgent_until, MOST)


def _days() -> tuple[dict[date, int], tuple[date, ...]]:
    """Return what is due on the next working days already, and these days."""
    days = week_plan.days_ahead(g.today, practice_days())
    return today_queries.load(g.practice.id, g.today, days[-1]), days


def _possible(moves: list[Move]) -> list[Move]:
    """Say where each task really goes: an office may be closed that day, a report may not wait so long."""
    of_desk = [move for move in moves if manual.is_of_desk(move.item.key)]
    found = {move.item.key: practice_days().on_or_after(move.to) for move in of_desk}
    found |= _asked([move for move in moves if move not in of_desk])
    return [Move(move.item, max(found.get(move.item.key, g.today), g.today)) for move in moves]


def _asked(moves: list[Move]) -> dict[str, date]:
    """Ask the engine, with everything at once, since what one task does moves others of its office."""
    if not moves:
        return {}
    clients = today_queries.clients_of_tasks(g.practice.id, [move.item.key for move in moves])
    sources = {move.item.source_id for move in moves if move.item.source_id}
    circle = circle_queries.circle_around(g.practice.id, sources, clients)
    at = g.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    events = [_event(move, "given").payload() | {"type": TaskSnoozed.type, "at": at} for move in moves]
    return {task.key: task.due for task in outreach.preview(g.practice, circle, events, today=g.today)}


def _event(move: Move, reason: str | None) -> TaskSnoozed:
    return TaskSnoozed(key=move.item.key, to=move.to.isoformat(), reason=reason)


def _happening(move: Move, form: WeekForm) -> journal.Happening:
    task = today_queries.get_task(g.practice.id, move.item.key)
    event = _event(move, "given" if form.reason.data else None)
    return journal.Happening(event, at=g.now, source_id=task.source_id, client_id=task.client_id)


def _lacks_reason(form: WeekForm, going: list[Move]) -> bool:
    if not form.reason.data and any(move.item.snoozed >= putting_off.WITHOUT_REASON for move in going):
        form.reason.errors = ["Something here was put off twice before. Say why this time."]
    return bool(form.errors)


def _page(form: WeekForm, listed: list[Listed], moves: list[Move]) -> str:
    rows = {one.item.key: task_views.row_of(one) for one in listed}
    going = sum(move.to > g.today for move in moves)
    first, rest = week_plan.opening(len(moves), going)
    return render_template(
        "outreach/week.html",
        form=form,
        first=first,
        rest=rest,
        going=going,
        days=[(day, [rows[move.item.key] for move in of]) for day, of in week_plan.by_day(moves)],
        needs_reason=any(move.item.snoozed >= putting_off.WITHOUT_REASON for move in moves if move.to > g.today),
    )
