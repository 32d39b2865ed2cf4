"""The nine red flags in our words, and what of a raised one goes into the letter. Judging them is the provider's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.documents.facts import long_date


@dataclass(frozen=True, slots=True)
class Flag:
    """One of the nine (domain.md 8.6): its tick on the form, and how the letter names it."""

    key: str
    tick: str
    told: str


FLAGS = (
    Flag("radiating", "Pain that spreads into an arm or a leg", "pain that spreads into an arm or a leg"),
    Flag("numbness", "Numbness or tingling", "numbness or tingling"),
    Flag("motion", "A joint moves less than before", "less range of motion than before"),
    Flag("function", "Something that was possible no longer is", "loss of something that was possible before"),
    Flag("swelling", "Swelling", "swelling"),
    Flag("night", "Pain at night", "pain at night, as told"),
    Flag("chest", "Chest pain or shortness of breath", "chest pain or shortness of breath"),
    Flag("wound", "An open wound", "an open wound"),
    Flag("vitals", "Readings outside the limits or the usual", "readings outside the limits or the usual"),
)
BY_KEY: Mapping[str, Flag] = {flag.key: flag for flag in FLAGS}
STOPPED = "I stopped the session; all exercise rests."

# Who was asked to call the provider: in the form, and what the letter says of it.
ASKED = {
    "nobody": "Nobody yet",
    "client": "The client",
    "emergency": "The emergency contact",
}
_ASKED_TOLD = {
    "client": " The client was also asked to call your office.",
    "emergency": " The client's emergency contact was also asked to call your office.",
}
_ASKS = "Please tell me whether exercise may go on, from which day, and within which limits."


@dataclass(frozen=True, slots=True)
class Told:
    """What was written down when a red flag was raised."""

    flags: tuple[str, ...] = ()
    seen: str = ""
    stopped: str = ""
    told: str = ""
    asked: str = "nobody"

    @property
    def names(self) -> list[str]:
        """Return the ticks in words, in the order of the form."""
        return [flag.tick for flag in FLAGS if flag.key in self.flags]


def write(told: Told) -> dict[str, Any]:
    """Return a raised flag as it goes into the seal."""
    return {
        "flags": list(told.flags),
        "seen": told.seen,
        "stopped": told.stopped,
        "told": told.told,
        "asked": told.asked,
    }


def read(opened: Mapping[str, Any]) -> Told:
    """Return a raised flag as it came out of the seal; flags that are not known any more are left out."""
    return Told(
        flags=tuple(key for key in opened.get("flags", ()) if key in BY_KEY),
        seen=str(opened.get("seen", "")),
        stopped=str(opened.get("stopped", "")),
        told=str(opened.get("told", "")),
        asked=str(opened.get("asked", "nobody")),
    )


def letter_words(opened: Mapping[str, Any], on: date) -> dict[str, str]:
    """Return what fills change, stopped and asked of a change-in-status letter; nothing where nothing is known.

    `opened` is what came out of the seal, `on` the day it was seen. It says what was seen and asks; it
    says nothing of what it may mean.
    """
    told = read(opened)
    named = _listed([flag.told for flag in FLAGS if flag.key in told.flags])
    if not named and not told.seen.strip():
        return {}
    noted = f"On {long_date(on)} I noted {named}." if named else f"On {long_date(on)} I noted the following."
    seen = _sentence(told.seen)
    return {
        "change": f"{noted} {seen}".strip(),
        "stopped": _sentence(told.stopped) or STOPPED,
        "asked": _ASKS + _ASKED_TOLD.get(told.asked, ""),
    }


def _listed(words: Sequence[str]) -> str:
    """Return "swelling, pain at night and an open wound"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
