"""E2: negation and disclaimer (section 7)."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from crm.documents.scope import words
from crm.documents.scope.case import Case
from crm.documents.scope.passage import Passage

TO_CLAUSE_END, NEAR, SURGERY = 25, 8, 6
NEGATOR = re.compile(
    r"(?:\b(?P<far>not|never|neither|nor|cannot|none|nothing|refrain(?:s|ed|ing)? from"
    r"|(?:outside|beyond)(?: of)?(?: (?!and\b|or\b)[\w'-]{1,20}){0,4}? (?:scope|remit)|(?:outside"
    r"|beyond) (?:my|our) role)"
    r"|n't|\b(?P<near>no|without|rather than|excludes?|excluding))\b"
)
SCOPE_NEAR = re.compile(r"not (?:with)?in(?: [\w'-]{1,20}){0,4} (?:scope|role|remit)")
VOID = re.compile(
    r"(?:(?:not|n't|cannot)(?: (?:only|just|merely|simply|solely|mention|until)\b| (?:hesitate|forget|wait|delay)\b)"
    r"|no (?:doubt|wonder|problem|matter|others?|one else|(?:extra |additional )?(?:cost|charge"
    r"|obligation)|(?:more|less|fewer|later) than)\b"
    r"|without (?:a |any |the slightest )?(?:doubt|question|hesitation|exception)\b"
    r"|(?:never|not|n't) (?:fails?|hesitates?)\b|nothing but\b)"
)
WHY_NOT = re.compile(r"\b(?:why|whether or|if) \Z")
BOAST = re.compile(r"\b(?:better|faster|more effective(?:ly)?|like (?:we|us)|beats?|the way we)\b")
BOASTERS = frozenset({"no", "nothing", "never"})
RELATIVE = frozenset({"who", "that", "which"})
OPENING = frozenset({"if", "when", "since", "because", "although", "as", "where", "unless", "though", "while"})
LIST_GOES_ON = re.compile(r",(?: [\w'-]{1,30}){1,4}(?:,(?: [\w'-]{1,30}){1,4}){0,6},? (?:or|nor)\b|, ?(?:or|nor)\b")

AFTER_WITHIN = 14
NOT_ONLY = r"(?! (?:only|just|merely|simply|solely)\b)"
FILLER = r"(?: (?:a|an|the|in|any|way|ever|currently|being|of|normally|generally|our|my|to be)){0,3}"
AFTER = (
    re.compile(
        rf"\b(?:(?:is|are|was|were)(?:n't| not| never)|(?:has|have|had)(?:n't| not| never) been){NOT_ONLY}{FILLER}"
        r" (?:offered|provided|included|performed|part|something|a service|services?|what|within|(?:my|our) role|role"
        r"|available(?! (?:else|any)where)|used|given|made|done|billed|implied|intended|allowed|permitted)\b"
    ),
    re.compile(
        r"(?<!not )(?<!n't )(?<!never )\b(?:outside|beyond|not within"
        r"|not in)(?: of)?(?: [\w'-]{1,20}){0,4}? (?:scope|role|remit)\b"
    ),
    re.compile(
        r"\b(?:(?:will|does|do|did|would|can|could|shall|should|may|must)(?: not| never|n't)|won't|can't"
        r"|cannot|(?:will|is) never)"
        r"(?: be)? (?:bill|billed|cover|covered|use|used|offer|offered|provide|provided)\b"
    ),
    re.compile(r"\b(?:is|are|was|were) excluded\b"),
)


@dataclass(frozen=True, slots=True)
class Negator:
    """One word of denial, by its tokens, and how many tokens it reaches."""

    first: int
    last: int
    start: int
    reach: int
    word: str


def holds(case: Case) -> bool:
    """E2: a negator governs the term, or the sentence denies it afterwards."""
    if case.rule_id == "C03":
        return any(_in_clause(case, negator) for negator in negators(case.passage))
    if case.rule_id == "A02":
        return any(
            n.last < case.first and case.first - n.last - 1 <= SURGERY and _in_clause(case, n)
            for n in negators(case.passage)
        )
    return _denied_before(case) or _denied_after(case)


def negators(passage: Passage) -> list[Negator]:
    """Return the negators of a passage in order, the void ones left out."""
    if "negators" not in passage.memo:
        found = (place for place in NEGATOR.finditer(passage.low) if not _is_void(passage, place))
        passage.memo["negators"] = [_negator(passage, place) for place in found]
    known: list[Negator] = passage.memo["negators"]
    return known


def _negator(passage: Passage, found: re.Match[str]) -> Negator:
    end = found.end()
    if scope := SCOPE_NEAR.match(passage.low, found.start()):
        end = scope.end()
    first, last = passage.tokens_in(found.start(), end)
    return Negator(first, last, found.start(), NEAR if found["near"] else TO_CLAUSE_END, found[0].split()[0])


def _is_void(passage: Passage, found: re.Match[str]) -> bool:
    if VOID.match(passage.low, found.start()) or WHY_NOT.search(passage.low, max(0, found.start() - 12), found.start()):
        return True
    if found[0] not in BOASTERS:
        return False
    _, clause_end = passage.clause(found.start(), found.end())
    return BOAST.search(passage.low, found.end(), clause_end) is not None


def _start(negator: Negator) -> int:
    return negator.start


def _in_clause(case: Case, negator: Negator) -> bool:
    return case.clause_start <= negator.start < case.clause_end


def _denied_before(case: Case) -> bool:
    """Count the negators that reach the term: two cancel each other, parallel ones do not."""
    known = negators(case.passage)
    window = known[bisect_left(known, case.clause_start, key=_start) : bisect_left(known, case.start, key=_start)]
    reaching = [negator for negator in window if negator.last < case.first and _reaches(case, negator)]
    if not reaching:
        return False
    cancelling = sum(not _is_parallel(case, before, n) for before, n in pairwise(reaching))
    return cancelling % 2 == 0


def _reaches(case: Case, negator: Negator) -> bool:
    between = case.tokens_between(negator.last, case.first)
    if len(between) > negator.reach:
        return False
    if negator.reach == NEAR and any(words.PERSONAL.match(word) for word in between):
        return False
    if _is_relative(case, negator) and (len(between) > NEAR or any(word in words.OWN for word in between)):
        return False
    return not _is_past_opening(case, negator)


def _is_relative(case: Case, negator: Negator) -> bool:
    """Say whether a negator stands in a relative clause: who do not, that is never."""
    for token in range(negator.first - 1, max(case.left, negator.first - 4) - 1, -1):
        word = case.words[token]
        if word in RELATIVE:
            return True
        if word not in words.BE_AND_HELPERS:
            return False
    token = negator.first  # "don't" is one token: the auxiliary is part of it
    return token > case.left and case.words[token - 1] in RELATIVE


def _is_past_opening(case: Case, negator: Negator) -> bool:
    """A negator in an opening if-part reaches only to the comma that ends the part.

    Where ", we" ends it, the clause is cut there and every comma in it belongs to a list; else commas of a list
    with *or* are passed over.
    """
    if case.left >= len(case.words) or case.words[case.left] not in OPENING:
        return False
    text = case.passage.text
    if text[case.clause_end - 1 : case.clause_end] == ",":
        return False
    between = case.passage.low[case.passage.ends[negator.last] : case.start]
    at = between.find(",")
    while at >= 0 and (goes_on := LIST_GOES_ON.match(between, at)):
        at = between.find(",", goes_on.end())
    return at >= 0


def _is_parallel(case: Case, before: Negator, negator: Negator) -> bool:
    """Say whether a second negator repeats the first: a comma, and, or at most three tokens before it."""
    if negator.word == "nor":
        return True
    back = 1 if negator.word in {"without", "rather"} else 4
    for token in range(negator.first - 1, max(before.last, negator.first - 1 - back) - 1, -1):
        if "," in case.passage.gap(token) and negator.first - 1 - token < back:
            return True
        if token > before.last and case.words[token] in {"and", "or"} and negator.first - 1 - token < back:
            return True
    return False


def _denied_after(case: Case) -> bool:
    passage = case.passage
    for pattern in AFTER:
        found = next(passage.found(pattern, case.end, case.clause_end), None)
        if found and passage.tokens_in(found.start(), found.end())[0] - case.last - 1 <= AFTER_WITHIN:
            return True
    return False
