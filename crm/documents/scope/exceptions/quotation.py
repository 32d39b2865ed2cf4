"""E7: words in quotation marks that somebody else said or that are talked about (section 7)."""

import re

from crm.documents.scope.case import Case
from crm.documents.scope.passage import Passage

REACH = 400
SAYING = re.compile(
    r"\b(?:wrote|writes?|says?|said|states?|stated|notes?|noted|reads?|asks?|asked|lists?|listed"
    r"|recommend(?:s|ed)?)\b"
)
PER = re.compile(r"\b(?:per|according to)\b")
GUIDELINE = re.compile(r"\b(?:guidelines?|guidance|position statement|consensus statement)\b")
WORDING = re.compile(r"\b(?:phrases?|terms?|words?|labels?|labell?ed)\b")
WARNED = re.compile(r"\b(?:avoid(?:s|ed|ing)?|restricted|protected|reserved|never|instead)\b")
CLIENTS_OWN = re.compile(r"\b(?:goals?|words)\b")
OUR_GOAL = re.compile(r"\b(?:my|our)(?: [\w-]{1,20}){0,2} (?:goals?|words)\b")
QUOTED = (
    re.compile(r'(?<!\d)"[^"]{1,400}"'),
    re.compile(r"(?<![^\W_])'(?=[^\W_])(?:[^'\"]|(?<=[^\W_])'(?=[^\W_])){1,400}'(?![^\W_])"),
)


def holds(case: Case) -> bool:
    """E7: the term is quoted, and the rest of the sentence says whose words they are or speaks about the wording."""
    rest = _around_quote(case)
    if rest is None:
        return False
    low = rest.lower()
    if WORDING.search(low) and WARNED.search(low):
        return True
    if case.rule_id in {"F01", "F02"} and CLIENTS_OWN.search(low) and not OUR_GOAL.search(low):
        return True
    return _is_attributed(case, Passage(rest))


def _around_quote(case: Case) -> str | None:
    """Return the sentence or sentences the quotation stands in, without it; None where the term is not quoted."""
    if not case.setting.has_quotes:
        return None
    flat = case.setting.page.flat
    start, end = case.setting.sentence_around(case.flat_start).unit
    start, end = max(start, case.flat_start - REACH), min(end, case.flat_end + REACH)
    for quoted in QUOTED:
        for found in quoted.finditer(flat, start, end):
            if found.start() < case.flat_start and case.flat_end < found.end():
                return _rest(case, *found.span())
    return None


def _rest(case: Case, start: int, end: int) -> str:
    """Cut the quotation out of the sentences it begins and ends in."""
    flat = case.setting.page.flat
    first, last = case.setting.sentence_around(start), case.setting.sentence_around(end - 1)
    before, after = flat[max(first.start, start - REACH) : start], flat[end : min(last.end, end + REACH)]
    return f"{first.lead} {before} {after}"


def _is_attributed(case: Case, rest: Passage) -> bool:
    """Say whether a provider, you, your referral or a guideline is the one who says it."""
    cast = case.setting.cast
    for found in SAYING.finditer(rest.low):
        verb = rest.tokens_in(found.start(), found.end())[0]
        before = cast.between(rest, max(0, verb - 10), verb)
        if any(p.last < verb and not p.owns and not rest.has_own(p.last + 1, verb) for p in before):
            return True
        guided = GUIDELINE.search(rest.low, 0, found.start())
        if guided or cast.at(rest, verb + 1):
            return True
    for found in PER.finditer(rest.low):
        token = rest.tokens_in(found.start(), found.end())[1]
        if cast.at(rest, token + 1) or GUIDELINE.search(rest.low, found.end(), found.end() + 60):
            return True
    return False
