"""Days in the calendar that are not tasks: a client's medical visit, a lunch-and-learn. A client is a code here too."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class What(StrEnum):
    """What takes place."""

    VISIT = "visit"
    LUNCH = "lunch"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One day on file; `revision` and `changed_at` tell a calendar that it moved."""

    key: str  # "visit:17", "lunch:3:l1"
    what: What
    on: date
    source_id: int | None
    source_name: str | None
    client_code: str | None
    changed_at: datetime
    revision: int = 0
    held: bool = False


WORDS = {What.VISIT: "Medical visit", What.LUNCH: "Lunch-and-learn"}


def title(one: Appointment) -> str:
    """Say what takes place, on a page: "Medical visit of C-0142 to Dr. Helen Marsh"."""
    word, whom = WORDS[one.what], _person(one.source_name)
    if one.what is What.VISIT:
        return f"{word} of {one.client_code}" + (f" to {whom}" if whom else "")
    return f"{word} with {whom or 'an office'}"


def outside_title(one: Appointment, *, hide_sources: bool) -> str:
    """Say it where others may look on; whom a client visits stands nowhere outside (H2)."""
    if one.what is What.VISIT:
        return f"Follow-up, {one.client_code}"
    whom = "" if hide_sources else _person(one.source_name)
    return f"{WORDS[one.what]} with {whom or 'an office'}"


def path_of(one: Appointment) -> str:
    """Return the page on which it is kept."""
    return f"/clients/{one.client_code}" if one.what is What.VISIT else f"/sources/{one.source_id}/lunch"


def _person(name: str | None) -> str:
    return (name or "").partition(",")[0]
