"""E9: a provider is the subject, the owner or the source (section 7)."""

import re

from crm.documents.scope import words
from crm.documents.scope.actors import YOU_MAY_BE_THE_CLIENT, Actor
from crm.documents.scope.case import Case
from crm.documents.scope.exceptions.guard import is_own_act
from crm.documents.scope.exceptions.past import is_delivered_by_us

AGENT_WITHIN, SUBJECT_WITHIN = 5, 10
AGENT = re.compile(r"\b(?P<word>by|from|per|according to|with|under|through)\b")
YOU_MADE = re.compile(
    r"\byou(?:'ve| have)?(?: also| already| kindly)? (?:provided|made|sent|ordered|prescribed|recommended"
    r"|listed|noted|set"
    r"|confirmed|wrote|gave|shared|requested|described|stated|given|written|reported|mentioned|outlined|specified)\b"
)
ATTRIBUTION = re.compile(
    r"(?:per|according to|as (?:stated|noted|confirmed|reported|documented|described|ordered|recommended|prescribed"
    r"|instructed|directed|listed|written|requested|advised) (?:by|in))\b"
)
CODE = re.compile(r"\bicd\b|\bicd-?10\b|(?<![^\W_])[a-tv-z]\d[0-9a-z](?:\.\d[0-9a-z]{0,3})?(?![^\W_])")
LABEL = re.compile(r"(?:[ /]{1,3}[\w-]{1,14}){0,3} {0,3}(?:\([^)]{0,60}\))? {0,3}(?:[:_☐□\[]|\Z)")
PRESCRIBED_THING = re.compile(
    r"(?: [\w-]{1,20}){0,2} (?:medications?|medicines?|drugs?|braces?|walkers?|canes?|crutch(?:es)?|boots?|splints?"
    r"|slings?|orthos[ie]s|orthotics?|inhalers?|limits?|restrictions?|precautions?|weight[- ]bearing"
    r"|parameters|range)\b"
)
TOWARDS = re.compile(
    r"\b(?:(?:see|sees|saw|consult(?:s|ed|ing)?|ask(?:s|ed|ing)?|contact(?:s|ed|ing)?)"
    r"|(?:speak(?:s|ing)?|spoke|talk(?:s|ed|ing)?|check(?:s|ed|ing)?) (?:with|to)"
    r"|(?:go|goes|went|come|comes) back to"
    r"|(?:refer(?:s|red|ring)?|return(?:s|ed|ing)?|sen[dt](?:s|ing)?)(?: [\w'-]{1,20}){0,4}? to)\b"
)
LEFT_TO = re.compile(
    r"(?: [\w'-]{1,20}){0,4}?(?: (?:is|are|was|were|will be|be))?(?: always| best)?"
    r" (?:left (?:up )?to|referred(?: back)? to|remains? with|remained with|goes(?: back)? to"
    r"|go(?: back)? to|stays? with|rests? with"
    r"|belongs? to|is up to)\b"
)
LEAVE = re.compile(r"\b(?:leav(?:e|es|ing)|left|refer(?:s|red|ring)?|sen[dt](?:s|ing)?)(?: [\w'-]{1,20}){0,3} \Z")
FOR = re.compile(r"\bfor (?:[\w'-]{1,20} ){0,2}\Z")
THEN_SEE = re.compile(
    r"(?: [\w'-]{1,20}){0,4},? (?:please |always )?(?:see|consult|ask|contact|(?:speak|talk) (?:with|to))\b"
)
TO = re.compile(r"(?: [\w'-]{1,20}){0,3}? to\b")


def holds(case: Case) -> bool:
    """E9: unless the guard says it is an own act, one of its six forms holds."""
    if is_own_act(case):
        return False
    return any(form(case) for form in (is_owned, has_agent, is_attributed, has_subject, is_fixed, is_deferred))


