"""The composer: a letter as text and as page while it is written, checked and approved."""

import re
from typing import Any

from flask import Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.db import db, writing
from crm.documents import composing, fact_queries, habits, letters, press, queries, service
from crm.documents.draft_views import Draft, as_pdf, as_svg, begun, brief_from, judged, saved
from crm.documents.facts import values
from crm.documents.forms import KeepForm, NewForm, TextForm
from crm.documents.models import Document, DocumentState
from crm.documents.phrases import PHRASES
from crm.documents.review import Review
from crm.sources.queries import get_source
from crm.text import row_id
from crm.web import invalid, is_htmx, sealer

SWAP = re.compile(r"(\d{1,6}):(\d{1,6}):(.{1,200})", re.DOTALL)


def new() -> ResponseReturnValue:
    """Open the letter a task stands for, a letter to somebody, or the choice of what to write."""
    if not (request.args.get("task") or request.args.get("key")):
        return _choice_page(_new_form(row_id(request.args.get("source"))))
    brief = brief_from(request.args)
    if brief.kind.about != "nobody" and brief.client is None:
        form = _new_form(row_id(request.args.get("source")))
        form.key.data = brief.kind.key
        return _choice_page(form)
    if brief.task_key and (earlier := queries.find_draft(g.practice.id, brief.task_key)):
        return redirect(url_for("documents.show", document_id=earlier.id), 303)
    return _composer(begun(brief))


def _choice_page(form: NewForm) -> str:
    return render_template("documents/new.html", form=form)


def _new_form(source_id: int | None = None) -> NewForm:
    source = get_source(g.practice.id, source_id) if source_id else None
    form = NewForm(data={"source_id": source.id, "source_name": source.display_name} if source else None)
    form.key.choices = [
        (kind.key, f"{kind.group}: {kind.full_title}")
        for kind in letters.KINDS.values()
        if kind.leaves and not kind.for_client
    ]
    return form


def choose() -> ResponseReturnValue:
    """Go on from the choice of what to write."""
    form = _new_form()
    if not form.validate_on_submit():
        return invalid(_choice_page(form))
    kind = letters.kind_of(form.key.data)
    if kind.about != "nobody" and not form.client.data:
        form.client.errors = ["This kind of letter is about a client. Write the code, such as C-0142."]
        return invalid(_choice_page(form))
    named = {"key": kind.key, "source": form.source_id.data, "client": form.client.data or None}
    return redirect(url_for("documents.new", **named), 303)


def show(document_id: int) -> ResponseReturnValue:
    document = queries.get_document(g.practice.id, document_id)
    if document.state == DocumentState.APPROVED:
        return redirect(url_for("documents.approved", document_id=document.id), 303)
    return _composer(saved(document))


def new_page() -> ResponseReturnValue:
    """Return the page of a letter that is only begun."""
    return _svg(begun(brief_from(request.args)))


def page(document_id: int) -> ResponseReturnValue:
    """Return the page of a draft as it will print."""
    return _svg(saved(queries.get_document(g.practice.id, document_id)))


def _svg(draft: Draft) -> Response:
    db.session.rollback()  # no transaction is held while it is typeset
    made = press.picture(draft.brief.kind, draft.facts, draft.body.text)
    return as_svg(made.pages[0])


def test_print(document_id: int) -> ResponseReturnValue:
    """Return a draft as PDF, marked as one."""
    return _test_print(saved(queries.get_document(g.practice.id, document_id)))


def new_test_print() -> ResponseReturnValue:
    return _test_print(begun(brief_from(request.args)))


def _test_print(draft: Draft) -> Response:
    db.session.rollback()
    return as_pdf(press.test_print(draft.brief.kind, draft.facts, draft.body.text, at=g.now), "draft.pdf")


