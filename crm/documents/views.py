"""The addresses of letters, one row each; and the list of letters."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue, RouteCallable

from crm.db import writing
from crm.documents import (
    composer_views,
    delivery_views,
    draft_views,
    letters,
    paper_views,
    pile_views,
    queries,
    refusal_views,
    service,
    words_views,
)
from crm.documents.models import DocumentState
from crm.text import row_id
from crm.web import sealer

bp = Blueprint("documents", __name__)
public_bp = Blueprint("refusals", __name__)
PAGE = 50
CHANNEL_WORDS = {
    "email": "by e-mail",
    "fax": "by fax",
    "letter": "by post",
    "portal": "through the portal",
    "hand": "by hand",
    "phone": "by phone",
    "visit": "at a visit",
}


def index() -> ResponseReturnValue:
    page = max(1, row_id(request.args.get("page")) or 1)
    return render_template(
        "documents/index.html",
        drafts=queries.page_of(g.practice.id, DocumentState.DRAFT, limit=PAGE),
        approved=queries.page_of(g.practice.id, DocumentState.APPROVED, limit=PAGE, offset=(page - 1) * PAGE),
        page=page,
        pages=max(1, -(-queries.count_of(g.practice.id, DocumentState.APPROVED) // PAGE)),
        kinds=letters.KINDS,
    )


def discard(document_id: int) -> ResponseReturnValue:
    with writing(g.practice.id):
        try:
            service.discard(queries.get_document(g.practice.id, document_id), now=g.now)
        except service.NotADraft:
            abort(400)
    flash("Draft put aside.", f"undo:{url_for('documents.restore', document_id=document_id)}")
    return redirect(url_for("documents.index"), 303)


def restore(document_id: int) -> ResponseReturnValue:
    with writing(g.practice.id):
        try:
            service.restore(queries.get_document(g.practice.id, document_id), now=g.now)
        except service.NotADraft:
            abort(400)
    flash("The draft is back.")
    return redirect(url_for("documents.show", document_id=document_id), 303)


def correct(document_id: int) -> ResponseReturnValue:
    """Begin a correction: a new letter with the same text."""
    with writing(g.practice.id):
        document = queries.get_document(g.practice.id, document_id)
        if document.state != DocumentState.APPROVED:
            abort(400)
        fresh = service.correct(g.practice, document, sealer=sealer(), now=g.now, actor=g.user.id).id
    flash("A new letter with the same text. What was sent stays as it was.")
    return redirect(url_for("documents.show", document_id=fresh), 303)


@bp.app_template_filter("paper_title")
def paper_title(key: str) -> str:
    """Return what a letter or paper is called."""
    return letters.kind_of(key).title


@bp.app_template_filter("channel_words")
def channel_words(channel: str) -> str:
    """Return how something left, in words."""
    return CHANNEL_WORDS[channel]


@bp.app_template_filter("placeholder_words")
def placeholder_words(name: str) -> str:
    """Return what a placeholder stands for."""
    return letters.PLACEHOLDERS[name]


ROW_WORDS = {
    "measurement": "value",
    "goal": "goal",
    "client_sheet": "record",
    "red_flag": "red flag",
    "session_log": "session",
    "referral": "referral",
}


@bp.app_template_filter("row_words")
def row_words(row: str) -> str:
    """Return what a row on file is called."""
    table, _colon, number = row.partition(":")
    return f"{ROW_WORDS[table]} {number}"


@bp.app_template_filter("row_place")
def row_place(row: str, code: str) -> str:
    """Return the page that shows a row on file."""
    table, _colon, number = row.partition(":")
    if table == "measurement":
        return url_for("clients.measures", code=code) + f"#v-{number}"
    if table == "session_log":
        return url_for("clients.sessions", code=code)
    if table == "red_flag":
        return url_for("clients.flag", code=code)
    return url_for("clients.show", code=code) + (f"#g-{number}" if table == "goal" else "#file")


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
ADDRESSES: tuple[tuple[str, str, RouteCallable, tuple[str, ...]], ...] = (
    ("/documents", "index", index, GET),
    ("/documents/new", "new", composer_views.new, GET),
    ("/documents/new", "choose", composer_views.choose, POST),
    ("/documents/new/page.svg", "new_page", composer_views.new_page, GET),
    ("/documents/new/test.pdf", "new_test_print", composer_views.new_test_print, GET),
    ("/documents/text", "save", composer_views.save, POST),
    ("/documents/approve", "approve", composer_views.approve, POST),
    ("/documents/<int:document_id>", "show", composer_views.show, GET),
    ("/documents/<int:document_id>/page.svg", "page", composer_views.page, GET),
    ("/documents/<int:document_id>/test.pdf", "test_print", composer_views.test_print, GET),
    ("/documents/<int:document_id>/refill", "refill", draft_views.refill, POST),
    ("/documents/<int:document_id>/keep", "keep", composer_views.keep, POST),
    ("/documents/<int:document_id>/discard", "discard", discard, POST),
    ("/documents/<int:document_id>/restore", "restore", restore, POST),
    ("/documents/<int:document_id>/correct", "correct", correct, POST),
    ("/documents/<int:document_id>/approved", "approved", delivery_views.approved, GET),
    ("/documents/<int:document_id>/file/<int:position>.pdf", "file", delivery_views.file, GET),
    ("/documents/<int:document_id>/file/<int:position>.png", "file_picture", delivery_views.file_picture, GET),
    ("/documents/<int:document_id>/send", "send", delivery_views.send, POST),
    ("/deliveries/<int:delivery_id>/sent", "mark_sent", delivery_views.mark_sent, POST),
    ("/deliveries/<int:delivery_id>/back", "take_back", delivery_views.take_back, POST),
    ("/deliveries/<int:delivery_id>/cancel", "cancel_delivery", delivery_views.cancel, POST),
    ("/deliveries/<int:delivery_id>/proof", "confirm", delivery_views.confirm, POST),
    ("/clients/<code>/disclosures", "disclosures", delivery_views.disclosures, GET),
    ("/clients/<code>/disclosures.csv", "disclosures_csv", delivery_views.disclosures_csv, GET),
    ("/papers/<key>", "paper", paper_views.paper, GET),
    ("/papers/<key>.svg", "paper_page", paper_views.paper_page, GET),
    ("/papers/<key>.pdf", "paper_pdf", paper_views.paper_pdf, GET),
    ("/sheets/<key>", "sheet", paper_views.sheet, GET),
    ("/sheets/<key>.svg", "sheet_page", paper_views.sheet_page, GET),
    ("/sheets/<key>.pdf", "sheet_pdf", paper_views.sheet_pdf, GET),
    ("/pile", "pile", pile_views.pile, GET),
    ("/pile.pdf", "pile_pdf", pile_views.pile_pdf, GET),
    ("/pile/posted", "posted", pile_views.posted, POST),
    ("/documents/templates", "templates", words_views.templates, GET),
    ("/documents/templates/<key>", "words", words_views.words, BOTH),
    ("/documents/templates/<key>/ours", "ours", words_views.ours, POST),
    ("/documents/templates/<key>/page.svg", "words_page", words_views.words_page, GET),
    ("/documents/rules", "rules", words_views.rules, GET),
    ("/documents/rules/terms", "add_term", words_views.add_term, POST),
    ("/documents/rules/terms/<term_id>/drop", "drop_term", words_views.drop_term, POST),
    ("/documents/rules/<rule>/relax", "relax", words_views.relax, POST),
)
for address, endpoint, view, methods in ADDRESSES:
    bp.add_url_rule(address, endpoint, view, methods=methods)

public_bp.add_url_rule("/u/<token>", "refuse", refusal_views.refuse, methods=BOTH)
