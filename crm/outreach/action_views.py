"""What the links of a digest open. Public: the signed token is the proof, for one act on one task, and no sign-in.

Reading changes nothing, however often a mail scanner looks; the button posts, and a link acts once. It needs no
token of a form beside its own: who has the address could open the page and press the button anyway.
"""

from dataclasses import dataclass
from datetime import date

from flask import current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from crm.accounts.models import Practice, User
from crm.db import begin_write, db
from crm.journal import queries as journal_queries
from crm.journal import service as journal
from crm.journal.events import Event, TaskDone, TaskSnoozed
from crm.journal.models import JournalEntry
from crm.outreach import action_links, kinds, putting_off, task_views, today_queries
from crm.outreach.action_links import UNDO_FOR, Act, ActionLink, Seal
from crm.outreach.day_words import day
from crm.outreach.models import ActionUse, Task, TaskStatus
from crm.outreach.workdays import calendar_of
from crm.readiness import plan_service
from crm.throttle_pages import count_wrong
from crm.web import commit, csrf


@dataclass(frozen=True, slots=True)
class Asked:
    """A link that is ours and still good: what it is about, and its use if it was used."""

    link: ActionLink
    token: str
    user: User
    practice: Practice
    task: Task | None
    used: ActionUse | None


@csrf.exempt  # type: ignore[untyped-decorator]
def act(token: str) -> ResponseReturnValue:
    """Ask on GET, act on POST."""
    asked = _asked(token)
    if asked is None:
        return refused()
    if asked.used is not None:
        return _used(asked, asked.used)
    assert asked.task is not None  # noqa: S101 - an unused link has its task
    if request.method != "POST":
        return _ask(asked, asked.task)
    return _done(asked, asked.task) if asked.link.act == Act.DONE else _put_off(asked, asked.task)


@csrf.exempt  # type: ignore[untyped-decorator]
def undo(token: str) -> ResponseReturnValue:
    """Take back what a link did, for ten minutes."""
    asked = _asked(token)
    if asked is None or asked.used is None:
        return refused()
    if g.now - asked.used.used_at > UNDO_FOR:
        return _page("Too late to take it back here", "Ten minutes are over. Sign in to change it.")
    entry = journal_queries.get_entry(asked.practice.id, asked.used.entry_seq or 0)
    try:
        task_views.take_back(asked.practice, entry, now=g.now, actor=asked.user.id)
    except journal.AlreadyUndone:
        return _used(asked, asked.used)
    commit()
    return _page("Taken back", "Everything is as it was before.")


def refused() -> ResponseReturnValue:
    """Say the same of every link that does not work, whatever the reason; it counts on the network it came from."""
    count_wrong("link")
    return make_response(
        _page(
            "This link does not work any more",
            "It may be older than three days, or the task has changed since. Nothing was changed now. "
            "Sign in and do it from the list.",
        ),
        404,
    )


def _asked(token: str) -> Asked | None:
    """Find what a token is about; on POST as the beginning of a writing transaction."""
    link = action_links.read(token)
    user = db.session.get(User, link.user_id) if link else None
    if link is None or user is None or not user.active or link.is_over(g.now):
        return None
    if request.method == "POST":
        begin_write(user.practice_id)
    used = db.session.get(ActionUse, action_links.hash_of(token))
    entry = db.session.get(JournalEntry, used.entry_seq) if used and used.entry_seq else None
    task = db.session.scalar(select(Task).where(Task.practice_id == user.practice_id, Task.id == link.task_id))
    key = entry.payload["key"] if entry else task.key if task else ""
    seals = [Seal(secret, user.fs_uniquifier) for secret in current_app.config["SIGNING_KEYS"]]
    if not action_links.is_ours(token, link, key, seals):
        return None
    if used is None and (task is None or task.revision != link.revision or task.status != TaskStatus.OPEN):
        return None
    return Asked(link, token, user, db.session.get_one(Practice, user.practice_id), task, used)


def _ask(asked: Asked, task: Task) -> str:
    name = _name(asked, task)
    if asked.link.act == Act.DONE:
        return _page("Is it done?", f"Mark “{name}” done?", button="Mark it done")
    until = day(_later(asked, task), _today(asked))
    return _page("Put it off?", f"Put “{name}” off to {until}?", button="Put it off")


def _done(asked: Asked, task: Task) -> ResponseReturnValue:
    name = _name(asked, task)
    if why_not := plan_service.missing(asked.practice, task.key, now=g.now):
        return _page("Not done", why_not)
    _use(asked, task, TaskDone(key=task.key))
    commit()
    return _page("Done", f"“{name}” is done.", undo_url=_undo_url(asked))


def _put_off(asked: Asked, task: Task) -> ResponseReturnValue:
    """Put a task off by the engine's own rules; it says why where that cannot be."""
    name, before, rule, to = _name(asked, task), task.due, task.rule, _later(asked, task)
    if task.snoozed >= putting_off.WITHOUT_REASON:
        return _page("Not put off", f"{putting_off.TWICE} Sign in to do so.")
    _use(asked, task, TaskSnoozed(key=task.key, to=to.isoformat()))
    due = db.session.scalar(select(Task.due).where(Task.practice_id == asked.practice.id, Task.key == task.key))
    if due is None or due == before:
        today = _today(asked)
        db.session.rollback()
        return refused() if due is None else _page("Not put off", putting_off.why_not(rule, before, to, today=today))
    commit()
    return _page("Put off", f"“{name}” is put off to {day(due, _today(asked))}.", undo_url=_undo_url(asked))


def _use(asked: Asked, task: Task, event: Event) -> None:
    """Record the act and that the link is used, as one unit."""
    entry = journal.record(
        asked.practice, event, now=g.now, actor=asked.user.id, source_id=task.source_id, client_id=task.client_id
    )
    mark = ActionUse(
        token_hash=action_links.hash_of(asked.token), user_id=asked.user.id, used_at=g.now, entry_seq=entry.seq
    )
    db.session.add(mark)
    db.session.flush()


def _used(asked: Asked, used: ActionUse) -> str:
    if journal_queries.is_undone(asked.practice.id, used.entry_seq or 0):
        return _page("Taken back already", "This link was used, and what it did was taken back.")
    undo_url = _undo_url(asked) if g.now - used.used_at <= UNDO_FOR else ""
    return _page(
        "Already done", "This link was used before; it works once. Nothing was changed now.", undo_url=undo_url
    )


def _name(asked: Asked, task: Task) -> str:
    item = today_queries.get_listed(asked.practice.id, task.key).item
    return kinds.label(item.rule, source=item.source_name, client=item.client_code, manual_kind=item.manual_kind)


def _later(asked: Asked, task: Task) -> date:
    return putting_off.one_day_on(task.due, _today(asked), calendar_of(asked.practice.closed_days))


def _today(asked: Asked) -> date:
    return asked.practice.local(g.now)


def _undo_url(asked: Asked) -> str:
    return url_for("public.undo_action", token=asked.token)


def _page(title: str, said: str, *, button: str = "", undo_url: str = "") -> str:
    return render_template("outreach/action.html", title=title, said=said, button_word=button, undo_url=undo_url)
