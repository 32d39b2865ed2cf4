"""The exceptions of section 7, each a question about one match."""

from collections.abc import Callable

from crm.documents.scope.case import Case
from crm.documents.scope.exceptions import complement, fixed, negation, past, provider, quotation, third_party

EXCEPTIONS: dict[str, Callable[[Case], bool]] = {
    "E1": past.holds,
    "E2": negation.holds,
    "E3": third_party.holds,
    "E4": complement.holds,
    "E5": fixed.is_billing,
    "E6": fixed.is_compound,
    "E7": quotation.holds,
    "E8": fixed.is_idiom,
    "E9": provider.holds,
    "release": fixed.is_released,
}


def is_excused(case: Case, exceptions: tuple[str, ...]) -> bool:
    """Say whether one of a rule's exceptions holds."""
    return any(EXCEPTIONS[name](case) for name in exceptions)


def is_denied(case: Case) -> bool:
    """Say whether E2 holds (the required disclaimer asks)."""
    return negation.holds(case)
