"""E3: names and places of third parties (section 7)."""

from crm.documents.scope.case import Case
from crm.documents.scope.exceptions.guard import is_own_act
from crm.documents.scope.layout import is_title_case
from crm.documents.scope.names import HOUSE, in_street, is_after, is_never_third_party

AS_NOUNS = frozenset({"T01", "T02", "R01", "M01", "M02", "M03", "X01"})
PLACED = frozenset({"at", "with", "from", "by", "through"})
WITHIN = 4
OWN_OPENINGS = ("our ", "my ", "welcome to ", "we ", "i am ")


def holds(case: Case) -> bool:
    """E3: the term lies in somebody else's name or address, or the care is placed with a third party."""
    return _is_source(case) or _in_name(case) or _in_address(case) or _is_placed(case)


def _is_source(case: Case) -> bool:
    """In a name from the source table."""
    return any(start <= case.flat_start and case.flat_end <= end for start, end in case.setting.named)


def _in_name(case: Case) -> bool:
    """In a run of capitalised words that is an organisation, or that follows at, from, with ..."""
    passage, names = case.passage, case.setting.names
    run = names.run_around(passage, case.start, case.end)
    if run is None or is_never_third_party(passage.low, run.start):
        return False
    if names.is_organisation(passage, run):
        return True
    return is_after(passage.low, run.start) and names.is_name(run) and not _in_heading(case)


def _in_heading(case: Case) -> bool:
    """In a title-case or an all-capitals line, where capitals say nothing."""
    line = case.setting.page.line_at(case.flat_start)
    return is_title_case(line.text) or line.text.isupper()


def _in_address(case: Case) -> bool:
    """In a street name with its house number, or in a heading line directly above an address line."""
    page = case.setting.page
    if in_street(page.flat, case.flat_start, case.flat_end):
        return True
    line, below = page.line_at(case.flat_start), page.line_below(case.flat_start)
    if below is None or line.is_item or not is_title_case(line.text) or not HOUSE.match(below.text):
        return False
    return not line.text.lower().startswith(OWN_OPENINGS)


def _is_placed(case: Case) -> bool:
    """Before at, with, from, by, through and a name within 4 tokens, no own subject in the clause."""
    if case.rule_id not in AS_NOUNS or (case.rule_id in {"X01", "R01"} and case.is_verb) or _in_heading(case):
        return False
    passage = case.passage
    if passage.own_subject_in(case.left, case.right) or is_own_act(case):
        return False
    return any(
        case.words[token] in PLACED and case.setting.names.begins_at(passage, token + 1)
        for token in range(case.last + 1, min(case.last + 2 + WITHIN, case.right - 1))
    )
