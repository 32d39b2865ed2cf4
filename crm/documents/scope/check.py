"""Check a text: fold it, cut it into sentences, match, settle overlaps, excuse (section 6)."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from crm.documents.scope.actors import Cast
from crm.documents.scope.case import Case, Setting
from crm.documents.scope.exceptions import is_excused
from crm.documents.scope.layout import Page
from crm.documents.scope.matching import Match, matches
from crm.documents.scope.names import Names, places_of
from crm.documents.scope.normalise import BOM, Normal, normalise
from crm.documents.scope.passage import Passage
from crm.documents.scope.patterns import expand
from crm.documents.scope.records import FULL, KINDS, Finding, Verdict
from crm.documents.scope.required import Text, missing
from crm.documents.scope.rules import Rulebook
from crm.documents.scope.sentences import Sentence, sentences

DOCTORATE_RULE, LICENCE_RULE = "S03", "S04"  # off for a profile that has one


def check(
    text: str,
    kind: str,
    rules: Rulebook,
    *,
    first_contact: bool = False,
    fragment: bool = False,
    release: bool = False,
    names: Collection[str] = (),
    licensed: bool = False,
    doctorate: bool = False,
) -> Verdict:
    """Return every finding in a text of this kind, and the required statements it lacks.

    A leading byte-order mark is not counted. `names` are third parties' names, `release`: one covers the provider
    addressed. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind of document {kind!r}")
    original = text.removeprefix(BOM)
    normal = normalise(original, rules.lookalikes)
    page = Page(normal.text)
    cut = list(sentences(page))
    cast, capitals, ailment = _readers(rules)
    folded = [normalise(name, rules.lookalikes).text for name in names]
    setting = Setting(page, cut, kind, release, places_of(folded, page.flat), cast, capitals, ailment)
    off = {rule for rule, is_off in ((DOCTORATE_RULE, doctorate), (LICENCE_RULE, licensed)) if is_off}
    found: list[Finding] = []
    truncated = False
    for match in _unexcused(setting, rules, off):
        if truncated := len(found) == FULL:
            break
        found.append(_finding(match, kind, original, normal))
    found.sort(key=lambda finding: (finding.start, finding.end, finding.rule))
    lacking = () if fragment else missing(Text(setting, cut), kind, first_contact=first_contact)
    return Verdict(tuple(found), lacking, truncated=truncated)


@lru_cache(maxsize=32)
def _readers(rules: Rulebook) -> tuple[Cast, Names, re.Pattern[str]]:
    """Return what reads providers, names and ailments with the word lists of these rules."""
    ailing = expand(r"(?<![^\W_])(?:{body}|{condition}|pains?|aches?|injur(?:y|ies))(?![^\W_])", rules.lists)
    return (
        Cast(rules.lists["provider"]),
        Names(rules.words("organisation"), rules.words("service_word")),
        re.compile(ailing, re.IGNORECASE),
    )


def _unexcused(setting: Setting, rules: Rulebook, off: Collection[str]) -> Iterator[Match]:
    flat = setting.page.flat
    for sentence in setting.sentences:
        found = matches(setting.page, sentence.start, sentence.end, rules)
        passage = _passage(flat, sentence) if found else None
        for match in found:
            if passage is None or match.rule.id in off or match.rule.severity_in(setting.kind) == "off":
                continue
            case = Case(match.rule.id, (match.start, match.end), passage, setting=setting, base=sentence.start)
            if not is_excused(case, match.rule.exceptions):
                yield match


def _passage(flat: str, sentence: Sentence) -> Passage:
    return Passage(flat[sentence.start : sentence.end], sentence.lead)


def _finding(match: Match, kind: str, original: str, normal: Normal) -> Finding:
    rule = match.rule
    start, end = normal.span(match.start, match.end)
    matched = original[start:end]
    return Finding(
        rule.id,
        rule.severity_in(kind),
        start,
        end,
        matched,
        rule.reason,
        rule.suggestion,
        rule.ways_out,
        _fitted(rule.replacement, normal.text[match.start : match.end]),
    )


def _fitted(replacement: str, matched: str) -> str:
    """Fit "client|clients" to the number and the capitals of what it replaces."""
    if not replacement:
        return ""
    one, _, many = replacement.partition("|")
    chosen = many if many and re.search(r"(?<!s)s(?![^\W_])|ies(?![^\W_])", matched, re.IGNORECASE) else one
    if len(matched) > 1 and matched.isupper():
        return chosen.upper()
    words = matched.split()
    if len(words) > 1 and all(word[:1].isupper() for word in words):
        return chosen.title()
    return chosen[:1].upper() + chosen[1:] if matched[:1].isupper() else chosen
