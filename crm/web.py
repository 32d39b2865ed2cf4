"""What every page shares: who is asking, what time it is, errors, forms, words for templates."""

import csv
import io
import re
import secrets
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, Response, abort, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from wtforms import DateField, HiddenField, IntegerField, PasswordField, StringField, TextAreaField

from crm import clock
from crm.accounts import sessions
from crm.accounts.models import Practice
from crm.crypto import KeyringError, Sealer, Unreadable
from crm.db import Busy, NotFound, begin_write, db
from crm.front_door import own_path
from crm.journal import service as journal
from crm.outreach import clock_words, day_words
from crm.shell_queries import next_digest, shell_of
from crm.text import clean_line, clean_text, csv_cell

log = structlog.get_logger()
csrf = CSRFProtect()

TYPED_LIMIT = 20_000  # characters; a field's own limit is tighter and has its own message
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# These hash passwords, read long lists or typeset. No transaction is held meanwhile; they begin to write by themselves.
OWN_WRITES = {"security", "setup", "account", "imports", "documents", "rights", "trouble"}
CLASS_WORDS = {
    "post_rehab": "Post-rehab",
    "medical_exercise": "Medical exercise",
    "corrective": "Corrective exercise",
    "maintenance": "Functional maintenance",
}
STATUS_WORDS = {"referred": "Referred", "active": "Active", "paused": "Away", "discharged": "Discharged"}

ERRORS = {
    400: ("That did not fit", "The request was not understood. Go back, reload the page and try again."),
    403: ("Not for this account", "This page or action is not open to you. Ask an owner of your practice."),
    404: ("Not here", "There is nothing at this address, or it is not yours."),
    405: ("Not like that", "This address does not do that. Go back and use the page’s own buttons."),
    413: ("Too large", "That is more than the desk takes in one piece. A list may have up to 5 MB."),
    429: ("Too many tries", "Wait a little, then try again."),
    500: (
        "Something broke",
        "Nothing was saved. Try again; if it happens once more, tell whoever runs this machine the number below.",
    ),
    503: ("Busy for a moment", "Somebody else is saving. Nothing was lost; try again in a few seconds."),
    507: ("The disk is full", "Nothing of this was saved. Make room on this machine’s disk, then send it again."),
}


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form that checks shape only; facts are checked by the service behind it."""

    takes_files = False

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """No control character reaches a field, whichever form it stands in, and no file where words are asked for."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read a sent form and nothing else: neither JSON nor, but where files are taken, a file."""
            taken = super().wrap_formdata(form, formdata)
            return taken if taken is formdata or form.takes_files else request.form or None

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Clean what is typed before anything else looks at it."""
            filters = [*_cleaning(unbound_field.field_class), *unbound_field.kwargs.get("filters", ())]
            return unbound_field.bind(form=form, filters=filters, **options)


def _cleaning(field: type) -> list[Callable[[Any], Any]]:
    if issubclass(field, IntegerField):  # longer than a column, it breaks the validators and the driver
        return [lambda value: value if value is not None and abs(value) < 2**31 else None]
    if issubclass(field, PasswordField) or not issubclass(field, StringField):
        return []
    clean = clean_text if issubclass(field, TextAreaField) else clean_line
    nothing = "" if field in {StringField, TextAreaField, HiddenField} else None  # others read numbers out of words
    return [lambda value: clean(value, TYPED_LIMIT) if isinstance(value, str) else nothing if value is None else value]


class Day(DateField):  # type: ignore[misc]
    """A date within the years the desk knows; one that is none is said in plain words."""

    earliest = 2000
    data: Any
    raw_data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the date and refuse years nobody plans for; whether one is needed, the form's validators say."""
        self.data = None
        if not any(value.strip() for value in valuelist):
            self.raw_data = []  # white space is no answer either
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("This is not a date. Write it as 2026-05-14 or choose it.") from None
        if self.data is not None and not self.earliest <= self.data.year <= 2099:
            self.data = None
            raise ValueError(f"The year must lie between {self.earliest} and 2099.")


class FormKey(HiddenField):  # type: ignore[misc]
    """Names one form as it was shown, so that it is saved once however often it is sent."""

    data: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: str(uuid.uuid4()), **kwargs)

    def pre_validate(self, _form: Any) -> None:
        """Give a form without a usable key a new one, so that it can still be saved once."""
        if not re.fullmatch(r"[0-9a-f-]{36}", self.data or ""):
            self.data = str(uuid.uuid4())


def sealer() -> Sealer:
    """Return what opens and seals client data; raises KeyringError where the key file is missing or wrong."""
    found: Sealer = current_app.extensions["handoff"].sealer()
    return found


