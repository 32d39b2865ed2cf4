"""Letters from first draft to frozen bytes. Typesetting happens outside any transaction; these steps only write."""

import hashlib
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from crm.accounts.models import Practice, User
from crm.clients.models import Release
from crm.crypto import Sealer
from crm.db import db
from crm.documents import letters, queries
from crm.documents.fact_queries import Brief
from crm.documents.facts import Facts, values
from crm.documents.models import Document, DocumentFile, DocumentState
from crm.documents.press import Typeset
from crm.documents.report_words import Line
from crm.documents.review import Body, Kept, Review, sentence_around, traced
from crm.documents.words_service import examine, judge, rules, words_for
from crm.journal import service as journal
from crm.journal.acts import DocumentApproved, FindingKept
from crm.journal.events import PackageReady
from crm.outreach import task_queries

TABLE, FILES = "document", "document_file"


class Stale(Exception):  # noqa: N818
    """Somebody changed the letter meanwhile; `document` is how it stands now."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.id)
        self.document = document


class NotADraft(Exception):  # noqa: N818
    """What is approved never changes: a correction is a new letter."""


class NoSuchWarning(Exception):  # noqa: N818
    """The rule warns of nothing in this text that could be kept."""


class NotReady(Exception):  # noqa: N818
    """Something stands in the way of approval; `review` says what."""

    def __init__(self, found: Review) -> None:
        super().__init__(found.stops)
        self.review = found


class EnclosureNotReady(Exception):  # noqa: N818
    """A paper that leaves with the letter has findings or gaps; `key` says which."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NoRelease(Exception):  # noqa: N818
    """No valid release covers this recipient today (H3)."""


def brief_of(document: Document) -> Brief:
    """Return what a saved letter is about."""
    return Brief(letters.kind_of(document.key), document.source, document.client, document.task_key)


def compose(practice: Practice, brief: Brief, facts: Facts) -> str:
    """Return the text of a new letter: the wording with what is known filled in."""
    return letters.fill(words_for(practice.id, brief.kind.key), values(facts))


def enclosed(practice: Practice, user: User, brief: Brief, facts: Facts) -> list[tuple[str, str]]:
    """Return the papers that leave with a letter, key and text. Raises EnclosureNotReady for one that may not leave."""
    papers = []
    for key in brief.kind.enclosures:
        kind = letters.kind_of(key)
        text = compose(practice, Brief(kind), replace(facts, recipient=None, about=None, referred=None))
        verdict = judge(practice, user, kind, text)
        if verdict.blocked or letters.gaps(text):
            raise EnclosureNotReady(key)
        papers.append((key, text))
    return papers


def open_body(document: Document, sealer: Sealer) -> Body:
    """Open a letter's text. Raises Unreadable."""
    opened = sealer.open(document.sealed, table=TABLE, row=document.uuid)
    made_of = (Line(line["placeholder"], line["text"], tuple(line["rows"])) for line in opened.get("traced", ()))
    return Body(opened["text"], tuple(Kept(**kept) for kept in opened.get("kept", ())), tuple(made_of))


def _seal(document: Document, body: Body, sealer: Sealer) -> None:
    held: dict[str, Any] = {"text": body.text, "kept": [asdict(kept) for kept in body.kept]}
    if body.traced:
        held["traced"] = [asdict(line) for line in body.traced]
    document.sealed = sealer.seal(held, table=TABLE, row=document.uuid)


def release_for(practice: Practice, brief: Brief, now: datetime) -> Release | None:
    """Return the release that lets this recipient read about this client today, if there is one."""
    if brief.client is None or brief.source is None:
        return None
    return queries.find_valid_release(practice.id, brief.client.id, brief.source.id, practice.local(now))


def add_draft(
    practice: Practice,
    brief: Brief,
    text: str,
    *,
    sealer: Sealer,
    now: datetime,
    actor: int | None = None,
    replaces: Document | None = None,
) -> Document:
    """Begin a letter. The caller commits. Raises Stale where one was begun for this task meanwhile."""
    if brief.task_key and replaces is None and (begun := queries.find_draft(practice.id, brief.task_key)):
        raise Stale(begun)
    document = Document(
        practice_id=practice.id,
        key=brief.kind.key,
        task_key=brief.task_key,
        source_id=brief.source.id if brief.source else None,
        client_id=brief.client.id if brief.client else None,
        sealed=b"",
        sample=bool(brief.source and brief.source.sample),
        replaces_id=replaces.id if replaces else None,
        created_at=now,
        updated_at=now,
        created_by=actor,
    )
    db.session.add(document)
    db.session.flush()  # its uuid binds the seal
    _seal(document, Body(text), sealer)
    return document


def save_text(document: Document, text: str, *, version: int, sealer: Sealer, now: datetime) -> None:
    """Keep what was typed. Raises Stale where it was changed elsewhere meanwhile, NotADraft where it is frozen."""
    _must_be_draft(document)
    body = open_body(document, sealer)
    if body.text == text:
        return
    if document.version != version:
        raise Stale(document)
    _seal(document, Body(text, body.kept), sealer)
    document.version, document.updated_at = document.version + 1, now


