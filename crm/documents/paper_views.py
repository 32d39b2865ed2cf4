"""Standing papers and the sheets for calls and visits: composed from what is on file, looked at and printed."""

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.db import NotFound, db
from crm.documents import composing, letters, press
from crm.documents.draft_views import Draft, as_pdf, as_svg, begun, brief_from, judged
from crm.documents.fact_queries import Brief
from crm.documents.review import Body

PAPERS = ("overview", "referral-form", "sample-report", "practice-standards", "exercise-protocol")


def _paper(key: str) -> Draft:
    if key not in PAPERS:
        raise NotFound
    return begun(Brief(letters.kind_of(key)))


def paper(key: str) -> ResponseReturnValue:
    """Show a standing paper and whether it may leave as it stands."""
    draft = _paper(key)
    found = judged(draft)
    return render_template(
        "documents/paper.html",
        kind=draft.brief.kind,
        found=found,
        opening=composing.opening(found),
        checks=composing.checks(draft.brief.kind, found),
        page_url=url_for("documents.paper_page", key=key),
        pdf_url=url_for("documents.paper_pdf", key=key),
    )


def paper_page(key: str) -> ResponseReturnValue:
    return _page(_paper(key))


def paper_pdf(key: str) -> ResponseReturnValue:
    return _pdf(_paper(key))


def sheet(key: str) -> ResponseReturnValue:
    """Show a sheet for a call or a visit, for the task in the address."""
    draft = _sheet(key)
    task = draft.brief.task_key
    return render_template(
        "documents/sheet.html",
        kind=draft.brief.kind,
        brief=draft.brief,
        page_url=url_for("documents.sheet_page", **draft.arguments),
        pdf_url=url_for("documents.sheet_pdf", **draft.arguments),
        outcome_url=url_for("outreach.outcome", key=task) if task else "",
    )


def sheet_page(key: str) -> ResponseReturnValue:
    return _page(_sheet(key))


def sheet_pdf(key: str) -> ResponseReturnValue:
    return _pdf(_sheet(key))


def _sheet(key: str) -> Draft:
    brief = brief_from({**request.args.to_dict(), "key": key})
    if brief.kind.frame != "sheet":
        raise NotFound
    draft = begun(brief)
    # A sheet goes to the phone as it is: where a fact is not on file there is room to write.
    return Draft(brief, draft.facts, Body(letters.PLACEHOLDER.sub("____________", draft.body.text)))


def _page(draft: Draft) -> ResponseReturnValue:
    db.session.rollback()
    return as_svg(press.picture(draft.brief.kind, draft.facts, draft.body.text).pages[0])


def _pdf(draft: Draft) -> ResponseReturnValue:
    db.session.rollback()
    kind = draft.brief.kind
    return as_pdf(press.test_print(kind, draft.facts, draft.body.text, at=g.now), f"{kind.key}.pdf")
