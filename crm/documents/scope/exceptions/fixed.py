"""E5 billing support, E6 compound, E8 idiom and the release: exceptions that read a few words (section 7)."""

import re

from crm.documents.scope.case import Case

CODE = re.compile(r"(?<![^\W_])(?:\d{5}|cpt|codes?)(?![^\W_])", re.IGNORECASE)
POST = re.compile(r"(?<![^\W_])post[- ]?\Z")
WORD = r"[^\W_][\w'-]{0,30}"
TO_SOMETHING = (
    r"to (?:an?|the|some|our|your|lunch|coffee|breakfast|dinner|brunch|pizza|cake|snacks|dessert|ice|tea|cookies)\b"
    r"(?! (?:best|point|end|full)\b)"
)
AS_OR_LIKE = r"as(?! (?:needed|soon|well|quickly|early|often|required|appropriate|necessary|part)\b)\b|like\b"
VIRTUE = r"(?:respect|courtesy|dignity|kindness|honesty|patience|confidence|consideration|fairness)"
OBJECT = rf"(?P<object>(?: {WORD}){{0,5}}?)"
IDIOM = re.compile(
    rf"{OBJECT} (?:{TO_SOMETHING}|{AS_OR_LIKE}|(?:with|in)(?: {WORD}){{0,3}}? {VIRTUE}\b"
    r"|(?:fairly|equally|kindly|respectfully|confidentially)\b)"
)


def is_billing(case: Case) -> bool:
    """E5: in billing support, C02 always, the official names beside a code on the same line."""
    if case.setting.kind != "billing":
        return False
    return case.rule_id == "C02" or CODE.search(case.setting.page.line_at(case.flat_start).text) is not None


def is_compound(case: Case) -> bool:
    """E6: rehab or rehabilitation directly after *post*."""
    if not case.term.replace("-", "").startswith("rehab"):
        return False
    return POST.search(case.passage.low, max(0, case.start - 6), case.start) is not None


def is_idiom(case: Case) -> bool:
    """E8: treat somebody to lunch, as family, with respect; not with a body part or a condition as object.

    "treat ... to" wants a thing, not a verb: "we treat clients to reduce stiffness" is no idiom.
    """
    if not case.term.startswith("treat") or case.term.startswith("treatment"):
        return False
    found = IDIOM.match(case.passage.low, case.end, min(len(case.passage.low), case.end + 200))
    return found is not None and not _names_a_condition(case, found["object"])


def _names_a_condition(case: Case, words: str) -> bool:
    return case.setting.ailment.search(words) is not None


def is_released(case: Case) -> bool:
    """A valid release covers the addressed provider: dates of birth and record numbers pass."""
    return case.setting.release
