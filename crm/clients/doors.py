"""What can happen to a client outside a session: each event of the cadence with its words, and when it is offered."""

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


DOORS = (
    Door(
        "booked", "client_booked", "First appointment agreed",
        "The office is not told any more that nobody could be reached.",
        "The first appointment is agreed.", "calendar-plus", (REFERRED,),
        "The programme has begun already.",
    ),
    Door(
        "assessed", "assessment_done", "Initial assessment held",
        "The summary goes to the provider in two working days.",
        "The assessment is logged. Its summary is planned.", "clipboard-check", (REFERRED, ACTIVE),
        "The client is away. Log the return first.",
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
ENDED = "The programme has ended. A new programme is a new client."


def offered(status: ClientStatus) -> list[Door]:
    """Return what can happen to a client who stands so."""
    return [door for door in DOORS if status in door.offered]


def refusal(door: Door, status: ClientStatus) -> str:
    """Say why something cannot happen to a client who stands so; empty where it can."""
    if status in door.offered:
        return ""
    return ENDED if status is ClientStatus.DISCHARGED else door.refused
