"""The pages on which a practice says what it is and how it works, each checked while it is typed."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.db import NotFound
from crm.documents import habits, words_service
from crm.documents.review import Remark
from crm.documents.scope import Verdict, check
from crm.readiness import jobs, pitch, queries, service, texts
from crm.readiness.base_views import bp
from crm.readiness.forms import form_for
from crm.readiness.texts import PAGES, FieldKind, Page
from crm.web import BaseForm, commit, invalid


@bp.get("/practice/texts")
def index() -> ResponseReturnValue:
    groups = {page.group: [one for one in PAGES.values() if one.group == page.group] for page in PAGES.values()}
    return render_template("readiness/texts.html", groups=groups, written=queries.texts_of(g.practice.id))


@bp.get("/practice/<slug>")
def text(slug: str) -> ResponseReturnValue:
    page = _known(slug)
    row = queries.find_text(g.practice.id, slug)
    return _page(page, form_for(page)(formdata=None, data=row.slots if row else {}))


@bp.post("/practice/<slug>")
def save(slug: str) -> ResponseReturnValue:
    page = _known(slug)
    form = form_for(page)()
    if not form.validate_on_submit():
        return invalid(_page(page, form))
    slots = _slots(page, form)
    found = _verdict(page, texts.compose(page, slots))
    service.save_text(g.practice, page, slots, blocked=_blocked(found), now=g.now, actor=g.user.id)
    said = "Saved. Letters carry it once nothing is left to replace." if _blocked(found) else "Saved."
    said += jobs.seen_words(g.practice, now=g.now)
    commit()
    flash(said)
    return redirect(url_for("readiness.text", slug=slug), 303)


@bp.post("/practice/<slug>/check")
def check_text(slug: str) -> ResponseReturnValue:
    page = _known(slug)
    return render_template("readiness/_checked.html", **_checked(page, _slots(page, form_for(page)())))


def _known(slug: str) -> Page:
    if slug not in PAGES:
        raise NotFound
    return PAGES[slug]


def _slots(page: Page, form: BaseForm) -> dict[str, Any]:
    """Return what was typed, the niche's empty fields filled with ours."""
    slots = {field.name: form[field.name].data for field in page.fields}
    return texts.filled(slots) if page.slug == "niche" else slots


def _verdict(page: Page, words: str) -> Verdict | None:
    if not page.check or not words:
        return None
    rules = words_service.rules_of(g.practice)
    return check(words, "letter", rules, fragment=True, licensed=bool(g.user.licence), doctorate=g.user.has_doctorate)


def _blocked(found: Verdict | None) -> int:
    return sum(finding.severity == "block" for finding in found.findings) if found else 0


def _checked(page: Page, slots: dict[str, Any]) -> dict[str, Any]:
    words = texts.compose(page, slots)
    found = _verdict(page, words)
    return {
        "page": page,
        "words": words,
        "found": found.findings if found else (),
        "habits": _habits(page, words),
        "reading": _reading(words, found) if page.slug == "pitch" and words else None,
    }


def _habits(page: Page, words: str) -> list[Remark]:
    """Return what the bio and the niche should say otherwise (crm/documents/habits.py)."""
    if page.slug == "bio":
        return habits.papers_first(words, role=g.practice.role_title)
    return habits.for_everyone(words) if page.slug == "niche" else []


def _reading(words: str, found: Verdict | None) -> pitch.Reading:
    conditions = tuple(word for niche in queries.niches_of(g.practice.id) for word in niche.words)
    return pitch.read(words, role=g.practice.role_title, conditions=conditions, blocked=_blocked(found))


def _page(page: Page, form: BaseForm) -> str:
    slots = _slots(page, form)
    return render_template(
        "readiness/text.html", form=form, kinds=FieldKind, **_checked(page, {k: v or "" for k, v in slots.items()})
    )