def save() -> ResponseReturnValue:
    """Keep what was typed and say what is found; the first word of a letter makes it a draft."""
    form = TextForm()
    draft = _taken(form)
    if not is_htmx():
        return redirect(url_for("documents.show", document_id=_id(draft)), 303)
    response = make_response(_parts(draft, rewrite=draft.body.text != form.text.data))
    response.headers["HX-Replace-Url"] = url_for("documents.show", document_id=_id(draft))
    return response


def _taken(form: TextForm) -> Draft:
    """Save what the composer sent; where that cannot be, the request ends with what was typed and the reason."""
    if not form.validate_on_submit():
        abort(_refused(form))
    try:
        return _keep_text(form)
    except service.Stale as stale:
        abort(_stale(form, stale.document))
    except service.NotADraft:
        flash("This letter is approved already; a correction is a new letter.", "error")
        abort(make_response(redirect(url_for("documents.show", document_id=form.document.data), 303)))


def _keep_text(form: TextForm) -> Draft:
    """Save the text of the composer, with placeholders that are known filled in and a replacement applied."""
    with writing(g.practice.id):
        document = queries.get_document(g.practice.id, form.document.data) if form.document.data else None
        brief = service.brief_of(document) if document else brief_from(request.form)
        facts = fact_queries.gather(g.practice, g.user, brief, sealer=sealer(), today=g.today)
        text = letters.fill(_swapped(form.text.data or "", form.swap.data or ""), values(facts))
        if document is None:
            document = service.add_draft(g.practice, brief, text, sealer=sealer(), now=g.now, actor=g.user.id)
        else:
            service.save_text(document, text, version=form.version.data or 0, sealer=sealer(), now=g.now)
        document_id = document.id
    return saved(queries.get_document(g.practice.id, document_id))


def _swapped(text: str, swap: str) -> str:
    """Replace one finding by the wording somebody clicked on: "start:end:words"."""
    found = SWAP.fullmatch(swap)
    if found is None:
        return text
    start, end = int(found[1]), int(found[2])
    if not 0 <= start < end <= len(text):
        return text
    words = found[3]
    if text[start].isupper() and not text[start:end].isupper():
        words = words[:1].upper() + words[1:]
    return text[:start] + words + text[end:]


def keep(document_id: int) -> ResponseReturnValue:
    """Leave a warning as it is, with a reason."""
    queries.get_document(g.practice.id, document_id)
    form = KeepForm()
    if not form.validate_on_submit():
        flash(" ".join(form.reason.errors or ["That is no longer there."]), "error")
        return redirect(url_for("documents.show", document_id=document_id), 303)
    try:
        with writing(g.practice.id):
            document = queries.get_document(g.practice.id, document_id)
            service.keep_finding(
                g.practice,
                document,
                (form.rule.data, form.start.data),
                form.reason.data,
                sealer=sealer(),
                now=g.now,
                user=g.user,
            )
    except (service.NoSuchWarning, service.NotADraft):
        flash("That is no longer there; look at the text again.", "error")
    return redirect(url_for("documents.show", document_id=document_id), 303)


def approve() -> ResponseReturnValue:
    """Freeze the letter as it stands in the composer."""
    draft = _taken(TextForm())
    document_id = _id(draft)
    try:
        _freeze(draft)
    except service.NotReady as unready:
        return _not_approved(document_id, found=unready.review)
    except (service.NoRelease, service.EnclosureNotReady, service.Stale, service.NotADraft, press.NoFace) as refusal:
        return _not_approved(document_id, _why_not(refusal))
    flash("Approved. Its bytes are frozen; now choose how it leaves.")
    return redirect(url_for("documents.approved", document_id=document_id), 303)


def _freeze(draft: Draft) -> None:
    """Typeset the letter outside any transaction, then approve exactly that version."""
    document_id, version, brief = _id(draft), draft.version, draft.brief
    enclosed = service.enclosed(g.practice, g.user, brief, draft.facts)
    db.session.rollback()
    made = press.typeset(brief.kind, draft.facts, draft.body.text, enclosed, at=g.now)
    with writing(g.practice.id):
        document = queries.get_document(g.practice.id, document_id)
        service.approve(
            g.practice, document, made, draft.facts, version=version, sealer=sealer(), now=g.now, user=g.user
        )