def is_owned(case: Case) -> bool:
    """(a) your, Dr. X's, the surgeon's, referring + at most two plain words + the term; not if we deliver it."""
    owner = _owner(case)
    return owner is not None and not _delivered_directly(case, owner)


def _owner(case: Case) -> int | None:
    """Return the first token of the owner."""
    cast = case.setting.cast
    for token in range(case.first - 1, max(case.left, case.first - 3) - 1, -1):
        gap = case.passage.gap(token)
        provider = cast.ending_at(case.passage, token)
        if provider and provider.owns and gap.strip(" -'s") == "":
            return provider.first
        if gap.strip(" -"):
            return None
        word = case.words[token]
        if word == "your":
            return None if case.rule_id in YOU_MAY_BE_THE_CLIENT else token
        if word == "referring":
            return token
        if not words.is_plain(word):
            return None
    return None


def _delivered_directly(case: Case, owner: int) -> bool:
    """Say whether an own subject with a delivering verb comes directly before the owner: "I wrote your ..."."""
    while owner - 1 >= case.left and case.words[owner - 1] in words.ARTICLES:
        owner -= 1
    for verb in (owner - 1, owner - 2):
        if verb > case.left and case.words[verb] in words.DELIVERING:
            return case.passage.own_subject_in(max(case.left, verb - 3), verb)
    return False


def has_agent(case: Case) -> bool:
    """(b) by, from, per, with, under ... + provider within 5 tokens after, or "you provided".

    Where I or we act on the term only the term as a participle directly before *by* counts ("limits prescribed by
    you"). Receiving, following or reading a provider's paper is no such act.
    """
    if case.rule_id not in YOU_MAY_BE_THE_CLIENT and _you_made(case):
        return not _we_act(case)
    for found in case.passage.found(AGENT, case.end, case.clause_end):
        first, last = case.passage.tokens_in(found.start(), found.end())
        if first - case.last - 1 > AGENT_WITHIN:
            return False
        if case.setting.cast.at(case.passage, last + 1, case.rule_id) and _counts(case, found["word"], first):
            return True
    return False


def _you_made(case: Case) -> bool:
    found = next(case.passage.found(YOU_MADE, case.end, case.clause_end), None)
    if not found:
        return False
    first = case.passage.tokens_in(found.start(), found.end())[0]
    return first - case.last - 1 <= AGENT_WITHIN


def _counts(case: Case, word: str, token: int) -> bool:
    if not _we_act(case):
        return word != "with" or not is_delivered_by_us(case)
    return word == "by" and token == case.last + 1 and case.words[case.last].endswith("ed")


def _we_act(case: Case) -> bool:
    """Say whether an own subject governs the term by more than receiving or following it."""
    cast = case.setting.cast
    if cast.nearest_subject(case.passage, case.left, case.first, case.rule_id) is not Actor.OWN:
        return False
    for token in range(case.first - 1, case.left - 1, -1):
        word = case.words[token]
        if word in words.RECEIVING and word not in {"have", "has", "had"}:
            return False
        if word in {"have", "has", "had"} and token + 1 < len(case.words) and not case.words[token + 1].endswith("ed"):
            return False
        if word in words.OWN:
            return word in words.OWN_SUBJECTS or is_delivered_by_us(case) or case.is_verb
    return False


def is_attributed(case: Case) -> bool:
    """(c) the sentence opens with "per Dr. X" or ends with it; it covers every clause without an own subject."""
    passage = case.passage
    if passage.own_subject_in(case.left, case.right):
        return False
    opening = ATTRIBUTION.match(passage.low[:60].lstrip(" \"'("))
    if opening:
        return case.setting.cast.at(passage, len(opening[0].split()), case.rule_id) is not None
    return _ends_attributed(case)


