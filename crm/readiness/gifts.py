"""The ledger of meals and gifts: what each person was given in a year, in cents, and when that is much.

It knows people, days and amounts. What anybody refers is not part of it, and nothing here asks.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crm.sources.guest_names import name_key

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "lunch.toml"
_LEDGER = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))["ledger"]
NEAR: int = _LEDGER["near"]
_CASH = re.compile(rf"\b(?:{'|'.join(map(re.escape, _LEDGER['cash']))})\b")


@dataclass(frozen=True, slots=True)
class Given:
    """One meal or gift; `known` names who the person is on file ("contact 4", "source 2"), as far as they are."""

    id: int
    on: date
    person: str
    cents: int
    what: str = ""
    kind: str = "gift"
    known: tuple[str, ...] = ()
    where: str = ""
    by_lunch: bool = False

    @property
    def is_cash(self) -> bool:
        """Say whether it is cash or like cash, which nobody gives here."""
        return self.kind == "gift" and bool(_CASH.search(self.what.lower()))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody and all they were given, latest first."""

    name: str
    where: str
    cents: int
    given: tuple[Given, ...]


def ledger(given: Iterable[Given]) -> list[Person]:
    """Return everybody with what they were given, the largest sum first; the sums add up to all that was given.

    Who is on file is one person under whatever name. Who is not is known by name: as the one on file who is called
    so, if there is exactly one, else by themselves.
    """
    told = list(given)
    persons = _on_file(told)
    namesakes = Counter(key for one in set(persons.values()) for key in _names(told, persons, one))
    named = {key: one for one in persons.values() for key in _names(told, persons, one) if namesakes[key] == 1}
    found: dict[str, list[Given]] = {}
    for one in told:
        key = name_key(one.person)
        who = persons[one.known[0]] if one.known else named.get(key, f"name {key}")
        found.setdefault(who, []).append(one)
    return sorted(map(_person, found.values()), key=lambda person: (-person.cents, person.name.lower()))


def _on_file(told: Sequence[Given]) -> dict[str, str]:
    """Return for each entry on file who it is: a contact who is a source too is one person."""
    who: dict[str, str] = {}
    for one in told:
        joined = {who.get(known, known) for known in one.known}
        for known, other in [*who.items(), *((known, known) for known in one.known)]:
            if other in joined:
                who[known] = min(joined)
    return who


def _names(told: Sequence[Given], persons: dict[str, str], who: str) -> set[str]:
    return {name_key(one.person) for one in told if one.known and persons[one.known[0]] == who}


def _person(given: list[Given]) -> Person:
    latest = sorted(given, key=lambda one: (one.on, one.id), reverse=True)
    where = next((one.where for one in latest if one.where), "")
    return Person(latest[0].person, where, sum(one.cents for one in latest), tuple(latest))


def standing(cents: int, limit: int) -> tuple[str, str]:
    """Return the kind of state and its word for a year's sum against the practice's own limit, in cents."""
    if cents > limit:
        return "late", "Over your limit"
    return ("ask", "Near your limit") if cents * 100 >= limit * NEAR and cents else ("done", "Within")
