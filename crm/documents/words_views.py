"""Templates: our wording, the practice's own, the two side by side, and the rules every text is held against."""

import difflib

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.db import NotFound, db, writing
from crm.documents import letters, press, queries, sample_facts, words_service
from crm.documents.draft_views import as_svg
from crm.documents.fact_queries import writer_of
from crm.documents.facts import Facts
from crm.documents.forms import TermForm, WordsForm
from crm.documents.letters import Kind
from crm.documents.scope import BrokenRules
from crm.web import invalid


def templates() -> ResponseReturnValue:
    return render_template(
        "documents/templates.html",
        groups=_groups(),
        own=queries.keys_with_own_words(g.practice.id),
    )


def _groups() -> dict[str, list[Kind]]:
    """Return the templates by group, in the order of the file."""
    groups: dict[str, list[Kind]] = {}
    for kind in letters.KINDS.values():
        if kind.is_set:
            groups.setdefault(kind.group or "Papers and sheets", []).append(kind)
    return groups


def words(key: str) -> ResponseReturnValue:
    """Show and change the wording a letter begins with."""
    kind = _kind(key)
    current = words_service.words_for(g.practice.id, key)
    form = WordsForm(data={"words": current})
    if request.method == "GET":
        return _page(kind, form, current)
    if not form.validate_on_submit():
        return invalid(_page(kind, form, current))
    unknown = [gap.name for gap in letters.gaps(form.words.data) if not gap.known]
    if unknown:
        form.words.errors = [
            f"The desk knows no {{{{{unknown[0]}}}}}. Choose a fact from the list, or write the words."
        ]
        return invalid(_page(kind, form, current))
    with writing(g.practice.id):
        words_service.save_words(g.practice, key, form.words.data, now=g.now, actor=g.user.id)
    flash("Saved. New letters begin with your wording; letters begun before keep theirs.")
    return redirect(url_for("documents.words", key=key), 303)


def ours(key: str) -> ResponseReturnValue:
    """Go back to our wording."""
    kind = _kind(key)
    with writing(g.practice.id):
        words_service.save_words(g.practice, kind.key, letters.our_words(kind.key), now=g.now, actor=g.user.id)
    flash("New letters begin with our wording again.")
    return redirect(url_for("documents.words", key=key), 303)


def words_page(key: str) -> ResponseReturnValue:
    """Return a template as a page, its facts filled with those of nobody."""
    kind = _kind(key)
    text = letters.fill(words_service.words_for(g.practice.id, key), _example(kind))
    facts = Facts(g.today, writer_of(g.practice, g.user), recipient=sample_facts.RECIPIENT)
    db.session.rollback()
    return as_svg(press.picture(kind, facts, text).pages[0])


def rules() -> ResponseReturnValue:
    """Show the rules of the scope check, what of them this practice made lighter, and its own terms."""
    return _rules_page(TermForm(formdata=None))


def _rules_page(form: TermForm) -> str:
    return render_template(
        "documents/rules.html",
        rules=words_service.rules().rules,
        relaxed=set(g.practice.scope_relaxed),
        terms=g.practice.scope_terms,
        form=form,
    )


def add_term() -> ResponseReturnValue:
    form = TermForm()
    if not form.validate_on_submit():
        return invalid(_rules_page(form))
    try:
        with writing(g.practice.id):
            words_service.add_term(g.practice, form.words.data, form.severity.data, now=g.now, actor=g.user.id)
    except BrokenRules:
        form.words.errors = ["This cannot be looked for. Write a word or a short phrase."]
        return invalid(_rules_page(form))
    flash("Added. The next check looks for it.")
    return redirect(url_for("documents.rules"), 303)


def drop_term(term_id: str) -> ResponseReturnValue:
    with writing(g.practice.id):
        words_service.drop_term(g.practice, term_id, now=g.now, actor=g.user.id)
    flash("The check no longer looks for it.")
    return redirect(url_for("documents.rules"), 303)


def relax(rule: str) -> ResponseReturnValue:
    """Make a warning lighter, or as it was; a rule that stops a letter stays as it is."""
    lighter = request.form.get("lighter") == "yes"
    try:
        with writing(g.practice.id):
            words_service.relax(g.practice, rule, lighter=lighter, now=g.now, actor=g.user.id)
    except BrokenRules:
        abort(400)
    flash("It is only noted from now on." if lighter else "It asks for a reason again.")
    return redirect(url_for("documents.rules"), 303)


def _kind(key: str) -> Kind:
    try:
        kind = letters.kind_of(key)
    except letters.UnknownKey:
        raise NotFound from None
    if not kind.is_set:
        raise NotFound
    return kind


def _example(kind: Kind) -> dict[str, str]:
    return sample_facts.values_for(writer_of(g.practice, g.user), g.today, kind)


def _page(kind: Kind, form: WordsForm, current: str) -> str:
    our = letters.our_words(kind.key)
    found = words_service.examine_words(g.practice, g.user, kind, letters.fill(form.words.data or "", _example(kind)))
    return render_template(
        "documents/words.html",
        kind=kind,
        form=form,
        found=found,
        is_own=current != our,
        lines=[(line[0], line[2:]) for line in difflib.ndiff(our.split("\n"), current.split("\n")) if line[0] != "?"],
        placeholders=letters.PLACEHOLDERS,
    )
