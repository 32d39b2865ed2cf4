"""What reading and being refused leave in the log: a trace in a short transaction of its own, after the page is made.

A page is never kept from anybody because its trace could not be written; then the same words go to the process's log.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError

from crm.accounts.models import Practice
from crm.db import Busy, Damaged, db, writing
from crm.journal import access_service as access
from crm.journal.access_acts import (
    Access,
    AccessRefused,
    ClientViewed,
    DocumentPrinted,
    DocumentViewed,
    ListExported,
)

log = structlog.get_logger()
PATIENCE = 1.0  # seconds
SEEN_AGAIN = timedelta(minutes=15)
AT_ONCE = timedelta(0)
REFUSED_AGAIN = timedelta(minutes=1)  # somebody who hammers at a door is told once a minute
SHOWN = {200, 422}  # a page, or a form that came back with what is on file around it
REFUSED = {401, 403, 404}
PRINTED = {
    "documents.pile_pdf", "documents.paper_pdf", "documents.sheet_pdf", "documents.test_print",
    "documents.new_test_print", "documents.file",
}  # fmt: skip
EXPORTED = {"documents.disclosures_csv", "log.as_csv", "imports.refused"}


def install(app: Flask) -> None:
    """Leave traces of every answer."""
    app.after_request(_leave_traces)


def shows_clients(codes: Iterable[str]) -> None:
    """Say that this page shows what is on file about clients that its address does not name."""
    g.shown_clients = sorted(set(codes))


def prints(document_ids: Iterable[int]) -> None:
    """Say which papers this answer holds, where its address does not name them."""
    g.printed = sorted(set(document_ids))


def _leave_traces(response: Response) -> Response:
    user = g.get("user")
    if user is None or request.endpoint is None:
        if response.status_code in REFUSED:
            log.warning("refused", status=response.status_code, endpoint=request.endpoint, ip=request.remote_addr or "")
        return response
    if traces := list(_traces(response)):
        _write(traces, g.practice.id, user.id)
    return response


def _traces(response: Response) -> Iterable[tuple[Access, timedelta]]:
    endpoint, given = request.endpoint or "", request.view_args or {}
    if response.status_code in REFUSED:
        yield AccessRefused(place=endpoint, status=response.status_code), REFUSED_AGAIN
    if response.status_code not in SHOWN:
        return
    code, document = given.get("code"), given.get("document_id")
    for one in g.get("shown_clients", [code] if code else []):
        yield ClientViewed(client=one), SEEN_AGAIN
    if document is not None:
        yield DocumentViewed(document=document), SEEN_AGAIN
    if endpoint in PRINTED:
        for one in g.get("printed") or [document]:
            yield DocumentPrinted(place=endpoint, document=one), AT_ONCE
    if endpoint in EXPORTED:
        yield ListExported(place=endpoint, client=code), AT_ONCE


def _write(traces: list[tuple[Access, timedelta]], practice_id: int, user_id: int) -> None:
    try:
        with writing(practice_id, patience=PATIENCE):
            practice = db.session.get_one(Practice, practice_id)
            for event, within in traces:
                access.note_once(practice, event, now=g.now, within=within, user_id=user_id)
    except (Busy, Damaged, OperationalError, OSError) as error:
        for event, _within in traces:
            log.error("not_in_the_log", act=event.type, user=user_id, kind=type(error).__name__, **event.payload())
