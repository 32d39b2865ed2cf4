"""The page that lists every mistake, what keeps it from happening, and how it stands here now."""

from collections.abc import Iterable

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from crm import guards as doors
from crm.accounts.permissions import Permission
from crm.crypto import KeyringError, Sealer, Unreadable
from crm.documents import fact_queries, habits, letters, sample_facts, service, words_service
from crm.documents.fact_queries import Brief
from crm.documents.facts import Facts as WriterFacts
from crm.documents.models import Document, DocumentState
from crm.documents.review import Review
from crm.documents.scope import check
from crm.readiness import guard_queries, on_file_queries
from crm.readiness.guards import GUARDS, Facts, Guard, Row, Standing, State, Writing, state_of
from crm.readiness.outputs import OnFile
from crm.readiness.texts import PAGES
from crm.web import sealer

guards_bp = Blueprint("guards", __name__)
FIRST, REPORTS = "first", "reports"
ENCLOSED = ("overview", "referral-form")
OF_REPORTS = {"PR1", habits.FUNCTION}  # what is asked of a report that has left


@guards_bp.get("/practice/guards", endpoint="index")
def index() -> ResponseReturnValue:
    mine = [guard for guard in GUARDS.values() if doors.may(guard.needs)]
    facts, unread = _facts()
    told = [(guard, state_of(guard, facts)) for guard in mine]
    groups = {guard.group: [one for one in told if one[0].group == guard.group] for guard in mine}
    return render_template("readiness/guards.html", groups=groups, opening=_opening(told), unread=unread)


def _opening(told: list[tuple[Guard, State]]) -> tuple[str, str]:
    tripped = sum(state.standing is Standing.TRIPPED for _guard, state in told)
    if not tripped:
        return "None of these mistakes is being made here.", "Each says what keeps it from happening."
    words = "One of these mistakes is" if tripped == 1 else f"{tripped} of these mistakes are"
    return f"{words} being made here.", "Each says where, and what keeps it from happening."


def _facts() -> tuple[Facts, int]:
    """Return what the guards ask, and how many letters cannot be read; letters are opened only for who may."""
    listed = guard_queries.listed(g.practice, today=g.today)
    on_file = on_file_queries.on_file(g.practice, today=g.today)
    rows, totals = dict(listed.rows), dict(listed.totals)
    writings, unread = [], 0
    if doors.may(Permission.LETTERS):
        rows["package"], totals["package"] = _not_ready(), len(ENCLOSED)
        found, unread = _letters(guard_queries.letters_of(g.practice, today=g.today))
        writings = [*_texts(on_file), *_wordings(), *found]
    return Facts(g.today, on_file, writings, rows, totals), unread


def _texts(on_file: OnFile) -> list[Writing]:
    """Read the practice's own texts."""
    made = []
    for slug, told in on_file.texts.items():
        page, text = PAGES.get(slug), told.text
        if page is None or not page.check or not text:
            continue
        verdict = check(text, "letter", words_service.rules_of(g.practice), fragment=True,
                        licensed=bool(g.user.licence), doctorate=g.user.has_doctorate)  # fmt: skip
        found = {finding.rule for finding in verdict.findings}
        found |= {"block" for finding in verdict.findings if finding.severity == "block"}
        if slug == "bio":
            found |= {remark.rule for remark in habits.papers_first(text, role=g.practice.role_title)}
        if slug == "niche":
            found |= {remark.rule for remark in habits.for_everyone(text)}
        made.append(Writing(Row(page.title, f"/practice/{slug}"), frozenset(found), FIRST if slug == "bio" else ""))
    return made


def _wordings() -> list[Writing]:
    """Read the practice's own wordings, filled with the facts of nobody."""
    made = []
    writer = fact_queries.writer_of(g.practice, g.user)
    for row in guard_queries.own_wordings(g.practice.id):
        kind = letters.KINDS.get(row.key)
        if kind is None:
            continue
        text = letters.fill(row.words, sample_facts.values_for(writer, g.today, kind))
        found = words_service.examine_words(g.practice, g.user, kind, text)
        at = Row(f"{kind.full_title}, wording", f"/documents/templates/{row.key}")
        made.append(Writing(at, _rules(found), FIRST if kind.first_contact else ""))
    return made


def _letters(documents: Iterable[Document]) -> tuple[list[Writing], int]:
    try:
        key = sealer()
    except KeyringError:
        return [], len(list(documents))
    made, unread = [], 0
    for document in documents:
        try:
            made.append(_letter(document, key))
        except Unreadable:
            unread += 1
    return made, unread


def _letter(document: Document, key: Sealer) -> Writing:
    """Read a letter as the composer does; a draft also against the values on file (H15)."""
    brief, body = service.brief_of(document), service.open_body(document, key)
    is_draft = document.state is DocumentState.DRAFT
    facts = fact_queries.gather(g.practice, g.user, brief, sealer=key, today=g.today) if is_draft else None
    release = service.release_for(g.practice, brief, g.now)
    found = words_service.examine(g.practice, g.user, brief, body, sealer=key, release=release, facts=facts)
    about = brief.client.code if brief.client else brief.source.display_name if brief.source else ""
    name = f"{brief.kind.full_title}, {about}" if about else brief.kind.full_title
    at = f"/documents/{document.id}" if is_draft else f"/documents/{document.id}/approved"
    kind = REPORTS if brief.kind.key in guard_queries.REPORTS else FIRST if brief.kind.first_contact else ""
    return Writing(Row(name, at), _rules(found) if is_draft else _rules(found) & OF_REPORTS, kind)


def _rules(found: Review) -> frozenset[str]:
    """Return what stands in the way of a text as it is, by rule; what somebody kept with a reason does not."""
    stops = [remark for remark in found.remarks if remark.stops]
    blocked = {"block" for remark in stops if remark.severity == "block" and remark.is_rule and remark.rule != "H15"}
    return frozenset({remark.rule for remark in stops} | {missing.id for missing in found.missing} | blocked)


def _not_ready() -> list[Row]:
    """Return the papers of the package that may not leave as they are."""
    facts = WriterFacts(g.today, fact_queries.writer_of(g.practice, g.user))
    rows = []
    for name in ENCLOSED:
        kind = letters.kind_of(name)
        text = service.compose(g.practice, Brief(kind), facts)
        if words_service.judge(g.practice, g.user, kind, text).blocked or letters.gaps(text):
            rows.append(Row(kind.title, f"/documents/templates/{name}"))
    return rows
