"""When two names are one person's: cleaned as an imported list cleans them."""

from crm.sources.person_names import PersonName, split_whole_name
from crm.sources.search import fold


def name_key(name: str) -> str:
    """Return a name boiled down: "Dr. NÚÑEZ, Ana, MD" and "Ana Núñez" give the same."""
    return _key(split_whole_name(name))


def is_same(name: str, email: str, other: str, other_email: str) -> bool:
    """Say whether two who are at the same office are one person.

    The name decides, unless the middle names differ. Else the e-mail does, if a part of the name is shared too: a
    front desk has one address for everybody.
    """
    mine, theirs = split_whole_name(name), split_whole_name(other)
    if _key(mine) == _key(theirs):
        return _may_be(mine.middle, theirs.middle)
    same_address = bool(email) and email.casefold() == other_email.casefold()
    return same_address and bool(_parts(mine) & _parts(theirs))


def _key(name: PersonName) -> str:
    return " ".join(filter(None, (fold(name.last), fold(name.first), fold(name.suffix).rstrip("."))))


def _may_be(middle: str, other: str) -> bool:
    mine, theirs = fold(middle).rstrip("."), fold(other).rstrip(".")
    return mine.startswith(theirs) or theirs.startswith(mine)


def _parts(name: PersonName) -> set[str]:
    return {fold(name.last), fold(name.first)} - {""}
