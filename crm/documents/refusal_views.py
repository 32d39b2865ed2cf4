"""One click by which an office refuses more letters (RFC 8058). Public: the token is all it needs."""

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.accounts import queries as accounts
from crm.db import NotFound, begin_write
from crm.documents.refusals import Refusal, read_token
from crm.journal import service as journal
from crm.journal.events import OptOut
from crm.sources.queries import get_source
from crm.throttle_pages import count_wrong
from crm.web import commit, csrf


@csrf.exempt  # type: ignore[untyped-decorator]
def refuse(token: str) -> ResponseReturnValue:
    """Ask on GET, act on POST; a mail program posts by itself. A foreign token gets the same page."""
    wanted = read_token(token, secret=current_app.config["SECRET_KEY"]) if len(token) <= 200 else None
    if wanted is None:
        count_wrong("unsubscribe")
    elif request.method == "POST":
        _record(wanted)
    return render_template("documents/refuse.html", done=request.method == "POST")


def _record(wanted: Refusal) -> None:
    begin_write(wanted.practice_id)
    try:
        practice = accounts.only_practice(wanted.practice_id)
        source = get_source(practice.id, wanted.source_id)
    except NotFound:
        return
    if not source.do_not_contact:
        journal.record(practice, OptOut(source=f"s{source.id}"), now=g.now)
    commit()