def _why_not(refusal: Exception) -> str:
    match refusal:
        case service.NoRelease():
            return "No valid release lets you tell this recipient about the client. File it on the client’s page first."
        case service.EnclosureNotReady():
            title = letters.kind_of(refusal.key).title
            return f"“{title}” leaves with this letter and is not ready itself. Mend it under Letters first."
        case press.NoFace(where="letterhead"):
            return f"Your letterhead holds “{refusal.char}”, which no typeface has. Change it on the practice page."
        case press.NoFace(where="address"):
            return f"The address holds “{refusal.char}”, which no typeface has. Change it on the source’s page."
        case press.NoFace():
            return f"“{letters.kind_of(refusal.where).title}” holds “{refusal.char}”, which no typeface has."
        case _:
            return "This letter was changed in another window meanwhile. Look at it again."


def _not_approved(document_id: int, why: str = "", found: Review | None = None) -> Response:
    draft = saved(queries.get_document(g.practice.id, document_id))
    return invalid(_composer(draft, found=found, refused=why))


def _id(draft: Draft) -> int:
    assert draft.document is not None  # noqa: S101 - it was saved just now
    return draft.document.id


def _context(draft: Draft, found: Review | None = None) -> dict[str, Any]:
    found = found or judged(draft)
    kind = draft.brief.kind
    if draft.document is not None:
        page_url = url_for("documents.page", document_id=draft.document.id, v=draft.version)
        print_url = url_for("documents.test_print", document_id=draft.document.id)
    else:
        page_url = url_for("documents.new_page", **draft.arguments)
        print_url = url_for("documents.new_test_print", **draft.arguments)
    return {
        "draft": draft,
        "kind": kind,
        "found": found,
        "opening": composing.opening(found),
        "checks": composing.checks(kind, found),
        "tally": composing.tally(found),
        "guarded": habits.GUARDS,
        "pieces": composing.pieces(draft.body.text, found.remarks),
        "page_url": page_url,
        "print_url": print_url,
        "unreleased": draft.brief.needs_release and service.release_for(g.practice, draft.brief, g.now) is None,
    }


def _composer(draft: Draft, *, found: Review | None = None, refused: str = "", typed: str | None = None) -> str:
    form = TextForm(formdata=None, data={"text": draft.body.text if typed is None else typed})
    context = _context(draft, found) | {"form": form, "refused": refused}
    return render_template("documents/compose.html", placeholders=letters.PLACEHOLDERS, phrases=PHRASES, **context)


def _parts(draft: Draft, *, rewrite: bool) -> str:
    return render_template("documents/_checked.html", rewrite=rewrite, **_context(draft))


def _refused(form: TextForm) -> Response:
    """Say what is wrong with a text that cannot be saved; what was typed stays in its field."""
    said = " ".join(message for errors in form.errors.values() for message in errors)
    if is_htmx():
        return invalid(render_template("documents/_not_saved.html", said=said))
    draft = _draft_of(form)
    return invalid(_composer(draft, refused=said, typed=form.text.data or ""))


def _draft_of(form: TextForm) -> Draft:
    if form.document.data:
        return saved(queries.get_document(g.practice.id, form.document.data))
    return begun(brief_from(request.form))


def _stale(form: TextForm, document: Document) -> Response:
    said = "This letter was changed in another window meanwhile. What you typed is still here: copy it, then reload."
    if is_htmx():
        return invalid(render_template("documents/_not_saved.html", said=said), 409)
    draft = saved(queries.get_document(g.practice.id, document.id))
    return invalid(_composer(draft, refused=said, typed=form.text.data or ""), 409)
