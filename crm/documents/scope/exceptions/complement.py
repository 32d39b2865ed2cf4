"""E4: our work beside somebody else's care (section 7)."""

import re

from crm.documents.scope.case import Case
from crm.documents.scope.exceptions.guard import is_own_act

WITHIN = 8
BESIDE = re.compile(
    r"\b(?:support(?:s|ed|ing)?|complement(?:s|ed|ing|ary to)?|alongside|in addition to|adjunct to"
    r"|follow(?:s|ed|ing)?"
    r"|buil(?:ds?|t|ding) (?:up)?on|pick(?:s|ed|ing)? up where|bridg(?:es?|ing)|between"
    r"|coordinat(?:es?|ed|ing) with|transition(?:s|ing)? from)\b"
)
OURS = re.compile(r"\b(?:with|through|by|using|via|offer(?:s|ed|ing)?|provid(?:e|es|ed|ing)|our)\b")


def holds(case: Case) -> bool:
    """E4: a word of complement before the term, and nothing between that makes the care ours.

    For nouns: "we support clients and treat knees" complements nothing.
    """
    if (case.is_verb and case.rule_id in {"X01", "R01"}) or is_own_act(case):
        return False
    passage = case.passage
    for found in passage.found(BESIDE, case.clause_start, case.start):
        last = passage.tokens_in(found.start(), found.end())[1]
        if case.first - last - 1 <= WITHIN and not OURS.search(passage.low, found.end(), case.start):
            return True
    return False
