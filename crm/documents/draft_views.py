"""What lies on the desk while a letter is written: its brief, its facts and its text, saved or only begun."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, flash, g, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from crm.clients.models import Client
from crm.clients.queries import get_client_by_code
from crm.db import NotFound, writing
from crm.documents import fact_queries, letters, packet_queries, press, queries, service, words_service
from crm.documents.fact_queries import Brief
from crm.documents.facts import Facts, values
from crm.documents.letters import Kind
from crm.documents.models import Document, DocumentState
from crm.documents.report_words import Line
from crm.documents.review import Body, Review, traced
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import sealer


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter on the desk: saved (`document`) or only begun."""

    brief: Brief
    facts: Facts
    body: Body
    document: Document | None = None

    @property
    def version(self) -> int:
        """Return which version of the text this is; zero before the first save."""
        return self.document.version if self.document else 0

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what an address needs to name the same letter before it is saved."""
        brief = self.brief
        named = {"key": brief.kind.key, "source": brief.source.id if brief.source else None,
                 "client": brief.client.code if brief.client else None, "task": brief.task_key or None}  # fmt: skip
        return {name: value for name, value in named.items() if value}

    @property
    def traced(self) -> tuple[Line, ...]:
        """Return which of its words come from which rows."""
        return traced(self.body.text, self.facts)


def brief_from(given: Any) -> Brief:
    """Read what a letter is about from an address or a form; raises NotFound for what is not of this practice."""
    task_key, source_id, code = given.get("task") or "", given.get("source") or "", given.get("client") or ""
    key = given.get("key") or ""
    if task_key:
        task = fact_queries.get_task(g.practice.id, task_key)
        key, source_id = task.template, task.source_id
        code = fact_queries.code_of(g.practice.id, task.client_id) if task.client_id else ""
    try:
        kind = letters.kind_of(key)
    except letters.UnknownKey:
        raise NotFound from None
    if not kind.is_set:
        raise NotFound
    client = get_client_by_code(g.practice.id, code) if code and kind.about != "nobody" else None
    if kind.for_client:
        return _for_client(kind, client)
    chosen = row_id(str(source_id or ""))
    source = get_source(g.practice.id, chosen) if chosen is not None else None
    return Brief(kind, source, client, task_key)


def _for_client(kind: Kind, client: Client | None) -> Brief:
    """Return the brief of what only the client gets, whatever source was named; where none is made, say why."""
    if client is None:
        raise NotFound
    if why := packet_queries.refusal(g.practice, client, sealer()):
        flash(why, "error")
        abort(make_response(redirect(url_for("clients.criteria", code=client.code), 303)))
    return Brief(kind, None, client)


def begun(brief: Brief) -> Draft:
    facts = fact_queries.gather(g.practice, g.user, brief, sealer=sealer(), today=g.today)
    return Draft(brief, facts, Body(service.compose(g.practice, brief, facts)))


def saved(document: Document) -> Draft:
    brief = service.brief_of(document)
    facts = fact_queries.gather(g.practice, g.user, brief, sealer=sealer(), today=g.today)
    body = service.open_body(document, sealer())
    if document.state == DocumentState.DRAFT:  # a fact that came on file meanwhile stands in its place
        body = replace(body, text=letters.fill(body.text, values(facts)))
    return Draft(brief, facts, body, document)


def judged(draft: Draft) -> Review:
    release = service.release_for(g.practice, draft.brief, g.now)
    made = press.picture(draft.brief.kind, draft.facts, draft.body.text)
    return words_service.examine(
        g.practice, g.user, draft.brief, draft.body, sealer=sealer(), release=release,
        unprintable=made.unprintable, fit=(made.fit.pages, made.fit.lines_free), facts=draft.facts,
    )  # fmt: skip


def refill(document_id: int) -> ResponseReturnValue:
    """Put our wording, with what is on file today, in the place of a draft's text."""
    with writing(g.practice.id):
        document = queries.get_document(g.practice.id, document_id)
        fresh = begun(service.brief_of(document))
        try:
            service.save_text(document, fresh.body.text, version=document.version, sealer=sealer(), now=g.now)
        except service.NotADraft:
            abort(400)
    flash("Filled in with what is on file today.")
    return redirect(url_for("documents.show", document_id=document_id), 303)


def as_pdf(content: bytes, name: str) -> Response:
    """Answer with a PDF to look at or print; its name says what kind of paper it is, never whom it is about."""
    response = make_response(content)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def as_svg(content: bytes) -> Response:
    """Answer with a drawn page."""
    response = make_response(content)
    response.mimetype = "image/svg+xml"
    return response