def keep_finding(
    practice: Practice,
    document: Document,
    finding: tuple[str, int],
    reason: str,
    *,
    sealer: Sealer,
    now: datetime,
    user: User,
) -> None:
    """Leave a warning as it is, with a reason; it holds until its sentence changes. A block has no such way out.

    `finding` is the rule and where it stood on the page; the text may have grown before it since. Raises
    NotADraft, and NoSuchWarning where this rule warns of nothing any more.
    """
    rule, start = finding
    _must_be_draft(document)
    body, brief = open_body(document, sealer), brief_of(document)
    found = examine(practice, user, brief, body, sealer=sealer, release=release_for(practice, brief, now))
    warnings = [r for r in found.remarks if r.rule == rule and r.severity == "warn" and not r.kept]
    if not warnings:
        raise NoSuchWarning(rule)
    warning = min(warnings, key=lambda remark: abs(remark.start - start))
    sentence = sentence_around(body.text, warning.start, warning.end)
    kept = Kept(warning.rule, warning.matched, sentence, reason, user.id, now.isoformat())
    _seal(document, Body(body.text, (*body.kept, kept)), sealer)
    document.version, document.updated_at = document.version + 1, now
    entry = journal.record(
        practice, FindingKept(document=document.id, rule=warning.rule), now=now, actor=user.id,
        source_id=document.source_id, client_id=document.client_id,
    )  # fmt: skip
    journal.add_note(entry, f"“{warning.matched}”: {reason}", sealer)


def approve(
    practice: Practice,
    document: Document,
    made: Typeset,
    facts: Facts,
    *,
    version: int,
    sealer: Sealer,
    now: datetime,
    user: User,
) -> None:
    """Freeze a letter: its bytes, their hash, who approved it, which warnings were kept and why.

    `made` was typeset from `version` of the text. The words are judged once more, now against the names
    of all clients; which of them came from which rows is kept with it. The first letter to a source makes
    its package ready. The caller commits.

    Raises Stale, NotADraft, NoRelease (H3) and NotReady.
    """
    _must_be_draft(document)
    if document.version != version:
        raise Stale(document)
    brief, body = brief_of(document), open_body(document, sealer)
    release = release_for(practice, brief, now)
    if brief.needs_release and release is None:
        raise NoRelease
    found = examine(
        practice, user, brief, body, sealer=sealer, release=release, unprintable=made.unprintable,
        fit=(made.pages, made.lines_free), every_client=True, facts=facts,
    )  # fmt: skip
    if found.stops:
        raise NotReady(found)
    marks = [hashlib.sha256(pdf).hexdigest() for _key, pdf in made.files]
    for position, (key, pdf) in enumerate(made.files):
        file = DocumentFile(document_id=document.id, position=position, key=key, sha256=marks[position], sealed=b"")
        db.session.add(file)
        db.session.flush()
        file.sealed = sealer.seal_file(pdf, table=FILES, row=file.uuid)
    _seal(document, replace(body, traced=traced(body.text, facts)), sealer)
    document.state, document.rules_version = DocumentState.APPROVED, rules().version
    document.approved_at, document.approved_by, document.updated_at = now, user.id, now
    _tell_approved(practice, document, brief, marks, now=now, actor=user.id)


def _tell_approved(
    practice: Practice, document: Document, brief: Brief, marks: list[str], *, now: datetime, actor: int
) -> None:
    said = DocumentApproved(
        document=document.id,
        template=document.key,
        source=f"s{document.source_id}" if document.source_id else None,
        client=brief.client.code if brief.client else None,
        sha256=marks,
    )
    journal.record(practice, said, now=now, actor=actor)
    if not (brief.kind.first_contact and brief.source and not document.task_key):
        return
    if task_queries.find_open_task_of_rule(practice.id, "C10", source_id=brief.source.id) is None:
        journal.record(practice, PackageReady(source=f"s{brief.source.id}"), now=now, actor=actor)
    if task := task_queries.find_open_task_of_rule(practice.id, "C10", source_id=brief.source.id):
        document.task_key = task.key


def discard(document: Document, *, now: datetime) -> None:
    """Put a draft aside. Raises NotADraft."""
    _must_be_draft(document)
    document.state, document.updated_at = DocumentState.DISCARDED, now


def restore(document: Document, *, now: datetime) -> None:
    """Take a discarded draft back."""
    if document.state != DocumentState.DISCARDED:
        raise NotADraft
    document.state, document.updated_at = DocumentState.DRAFT, now


def correct(practice: Practice, document: Document, *, sealer: Sealer, now: datetime, actor: int) -> Document:
    """Begin a new letter with the text of an approved one; that one stays as it was sent (H20)."""
    text = open_body(document, sealer).text
    return add_draft(practice, brief_of(document), text, sealer=sealer, now=now, actor=actor, replaces=document)


def open_file(file: DocumentFile, sealer: Sealer) -> bytes:
    """Return the frozen bytes. Raises Unreadable."""
    return sealer.open_file(file.sealed, table=FILES, row=file.uuid)


def _must_be_draft(document: Document) -> None:
    if document.state != DocumentState.DRAFT:
        raise NotADraft