def _ends_attributed(case: Case) -> bool:
    passage = case.passage
    at = passage.low.rfind(",", max(0, len(passage.low) - 120))
    while at > case.start:
        found = ATTRIBUTION.match(passage.low, at + 2)
        if found:
            last = passage.tokens_in(found.start(), found.end())[1]
            return case.setting.cast.at(passage, last + 1, case.rule_id) is not None
        at = passage.low.rfind(",", max(0, len(passage.low) - 120), at)
    return False


def has_subject(case: Case) -> bool:
    """(d) the nearest subject within 10 tokens left of the verb is a provider.

    A noun needs a verb between it and the provider, and "you receive", "you need" makes the reader a client.
    """
    cast, passage = case.setting.cast, case.passage
    actor = cast.nearest_subject(passage, case.left, case.first, case.rule_id, SUBJECT_WITHIN)
    if actor is not Actor.PROVIDER:
        return False
    near = [p for p in cast.between(passage, max(case.left, case.first - 14), case.first) if p.last < case.first]
    if not near or case.is_verb or case.rule_id in {"D04", "P03"}:
        return True
    between = case.tokens_between(near[-1].last, case.first)
    if near[-1].is_you and any(word in CLIENT_VERBS for word in between):
        return False
    return bool(between)


CLIENT_VERBS = words.set_of(
    "receive receives get gets got need needs want wants deserve enjoy love book try join start begin come "
    "experience feel find benefit"
)


def is_fixed(case: Case) -> bool:
    """(e) fixed wordings: treating physician, referring diagnosis, diagnosis with its code, as prescribed ..."""
    if case.rule_id == "D01":
        return _is_fixed_diagnosis(case)
    if case.rule_id == "P01" and case.term == "prescribed":
        before = case.words[case.first - 1] if case.first else ""
        return before == "as" or PRESCRIBED_THING.match(case.passage.low, case.end) is not None
    return case.rule_id == "X01" and re.match(r" (?:physician|provider|surgeon|doctor)", case.after) is not None


def _is_fixed_diagnosis(case: Case) -> bool:
    if case.term.startswith("diagnosed"):
        following = case.words[case.last + 1] if case.last + 1 < len(case.words) else ""
        return following == "with"
    if not case.term.startswith("diagnos"):
        return False
    if any(case.passage.found(CODE, 0, len(case.passage.low))):
        return not is_delivered_by_us(case)
    return case.setting.kind == "form" and _is_label(case)


def _is_label(case: Case) -> bool:
    """Say whether the term labels a field: little before it, a colon or a blank to fill in behind it."""
    line = case.setting.page.line_at(case.flat_start)
    flat = case.setting.page.flat
    before = flat[line.body : case.flat_start]
    field = re.split(r"[:_;|☐□\]]| {3}", before)[-1]
    behind = flat[case.flat_end : line.end].rstrip()
    return len(field.split()) <= 3 and not words.OWN & set(field.lower().split()) and bool(LABEL.match(behind))


def is_deferred(case: Case) -> bool:
    """(f) the reader is sent to a provider for it, or it is left to one.

    "You" is the addressee here in every rule. "For diagnosis, see your physician" counts as well.
    """
    cast, passage = case.setting.cast, case.passage
    for found in passage.found(TOWARDS, case.clause_start, case.start):
        last = passage.tokens_in(found.start(), found.end())[1]
        provider = cast.at(passage, last + 1)
        if provider and provider.last < case.first and not passage.has_own(provider.last + 1, case.first):
            return True
    if left := LEFT_TO.match(passage.low, case.end, case.clause_end):
        return cast.at(passage, passage.tokens_in(left.start(), left.end())[1] + 1) is not None
    if FOR.search(case.before) and (see := THEN_SEE.match(passage.low, case.end, case.clause_end)):
        return cast.at(passage, passage.tokens_in(see.start(), see.end())[1] + 1) is not None
    if LEAVE.search(case.before) and (to := TO.match(passage.low, case.end, case.clause_end)):
        return cast.at(passage, passage.tokens_in(to.start(), to.end())[1] + 1) is not None
    return False
