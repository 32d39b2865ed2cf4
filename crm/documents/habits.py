"""Habits no word list sees: papers named before the role, numbers without a life behind them (domain.md 5).

Both ask to be considered and neither stops a letter for good: whoever has a reason keeps the sentence.
"""

import re
import tomllib
from collections.abc import Iterable

from crm.clients.measures import MEASURES
from crm.documents.letters import ROOT, Kind, our_words
from crm.documents.review import Remark

# The guards of config/guards.toml that explain them.
ORDER, FUNCTION, EVERYONE = "ORDER", "FUNCTION", "EVERYONE"
GUARDS = {ORDER: "credentials-first", FUNCTION: "no-function", EVERYONE: "focus"}
BY_CLIENT = "client-intro"  # the other letter by which an office hears of the practice for the first time
_WORDS = tomllib.loads((ROOT / "config" / "guards.toml").read_text(encoding="utf-8"))["words"]
_SENTENCE = re.compile(r"[^.!?\n]+")


def _any_of(words: Iterable[str], endings: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))}){endings}(?!\w)", re.IGNORECASE)


_EVERYDAY = _any_of(_WORDS["everyday"], "(?:s|es|ed|er|ing)?")
_CREDENTIALS = _any_of(_WORDS["credentials"], "s?")
_EVERYONE = _any_of(_WORDS["everyone"])
_TESTS = _any_of(sorted({measure.title for measure in MEASURES.values()}, key=len, reverse=True))


def habits(kind: Kind, text: str, *, role: str) -> list[Remark]:
    """Return what a letter of this kind should say otherwise. `role` is what the practice calls itself."""
    if kind.first_contact or kind.key == BY_CLIENT:
        return papers_first(text, role=role)
    if kind.scope == "report" and "{{function}}" in our_words(kind.key):
        return without_function(text)
    return []


def papers_first(text: str, *, role: str) -> list[Remark]:
    """Find the sentence that names papers or years before any sentence has said the role.

    A sentence that says both, such as "I am a certified Medical Exercise Specialist", says the role.
    """
    says_role = _any_of([*_WORDS["role"], *filter(None, [role])])
    for sentence in _SENTENCE.finditer(text):
        if says_role.search(sentence[0]):
            return []
        if found := _CREDENTIALS.search(sentence[0]):
            start, end = sentence.start() + found.start(), sentence.start() + found.end()
            return [Remark(ORDER, "warn", start, end, text[start:end], "Papers stand before the role here.",
                           "Say first what you do and for whom; credentials follow.")]  # fmt: skip
    return []


def without_function(text: str) -> list[Remark]:
    """Say where a report tells nothing of everyday doing; the name of a test is none."""
    if not text.strip() or _EVERYDAY.search(_TESTS.sub(" ", text)):
        return []
    return [Remark(FUNCTION, "warn", 0, 0, "", "Nothing says what the client does in everyday life.",
                   "Add what the numbers mean: stairs, groceries, rising from a chair.")]  # fmt: skip


def for_everyone(text: str) -> list[Remark]:
    """Find the words by which a niche leaves nobody out."""
    found = _EVERYONE.search(text)
    if found is None:
        return []
    why = "Who serves everyone comes to nobody’s mind."
    return [Remark(EVERYONE, "warn", found.start(), found.end(), found[0], why,
                   "Name a condition, a stage and an age.")]  # fmt: skip
