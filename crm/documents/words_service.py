"""The wording letters begin with, ours or the practice's own, and the scope check every wording is held against."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache, lru_cache

from crm.accounts.models import Practice, User
from crm.clients.models import Release
from crm.crypto import Sealer
from crm.db import NotFound, db
from crm.documents import fact_queries, letters, queries
from crm.documents.fact_queries import Brief
from crm.documents.facts import Facts
from crm.documents.habits import habits
from crm.documents.letters import Kind
from crm.documents.models import LetterWords
from crm.documents.review import Body, Review, measured_lately, named_clients, review
from crm.documents.scope import OwnTerm, Rulebook, Verdict, check, load_rules
from crm.journal import service as journal
from crm.journal.acts import ScopeRulesChanged, WordsChanged


@cache
def rules() -> Rulebook:
    """Return the rules of the scope check, read once."""
    return load_rules(letters.ROOT / "config" / "scope_language.toml")


def rules_of(practice: Practice) -> Rulebook:
    """Return the rules of one practice: its own terms added, the warnings it relaxed one step lighter."""
    terms = tuple((term["id"], term["words"], term["severity"]) for term in practice.scope_terms)
    return _with_own(terms, frozenset(practice.scope_relaxed))


@lru_cache(maxsize=64)
def _with_own(terms: tuple[tuple[str, str, str], ...], relaxed: frozenset[str]) -> Rulebook:
    if not terms and not relaxed:
        return rules()
    return rules().with_own([OwnTerm(*term) for term in terms], relaxed)


def add_term(practice: Practice, words: str, severity: str, *, now: datetime, actor: int) -> None:
    """Warn of a word of the practice's own from now on. Raises BrokenRules for one that cannot be used."""
    number = max((int(term["id"][1:]) for term in practice.scope_terms), default=0) + 1
    terms = [*practice.scope_terms, {"id": f"U{number:02}", "words": words, "severity": severity}]
    rules().with_own([OwnTerm(term["id"], term["words"], term["severity"]) for term in terms], ())
    practice.scope_terms = terms
    _tell_rules(practice, f"U{number:02}", "added", now=now, actor=actor)


def drop_term(practice: Practice, term_id: str, *, now: datetime, actor: int) -> None:
    """Stop warning of a word of the practice's own; raises NotFound where it has no such word."""
    left = [term for term in practice.scope_terms if term["id"] != term_id]
    if len(left) == len(practice.scope_terms):
        raise NotFound
    practice.scope_terms = left
    _tell_rules(practice, term_id, "dropped", now=now, actor=actor)


def relax(practice: Practice, rule: str, *, lighter: bool, now: datetime, actor: int) -> None:
    """Make a warning a note, or a warning again. Raises BrokenRules for a rule that blocks: that one stays."""
    kept = set(practice.scope_relaxed) - {rule}
    relaxed = sorted(kept | {rule}) if lighter else sorted(kept)
    rules().with_own((), relaxed)
    practice.scope_relaxed = relaxed
    _tell_rules(practice, rule, "relaxed" if lighter else "restored", now=now, actor=actor)


def _tell_rules(practice: Practice, rule: str, what: str, *, now: datetime, actor: int) -> None:
    journal.record(practice, ScopeRulesChanged(rule=rule, what=what), now=now, actor=actor)


def words_for(practice_id: int, key: str) -> str:
    """Return the wording a letter begins with: the practice's own, else ours."""
    own = queries.own_words(practice_id, key)
    return own.words if own else letters.our_words(key)


def judge(
    practice: Practice, user: User, kind: Kind, text: str, *, names: Collection[str] = (), release: bool = False
) -> Verdict:
    """Run the scope check on a text; names of offices on file are other people's names."""
    return check(
        text,
        kind.scope,
        rules_of(practice),
        first_contact=kind.first_contact,
        release=release,
        names={*queries.offices_named_in(practice.id, text), *names},
        licensed=bool(user.licence),
        doctorate=user.has_doctorate,
    )


def examine_words(practice: Practice, user: User, kind: Kind, text: str) -> Review:
    """Judge the wording of a template, filled with the facts of nobody."""
    verdict = judge(practice, user, kind, text, release=True)
    return review(text, verdict, named=habits(kind, text, role=practice.role_title))


def why_not_noted(practice: Practice, note: str) -> str:
    """Say why the note of a call or touch cannot stay as it is; empty where it may.

    Only what no note may hold stops one: asking a provider for exercises (F05), anything of value for a referral
    (F06), a social security number.
    """
    found = check(note, "note", rules_of(practice), fragment=True) if note else None
    first = next((finding for finding in found.findings if finding.severity == "block"), None) if found else None
    return f"“{first.matched}”: {first.reason} Instead: {first.suggestion}." if first else ""


def save_words(practice: Practice, key: str, words: str, *, now: datetime, actor: int) -> None:
    """Keep a practice's own wording of a letter; words that equal ours need no row."""
    row = queries.own_words(practice.id, key)
    ours = words.strip() == letters.our_words(key)
    if ours and row is not None:
        db.session.delete(row)
    elif not ours and row is None:
        db.session.add(LetterWords(practice_id=practice.id, key=key, words=words, updated_at=now))
    elif not ours and row is not None:
        row.words, row.updated_at = words, now
    journal.record(practice, WordsChanged(template=key, ours=ours), now=now, actor=actor)


def examine(
    practice: Practice,
    user: User,
    brief: Brief,
    body: Body,
    *,
    sealer: Sealer,
    release: Release | None,
    unprintable: Sequence[tuple[int, str]] = (),
    fit: tuple[int, int] = (1, 0),
    every_client: bool = False,
    facts: Facts | None = None,
) -> Review:
    """Judge a text. While it is typed the names of one client are looked for, at approval those of all.

    With `facts` a report is held against the values on file (H15).
    """
    kind, text = brief.kind, body.text
    names = [brief.source.display_name] if brief.source else []
    verdict = judge(practice, user, kind, text, names=names, release=release is not None)
    own = fact_queries.name_of(brief.client, sealer) if brief.client else ""
    everybody = fact_queries.names_of(queries.sealed_clients(practice.id), sealer) if every_client else [own]
    named = named_clients(text, kind, names=filter(None, everybody), own=own, released=release is not None)
    named += habits(kind, text, role=practice.role_title)
    if facts is not None:
        named += measured_lately(kind, text, facts.reported, facts.today)
    return review(text, verdict, gaps=letters.gaps(text), unprintable=unprintable, named=named, kept=body.kept, fit=fit)
