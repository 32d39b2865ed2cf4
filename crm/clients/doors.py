"""What can happen to a client outside a session: each event of the cadence with its words, and when it is offered."""

from collections.abc import Collection
from dataclasses import dataclass

from crm.clients.models import ClientStatus

REFERRED, ACTIVE, PAUSED = ClientStatus.REFERRED, ClientStatus.ACTIVE, ClientStatus.PAUSED


@dataclass(frozen=True, slots=True)
class Door:
    """One thing that can happen: its name in the address, the event, and its words."""

    what: str
    event: str
    label: str  # in the menu and as the title
    note: str  # below the title: what follows
    said: str  # afterwards
    icon: str
    offered: tuple[ClientStatus, ...]
    refused: str = ""  # why it is not, where it is not offered
    once: bool = False  # a second time would change nothing


DOORS = (
    Door(
        "booked", "client_booked", "First appointment agreed",
        "The office is not told any more that nobody could be reached.",
        "The first appointment is agreed.", "calendar-plus", (REFERRED,),
        "The programme has begun already.", once=True,
    ),
    Door(
        "assessed", "assessment_done", "Initial assessment held",
        "The summary goes to the provider in two working days.",
        "The assessment is logged. Its summary is planned.", "clipboard-check", (REFERRED, ACTIVE),
        "The client is away. Log the return first.", once=True,
    ),
    Door(
        "away", "client_paused", "Away for a while",
        "What waits for the client is held back, and its dates move by the days away.",
        "Held back until the client is back.", "player-pause", (REFERRED, ACTIVE),
        "The client is away already.",
    ),
    Door(
        "back", "client_resumed", "Back again",
        "Measures are taken again in three working days.",
        "Welcome back. What was held back is planned again.", "player-play", (PAUSED,),
        "The client is not away.",
    ),
    Door(
        "sent-out", "client_sent_out", "Sent to a provider",
        "A letter goes with the client today, the office is called tomorrow, and the client is asked what came of it.",
        "The letter, the call and the question afterwards are planned.", "mail-forward", (REFERRED, ACTIVE, PAUSED),
    ),
    Door(
        "last-session", "discharge_planned", "Last session planned",
        "The last measures are taken in the week before. Another day moves them.",
        "The last session is planned.", "flag", (ACTIVE, PAUSED),
        "The programme has not begun.",
    ),
    Door(
        "discharged", "discharged", "Discharged",
        "This is final: a new programme is a new client. The summary goes to the provider in two working days.",
        "The programme has ended. Its summary is planned.", "flag", (REFERRED, ACTIVE, PAUSED),
    ),
)  # fmt: skip
BY_NAME = {door.what: door for door in DOORS}
ONCE = frozenset(door.event for door in DOORS if door.once)
ENDED = "The programme has ended. A new programme is a new client."
ON_FILE = "That is on file already."


def offered(status: ClientStatus, happened: Collection[str]) -> list[Door]:
    """Return what can happen to a client who stands so; `happened` are the events of ONCE that are on file."""
    return [door for door in DOORS if not refusal(door, status, happened)]


def refusal(door: Door, status: ClientStatus, happened: Collection[str]) -> str:
    """Say why something cannot happen to a client who stands so; empty where it can."""
    if status is ClientStatus.DISCHARGED:
        return ENDED
    if status not in door.offered:
        return door.refused
    return ON_FILE if door.once and door.event in happened else ""
