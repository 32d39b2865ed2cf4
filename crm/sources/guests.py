"""Who came to a lunch: lines of a sign-in sheet read, and each guest known again or new."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from crm.sources.contact_details import email_address
from crm.sources.credentials import is_credential
from crm.sources.guest_names import is_same
from crm.sources.models import ContactRole

MOST = 60  # lines at once
NAME_LIMIT, ROLE_LIMIT = 120, 60
_PARTS = re.compile(r"\s*[;\t]\s*")
_COMMAS = re.compile(r"\s*,\s*")
# In this order: a nurse who manages the office is its manager.
_ROLES = (
    (ContactRole.OFFICE_MANAGER, re.compile(r"\bmanag|\badministrator\b|\bowner\b")),
    (ContactRole.REFERRAL_COORDINATOR, re.compile(r"\breferr|\bcoordinat")),
    (ContactRole.FRONT_DESK, re.compile(r"\bfront\b|\bdesk\b|\breception|\bschedul")),
    (ContactRole.NURSE, re.compile(r"\bnurs|\b(?:rn|lpn|lvn)\b")),
)


class Found(StrEnum):
    """What a guest is on file."""

    NEW = "new"
    CONTACT = "contact"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Guest:
    """One line of a sign-in sheet."""

    name: str
    role: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the office on file: a contact or a source."""

    found: Found
    id: int
    name: str
    email: str = ""


def read(text: str) -> tuple[list[Guest], list[str]]:
    """Read one guest a line, "Dana Cole, front desk, dana@example.com"; return them and what is wrong, line by line.

    Semicolons or tabs part a line as well, and then commas belong to the name. Letters such as "MD" belong to it too.
    """
    guests, wrong = [], []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        try:
            guests.append(_guest(line))
        except ValueError as said:
            wrong.append(f"Line {number} {said}.")
    if len(guests) > MOST:
        wrong.append(f"No more than {MOST} lines at once.")
    return guests, wrong


def _guest(line: str) -> Guest:
    split = _PARTS if _PARTS.search(line.strip()) else _COMMAS
    parts = [part for part in split.split(line.strip()) if part]
    mails = [part for part in parts if "@" in part]
    name, *rest = [part for part in parts if part not in mails] or [""]
    while rest and all(map(is_credential, rest[0].split())):
        name = f"{name}, {rest.pop(0)}"
    guest = Guest(name, ", ".join(rest), email_address(mails[0]) if mails else "")
    if not name:
        raise ValueError("has no name")
    if len(name) > NAME_LIMIT:
        raise ValueError(f"has a name of more than {NAME_LIMIT} characters")
    if len(guest.role) > ROLE_LIMIT:
        raise ValueError(f"has a role of more than {ROLE_LIMIT} characters")
    return guest


def role_of(words: str) -> ContactRole:
    """Return the role of a contact from somebody's own words for it."""
    return next((role for role, said in _ROLES if said.search(words.lower())), ContactRole.OTHER)


def find(guest: Guest, known: Iterable[Known]) -> Known | None:
    """Return who a guest is of those on file at the office, if they are; a source before a contact."""
    found = [one for one in known if is_same(guest.name, guest.email, one.name, one.email)]
    return min(found, key=lambda one: (one.found != Found.SOURCE, one.id), default=None)


def once(guests: Sequence[Guest], there: Sequence[Guest]) -> list[Guest]:
    """Return the guests who are not on the sheet yet, each once; what a later line adds is kept."""
    found: list[Guest] = []
    for guest in guests:
        if any(is_same(guest.name, guest.email, one.name, one.email) for one in there):
            continue
        place = next((n for n, one in enumerate(found) if is_same(guest.name, guest.email, one.name, one.email)), None)
        if place is None:
            found.append(guest)
        else:
            one = found[place]
            found[place] = replace(one, role=one.role or guest.role, email=one.email or guest.email)
    return found
