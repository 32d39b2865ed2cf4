"""The wording letters begin with, ours or the practice's own, and the scope check every wording is held against."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from crm.accounts.models import Practice, User
from crm.db import db
from crm.documents import letters, queries
from crm.documents.letters import Kind
from crm.documents.models import LetterWords
from crm.documents.review import Review, review
from crm.documents.scope import Rulebook, Verdict, check, load_rules
from crm.journal import service as journal
from crm.journal.acts import WordsChanged


@cache
def rules() -> Rulebook:
    """Return the rules of the scope check, read once."""
    return load_rules(letters.ROOT / "config" / "scope_language.toml")


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
        rules(),
        first_contact=kind.first_contact,
        release=release,
        names={*queries.offices_named_in(practice.id, text), *names},
        licensed=bool(user.licence),
        doctorate=user.has_doctorate,
    )


def examine_words(practice: Practice, user: User, kind: Kind, text: str) -> Review:
    """Judge the wording of a template, filled with the facts of nobody."""
    return review(text, judge(practice, user, kind, text, release=True))


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
