"""What is on file about a client, taken out of the seal; each raises Unreadable for a row that cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from crm.accounts.models import Practice
from crm.clients import goals, record, record_queries
from crm.clients.goals import GoalTold
from crm.clients.measures import Reading
from crm.clients.models import Client
from crm.clients.record_models import ClientSheet, Goal, Measurement, Part, SessionLog, TreatingProvider
from crm.clients.vitals import Vitals, Words
from crm.crypto import Sealer, Unreadable
from crm.journal import queries as journal_queries

# The table names that bind a seal to its row.
SHEETS, PROVIDERS, VALUES, GOALS, SESSIONS = "client_sheet", "treating_provider", "measurement", "goal", "session_log"


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody who treats a client, as the client told."""

    first_name: str
    last_name: str
    credential: str
    office: str
    phone: str
    treats: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom one asks for and at which number: all that booking a client takes."""

    name: str
    phone: str


def reach_of(client: Client, sheet: ClientSheet | None, sealer: Sealer) -> Reach:
    """Return a client's name and number and nothing else of what lies under the same seal. Raises Unreadable."""
    person = read_part(sheet, Part.PERSON, sealer)
    if person.name or not client.sealed:
        return Reach(person.name, person.phone)
    return Reach(str(sealer.open(client.sealed, table="client", row=client.uuid).get("name", "")), person.phone)


def open_sheet(row: ClientSheet, sealer: Sealer) -> dict[str, Any]:
    """Return what a version says. Raises Unreadable."""
    values: dict[str, Any] = sealer.open(row.sealed, table=SHEETS, row=row.uuid)["values"]
    return values


def reason_of(row: ClientSheet, sealer: Sealer) -> str:
    """Return why a version was saved. Raises Unreadable."""
    return str(sealer.open(row.sealed, table=SHEETS, row=row.uuid).get("reason", ""))


def read_part(row: ClientSheet | None, part: Part, sealer: Sealer) -> Any:
    """Return a part as a value; an empty one where it was never filled in. Raises Unreadable."""
    return record.read(part, open_sheet(row, sealer) if row else {})


def open_provider(row: TreatingProvider, sealer: Sealer) -> Provider:
    """Return who a treating provider is. Raises Unreadable."""
    held = sealer.open(row.sealed, table=PROVIDERS, row=row.uuid)
    return Provider(**{name: str(held.get(name, "")) for name in Provider.__slots__})


def open_value(row: Measurement, sealer: Sealer) -> Reading:
    """Return a value as it was measured. Raises Unreadable."""
    return Reading(**sealer.open(row.sealed, table=VALUES, row=row.uuid), on=row.taken_on, row=row.id)


def readings_of(practice: Practice, client: Client, sealer: Sealer) -> tuple[list[Reading], int]:
    """Return a client's values in force that can be read, and how many cannot."""
    found, damaged = [], 0
    for row in record_queries.measurements_of(practice.id, client.id):
        try:
            found.append(open_value(row, sealer))
        except Unreadable:
            damaged += 1
    return found, damaged


def baseline_on(practice: Practice, client: Client) -> date | None:
    """Return the day the baseline was completed last."""
    entries = journal_queries.entries_of_types(practice.id, client.id, {"baseline_done"})
    return max((e.happened_on or practice.local(e.happened_at or e.at) for e in entries), default=None)


def open_goal(goal: Goal, sealer: Sealer) -> GoalTold:
    """Return what a goal says. Raises Unreadable."""
    return goals.read(sealer.open(goal.sealed, table=GOALS, row=goal.uuid))


def open_words(row: SessionLog, sealer: Sealer) -> Words:
    """Return what was written about a session. Raises Unreadable."""
    held: Mapping[str, Any] = sealer.open(row.sealed, table=SESSIONS, row=row.uuid)
    said = {name: value for name, value in held.items() if name != "earlier"}
    return Words(**said | {"before": Vitals(**held["before"]), "after": Vitals(**held["after"])})


class EarlierLog(TypedDict):
    """What a session's log said before it was written anew: until when (UTC), who wrote over it, the words."""

    until: str
    by: int | None
    words: dict[str, Any]


def earlier_logs(row: SessionLog, sealer: Sealer) -> list[EarlierLog]:
    """Return what the log of a session said before, oldest first. Raises Unreadable."""
    found: list[EarlierLog] = sealer.open(row.sealed, table=SESSIONS, row=row.uuid).get("earlier", [])
    return found