def is_htmx() -> bool:
    """Say whether htmx asked, so that a part of the page is enough."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def invalid(page: str, status: int = 422) -> Response:
    """Answer a form that was not accepted: the page as typed, with a status that says so."""
    return make_response(page, status)


def way_back() -> str:
    """Return the own page a form was on; anything that is none becomes the list."""
    return own_path(request.form.get("back", "")) or "/"


def commit() -> None:
    """End the request's unit of work. Only views, jobs and commands call this."""
    db.session.commit()


def _begin() -> None:
    g.request_id = secrets.token_hex(4)
    g.now = current_app.extensions["handoff"].clock()
    if request.method not in SAFE_METHODS and request.blueprint not in OWN_WRITES and request.endpoint:
        begin_write()
    g.user = current_user._get_current_object() if current_user.is_authenticated else None
    g.practice = None
    if g.user is not None:
        if request.method not in SAFE_METHODS and request.blueprint not in OWN_WRITES:
            begin_write(g.user.practice_id)  # before the practice is read: its counters move while one waits
        g.practice = db.session.get(Practice, g.user.practice_id)
        g.today = clock.local_date(g.now, g.practice.time_zone)
    journal.come_from(journal.Where(request.remote_addr or "", sessions.current().mark[:8] if g.user else ""))
    if "\0" in request.path or b"\0" in unquote_to_bytes(request.query_string):
        abort(400)  # no word of ours has it, and PostgreSQL breaks on a question that does


def _finish(response: Response) -> Response:
    if response.status_code == 303 and is_htmx():
        # Followed unseen, the next page would use up what flash() has to say; so the browser goes there itself.
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = 204
        response.set_data(b"")
    return response


def _around() -> dict[str, Any]:
    """Give a page of the desk its counts and the word of the clock; parts answered to htmx need neither."""
    if g.get("practice") is None or is_htmx():
        return {}
    shell = shell_of(g.practice.id, g.today)
    tick, digest = current_app.extensions["handoff"].settings.tick_seconds, next_digest(g.practice, g.user, g.now)
    beat = clock_words.beat(shell.ticked_at, g.now, tick_seconds=tick, leaving=shell.leaving, digest=digest)
    return {"nav_counts": shell.counts, "beat": beat}


def error_page(status: int, detail: str = "", title: str = "") -> Response:
    """Answer with a page that says what happened and what to do, in the words of the status or in own ones."""
    usual, text = ERRORS.get(status, ERRORS[400 if status < 500 else 500])
    # Without the context of other pages, which would ask the database who is signed in: it may be what broke.
    page = current_app.jinja_env.get_template("error.html").render(
        status=status, title=title or usual, text=detail or text, request_id=g.get("request_id", "")
    )
    return make_response(page, status)


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    if error.response is not None or not error.code or error.code < 400:
        return error
    response = error_page(error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _on_missing(_error: NotFound) -> ResponseReturnValue:
    db.session.rollback()
    return error_page(404)


def on_busy(error: Exception) -> ResponseReturnValue:
    """Answer that somebody else has been writing for longer than a person waits."""
    db.session.rollback()
    log.warning("busy", id=g.get("request_id"), endpoint=request.endpoint, kind=type(error).__name__, exc_info=error)
    response = error_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _on_sealed(error: Exception) -> ResponseReturnValue:
    """Answer where a page cannot be shown without the key; everything that needs none works on."""
    db.session.rollback()
    log.error("sealed", id=g.get("request_id"), endpoint=request.endpoint, kind=type(error).__name__)
    return error_page(503, "This page holds what is sealed, and the key file is missing or does not fit. Put it back, "
                       "then reload the page. Lists, tasks and the calendar work without it.")  # fmt: skip


def on_crash(error: Exception) -> ResponseReturnValue:
    """Answer what nobody foresaw, with a number that finds it in the log."""
    db.session.rollback()
    log.error(
        "request_failed", id=g.get("request_id"), endpoint=request.endpoint, kind=type(error).__name__, exc_info=error
    )
    return error_page(500)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    db.session.rollback()
    return error_page(400, "This page had been open for too long, or came from elsewhere. Reload it and try again.")


def install(app: Flask) -> None:
    """Give the application its guards, error pages and template words."""
    csrf.init_app(app)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(NotFound, _on_missing)
    app.register_error_handler(Busy, on_busy)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(KeyringError, _on_sealed)
    app.register_error_handler(Unreadable, _on_sealed)
    app.register_error_handler(Exception, on_crash)
    app.context_processor(_around)
    app.jinja_env.filters.update(
        count_of=lambda n, one, many: day_words.sentence(day_words.count_of(n, one, many)),
        near_day=lambda on: day_words.near_day(on, g.today),
        due_words=lambda on: day_words.due_words(on, g.today),
        exact=day_words.exact,
        number=day_words.number,
    )
    app.jinja_env.globals.update(CLASS_WORDS=CLASS_WORDS, STATUS_WORDS=STATUS_WORDS)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def spreadsheet(name: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> Response:
    """Answer with a table to save as NAME.csv; it opens in any spreadsheet, and no cell is a formula there."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    sent = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=sent)
