"""Sessions: logged on a phone in a minute, read again, written afterwards."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.clients import opened_queries, queries, record_queries, session_service
from crm.clients.client_page_views import ClientFile, open_file
from crm.clients.models import Client
from crm.clients.record_models import Attendance, SessionLog
from crm.clients.session_forms import SessionForm
from crm.clients.session_service import SessionDetails
from crm.clients.vitals import Reminder, Words, reminders
from crm.crypto import Unreadable
from crm.outreach import day_words
from crm.web import commit, invalid, sealer

SHOWN = 60


def new(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    return _page(client, SessionForm(today=g.today, held_on=g.today))


def _page(client: Client, form: SessionForm, row: SessionLog | None = None) -> str:
    file = open_file(client)
    earlier = record_queries.sessions_of(g.practice.id, client.id, limit=2)
    last = next((session for session in earlier if row is None or session.id != row.id), None)
    return render_template(
        "clients/session.html",
        client=client,
        file=file,
        form=form,
        row=row,
        last=last,
        last_words=read_words(last),
        against=session_service.stands_against(g.practice, client) if row is None else "",
        reminders=_reminders(file, form),
    )


def _reminders(file: ClientFile, form: SessionForm) -> list[tuple[str, Reminder]]:
    if file.health is None:
        return []
    return [
        (when, reminder)
        for when in ("before", "after")
        for reminder in reminders(form.vitals(when), file.health.limits)
    ]


def check(code: str) -> ResponseReturnValue:
    """Show what passes a limit while readings are typed. Saves nothing."""
    client = queries.get_client_by_code(g.practice.id, code)
    form = SessionForm(today=g.today)
    form.validate()
    return render_template("clients/_reminders.html", reminders=_reminders(open_file(client), form))


def save(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    form = SessionForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, form))
    details = SessionDetails(
        form.held_on.data, Attendance(form.attendance.data), _words(form), form.form_key.data,
        later=form.later.data, reason=form.reason.data or "",
    )  # fmt: skip
    try:
        row = session_service.log_session(g.practice, client, details, sealer=sealer(), now=g.now, actor=g.user.id)
    except session_service.AlreadyLogged:
        return redirect(url_for("clients.show", code=code), 303)
    except session_service.NeedsReason as needed:
        form.reason.errors = [f"{needed.why} Say why the session was held all the same."]
        return invalid(_page(client, form))
    commit()
    _say(client, form, row)
    return redirect(url_for("clients.show", code=code), 303)


def _words(form: SessionForm) -> Words:
    return Words(
        form.vitals("before"), form.vitals("after"),
        form.done.data or "", form.response.data or "", form.modification.data or "", form.plan.data or "",
    )  # fmt: skip


def _say(client: Client, form: SessionForm, row: SessionLog) -> None:
    undo = f"undo:{url_for('outreach.undo', seq=row.entry_seq)}"
    said = "The session is logged." if row.attendance is Attendance.ATTENDED else "Noted: no session."
    found = _reminders(open_file(client), form)
    if found:
        flash("A reading passed a limit on file. Where it was more than that, raise a red flag.", "error")
    flash(f"{said} Its log waits for you." if form.later.data else said, undo)


def index(code: str) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    rows = record_queries.sessions_of(g.practice.id, client.id, limit=SHOWN)
    return render_template("clients/sessions.html", client=client, sessions=[(row, read_words(row)) for row in rows])


def show(code: str, session_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    row = record_queries.get_session(g.practice.id, client.id, session_id)
    words = opened_queries.open_words(row, sealer())
    form = SessionForm(
        formdata=None, today=g.today, held_on=row.held_on, attendance=row.attendance.value, done=words.done,
        response=words.response, modification=words.modification, plan=words.plan,
        **{f"{when}_{name}": value for when in ("before", "after") for name, value in _read(getattr(words, when))},
    )  # fmt: skip
    return _page(client, form, row)


def _read(vitals: Any) -> list[tuple[str, int | None]]:
    return [(name, getattr(vitals, name)) for name in vitals.__slots__]


def write(code: str, session_id: int) -> ResponseReturnValue:
    client = queries.get_client_by_code(g.practice.id, code)
    row = record_queries.get_session(g.practice.id, client.id, session_id)
    form = SessionForm(today=g.today)
    if not form.validate_on_submit():
        return invalid(_page(client, form, row))
    session_service.write_log(g.practice, client, row, _words(form), sealer=sealer(), now=g.now, actor=g.user.id)
    commit()
    flash(f"The log of {day_words.day(row.held_on, g.today)} is written.")
    return redirect(url_for("clients.show", code=code), 303)


def read_words(row: SessionLog | None) -> Words | None:
    """Return what was written about a session; None where there is none or it cannot be read."""
    if row is None:
        return None
    try:
        return opened_queries.open_words(row, sealer())
    except Unreadable:
        return None


ROWS = (
    ("/clients/<code>/sessions", index, "sessions", "GET"),
    ("/clients/<code>/sessions/new", new, "new_session", "GET"),
    ("/clients/<code>/sessions", save, "log_session", "POST"),
    ("/clients/<code>/sessions/check", check, "check_session", "POST"),
    ("/clients/<code>/sessions/<int:session_id>", show, "session", "GET"),
    ("/clients/<code>/sessions/<int:session_id>", write, "write_session", "POST"),
)
