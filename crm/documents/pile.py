"""The pile of paper of a day: what can be printed, what cannot and why, and the envelopes, card backs and labels."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.documents.facts import town

Address = tuple[str, ...]

LONG_STREET = 32  # characters; beyond that the suite gets a line of its own
_SUITE = re.compile(
    r"(?P<street>.*\S),?\s+(?P<suite>(?:(?:suite|ste|unit|floor|room|rm|building|bldg|apt)\b\.?|#)\s*\S.*)",
    re.IGNORECASE,
)
_PLACE = {"street": "street", "city": "city", "state": "state", "zip": "ZIP code"}


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One letter, report or card that waits to be posted or carried."""

    delivery_id: int
    frame: str  # letter, report or card
    to_name: str  # "Helen Marsh, MD"
    office: str
    street: str
    city: str
    state: str
    zip: str
    title: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Pile:
    """What is printed, in the order it comes out, what is left out and why, and the addresses to print.

    Cards follow the letters. Envelopes stand in the order of their letters, card backs in the order of their cards.
    """

    printable: tuple[PaperItem, ...]
    skipped: tuple[tuple[PaperItem, str], ...]
    envelopes: tuple[Address, ...]
    card_backs: tuple[Address, ...]
    labels: tuple[Address, ...]


def sort_pile(items: Iterable[PaperItem]) -> Pile:
    """Return the pile of a day.

    Several letters to one office on the same day are one mailing (R14): they come out together and get one
    envelope. What is carried does not share an envelope with what is posted. Every card has its own back; every
    recipient has one label.
    """
    judged = [(item, why_skipped(item)) for item in items]
    fit = [item for item, why in judged if not why]
    letters = _mailings([item for item in fit if item.frame != "card"])
    cards = [item for mailing in _mailings([item for item in fit if item.frame == "card"]) for item in mailing]
    printable = (*(item for mailing in letters for item in mailing), *cards)
    return Pile(
        printable=printable,
        skipped=tuple((item, why) for item, why in judged if why),
        envelopes=tuple(address_lines(mailing[0]) for mailing in letters),
        card_backs=tuple(address_lines(card) for card in cards),
        labels=_once(address_lines(item) for item in printable),
    )


def address_lines(item: PaperItem) -> Address:
    """Return the address as the post reads it, at most five lines: person, office, street, suite, town.

    The suite stays on the line of the street while that is short.
    """
    office = "" if _alike((item.office,)) == _alike((item.to_name,)) else item.office
    lines = (item.to_name, office, *_street(item.street), town(item.city, item.state, item.zip))
    return tuple(line for line in (line.strip() for line in lines) if line)


def why_skipped(item: PaperItem) -> str:
    """Return in plain words what is missing to print an item; empty where nothing is.

    What is carried needs somebody to carry it to, but no postal address.
    """
    name = item.to_name.partition(",")[0].strip() or item.office.strip()
    if not name:
        return f"{item.title} names neither a person nor an office."
    if item.by_hand:
        return ""
    missing = [words for field, words in _PLACE.items() if not getattr(item, field).strip()]
    if not missing:
        return ""
    if len(missing) == len(_PLACE) and not item.office.strip():
        return f"{name} has no office."
    return f"The office of {name} has no {_listed(missing)}."


def _mailings(items: Sequence[PaperItem]) -> list[list[PaperItem]]:
    """Return the items by recipient, in the order in which each recipient first comes; posted before carried."""
    found: dict[tuple[bool, Address], list[PaperItem]] = {}
    for item in sorted(items, key=lambda item: item.by_hand):
        found.setdefault((item.by_hand, _alike(address_lines(item))), []).append(item)
    return list(found.values())


def _once(addresses: Iterable[Address]) -> tuple[Address, ...]:
    found: dict[Address, Address] = {}
    for lines in addresses:
        found.setdefault(_alike(lines), lines)
    return tuple(found.values())


def _alike(lines: Address) -> Address:
    """Return lines so that the same address typed in capitals or with other blanks is the same."""
    return tuple(" ".join(line.split()).casefold() for line in lines)


def _street(street: str) -> Address:
    found = _SUITE.fullmatch(street.strip()) if len(street.strip()) > LONG_STREET else None
    return (found["street"].rstrip(", "), found["suite"]) if found else (street,)


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', no '.join(first)} and no {last}" if first else last
