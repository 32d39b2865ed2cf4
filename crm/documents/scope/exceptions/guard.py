"""The own-act guard: what cancels E1, E3 (third-party place), E4 and E9 (section 5)."""

from crm.documents.scope import words
from crm.documents.scope.actors import Actor
from crm.documents.scope.case import Case

TO_US = frozenset({"by", "with", "from"})
WITH_OURS = frozenset({"at", "in", "with", "from", "by", "through", "during", "under"})


def is_own_act(case: Case) -> bool:
    """Say whether the term is the writer's own act, service or place; several exceptions ask, so it is remembered."""
    if case.own_act is None:
        case.own_act = is_owned(case) or is_placed_here(case) or is_own_verb(case)
    return case.own_act


def is_owned(case: Case) -> bool:
    """(a) my or our with at most two plain words directly before the term: "our new rehab"."""
    for token in range(case.first - 1, case.first - 4, -1):
        if token < case.left or not case.is_close(token, token + 1):
            return False
        word = case.words[token]
        if word in {"my", "our"}:
            return True
        if not words.is_adjective(word):
            return False
    return False


def is_placed_here(case: Case) -> bool:
    """(b) after the term within 8 tokens: by us, with me, at our, here."""
    for token in range(case.last + 1, min(case.last + 10, case.right)):
        word = case.words[token]
        after = case.words[token + 1] if token + 1 < case.right else ""
        if word == "here":
            return True
        if (word in TO_US and after in {"me", "us"}) or (word in WITH_OURS and after in {"our", "my"}):
            return True
    return False


def is_own_verb(case: Case) -> bool:
    """(c) for a verb: the nearest subject to its left is an own word.

    A participle is such a verb only right behind its subject: "we prescribed", not "we respect prescribed limits".
    """
    if not case.is_verb:
        return False
    token = case.first - 1
    if case.words[case.first].endswith("ed"):
        while token >= case.left and case.words[token] in words.BE_AND_HELPERS:
            token -= 1
        return token >= case.left and case.words[token] in words.OWN
    cast = case.setting.cast
    return cast.nearest_subject(case.passage, case.left, case.first, case.rule_id) is Actor.OWN
