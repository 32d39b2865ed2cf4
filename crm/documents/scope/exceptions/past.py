"""E1: care that is past or concluded (section 7)."""

import re

from crm.documents.scope import words
from crm.documents.scope.case import Case
from crm.documents.scope.exceptions.guard import is_own_act

WITHIN, LIST_LENGTH = 6, 30
BEFORE = re.compile(
    r"\b(?:after|following|since|complet(?:ed|ing|ion of)|concluded|discharged? from|finish(?:ed|ing)"
    r"|prior|previous(?:ly)?"
    r"|former|past|history of|once(?! (?:a|an|per|every|each|weekly|daily|monthly|again|more)\b)|end of|ended"
    r"|released from|graduated from|done with|moved out of|transitioned from)\b"
)
AFTER = re.compile(
    r"\b(?:completed|concluded?s?|ended|ends|finished|(?:is|are|was|were|has been) complete|discharged?|history)\b"
)
HAD = re.compile(r"\b(?:had|received|attended|underwent)\b")
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
PAST_TIME = re.compile(
    rf"\blast (?:spring|summer|autumn|fall|winter|year|month|week|{MONTH})\b"
    rf"|\b(?:in|until|since|through|during|on)(?: (?:early|late|mid))?(?: \d{{1,2}})?[ -]{MONTH}\b"
    r"|\b(?:in|until|since|through|during)(?: (?:early|late|mid))?[ -](?:19|20)\d\d\b"
    r"|\b(?:ago|earlier|yesterday|previously|years before)\b"
)
GYM_BEFORE = re.compile(r"\b(?:before|prior to|used to|previously|until|former|years ago)\b")
HISTORY = re.compile(r"\bhistory of\b")
LIST_BREAK = re.compile(r",? (?:and|or)\b|,")


def holds(case: Case) -> bool:
    """E1: the term names past or concluded care and nobody speaks of an own act."""
    if is_own_act(case):
        return False
    if case.rule_id == "F02":
        return _opened(case, GYM_BEFORE) or _closed(case, GYM_BEFORE)
    if case.rule_id == "D04":
        # "has a history of arthritis" is matched whole, so the trigger may lie inside
        return any(case.passage.found(HISTORY, case.clause_start, case.end))
    return _opened(case, BEFORE) or _is_post(case) or _closed(case, AFTER) or _was_had(case)


def _opened(case: Case, triggers: re.Pattern[str]) -> bool:
    """A trigger before the term, within 6 tokens or at the head of a list, no own word between."""
    passage = case.passage
    for found in reversed([*passage.found(triggers, case.clause_start, case.start)]):
        last = passage.tokens_in(found.start(), found.end())[1]
        if case.first - last - 1 > LIST_LENGTH or passage.has_own(last + 1, case.first):
            return False
        if case.first - last - 1 <= WITHIN or _is_list(passage.low[found.end() : case.start]):
            return True
    return False


def _is_list(between: str) -> bool:
    """Say whether the term is a further member of a list the trigger opened: every member at most four words."""
    members = LIST_BREAK.split(between)
    return 2 <= len(members) <= 8 and all(1 <= len(member.split()) <= 4 for member in members[:-1]) and (
        len(members[-1].split()) <= 3
    )  # fmt: skip


def _is_post(case: Case) -> bool:
    """*post* directly before the term."""
    return case.first > case.left and case.words[case.first - 1] == "post" and case.is_close(case.first - 1, case.first)


def _closed(case: Case, triggers: re.Pattern[str]) -> bool:
    """A trigger after the term, within 6 tokens; what we ourselves deliver is not closed by what follows it."""
    found = next(case.passage.found(triggers, case.end, case.clause_end), None)
    if not found:
        return False
    first = case.passage.tokens_in(found.start(), found.end())[0]
    return first - case.last - 1 <= WITHIN and not is_delivered_by_us(case)


def _was_had(case: Case) -> bool:
    """*had, received, attended, underwent* before, no own word in the clause, a past time in it."""
    passage = case.passage
    if passage.has_own(case.left, case.right) or not any(passage.found(HAD, case.clause_start, case.start)):
        return False
    return any(passage.found(PAST_TIME, case.clause_start, case.clause_end))


def is_delivered_by_us(case: Case) -> bool:
    """Say whether I or we hand out the term by a delivering verb: "we offer therapy for people who finished"."""
    for token in range(case.first - 1, max(case.left, case.first - 9) - 1, -1):
        word = case.words[token]
        if word in words.SUBORDINATORS:
            return False
        if word in words.DELIVERING:
            return case.passage.own_subject_in(max(case.left, token - 4), token)
    return False
