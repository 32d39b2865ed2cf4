"""What the desk writes: the kinds of letters and papers, their words, and the facts that fill them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.outreach.kinds import PROVIDER_CALLS
from crm.readiness.texts import FACTS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "crm" / "templates" / "letters"
TEXT_LIMIT = 12_000  # characters of one letter; a page holds about 4,000
FILLED_LIMIT = 65_536  # of a text whose wording names one long fact a thousand times
PLACEHOLDER = re.compile(r"\{\{ ?(\w{1,40}) ?\}\}")
_WORDS = re.compile(r"```\n(.*?)\n?```", re.DOTALL)

# What may stand in double braces, and what the writer reads in the menu.
PLACEHOLDERS: Mapping[str, str] = {
    "practice": "name of the practice",
    "practice_phone": "phone of the practice",
    "practice_fax": "fax of the practice",
    "practice_email": "e-mail of the practice",
    "practice_address": "address of the practice, on one line",
    "my_name": "your name with credential",
    "my_role": "what you are, from the practice page",
    "my_city": "city of the practice",
    "serves": "whom you work with, from the practice page",
    "today": "today's date",
    "source": "the recipient's full name",
    "salutation": "the recipient as you address them",
    "office": "the recipient's office",
    "contact": "office manager or front desk of the office",
    "client": "code of the client",
    "client_full": "name and code of the client",
    "client_initials": "initials of the client",
    "referral_on": "date of the referral",
    "requested": "service the referral asks for",
    "missing": "what the referral lacks",
    "diagnosis": "diagnosis as the provider stated it",
    "first_visit_on": "date of the client's first visit",
    "last_seen_on": "date of the client's last session",
    "last_session_on": "planned last session",
    "sessions": "sessions held so far",
    "next_visit_on": "date of the next medical visit",
    "next_visit": "date of the next medical visit, or that none is on file",
    "next_report_on": "date of the next report",
    "measure": "a measured value with its date",
    "function": "what the client does now, in everyday words",
    "strength": "finding: strength",
    "flexibility": "finding: range of motion",
    "stability": "finding: stability",
    "endurance": "finding: endurance",
    "balance": "finding: balance and coordination",
    "pain": "pain as the client told it, in a summary only",
    "chart": "chart of the measure that changed most",
    "goals": "goals of the next 30 and 90 days",
    "referral": "the written referral: from whom, when, what for",
    "session_days": "days of the sessions whose log is written",
    "measures": "every measure from its baseline to now",
    "plan": "what comes next",
    "change": "what changed",
    "stopped": "what was stopped or modified",
    "asked": "what you ask of the provider",
    "limits": "limits or precautions as the provider set them",
    "call_on": "date of the call",
    "question": "what the provider asked",
    "answer": "your answer, within scope",
    "topic": "subject of the note",
    "event_on": "date of the lunch-and-learn",
    "event_at": "time of the lunch-and-learn",
    "outcomes": "what changed in clients whose program is over, in sums",
    **{name: fact.what for name, fact in FACTS.items()},
}
OPTIONAL = ("chart", "pain")
# Facts only the writer knows: their gaps are to be written, not looked up.
WRITTEN = frozenset(
    {"measure", "function", "strength", "flexibility", "stability", "endurance", "balance", "goals", "plan", "change",
     "stopped", "asked", "limits", "question", "answer", "topic", "event_at"}
)  # fmt: skip


class UnknownKey(Exception):  # noqa: N818
    """No letter, sheet or page has this template key."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of config/letters.toml."""

    key: str
    title: str
    frame: str
    scope: str = "letter"
    about: str = "nobody"
    first_contact: bool = False
    unsolicited: bool = False
    enclosures: tuple[str, ...] = ()
    group: str = ""
    page: str = ""
    variant: str = ""
    fresh: bool = False
    place: str = ""

    @property
    def full_title(self) -> str:
        """Return the title with its variant: "Introduction letter, physician"."""
        return f"{self.title}, {self.variant}" if self.variant else self.title

    @property
    def leaves(self) -> bool:
        """Say whether it leaves the house by itself, so that it is approved and sent."""
        return self.frame in {"letter", "report", "card"} and bool(self.group)

    @property
    def for_client(self) -> bool:
        """Say whether it is for the client alone: no source, by hand only."""
        return self.about == "self"

    @property
    def is_set(self) -> bool:
        """Say whether it is typeset at all."""
        return self.frame != "page"


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder left in a text: `start` to `end`, and whether its name is one of ours."""

    start: int
    end: int
    name: str
    known: bool


def _load() -> dict[str, Kind]:
    rows = tomllib.loads((ROOT / "config" / "letters.toml").read_text(encoding="utf-8"))
    return {key: Kind(key=key, **row | {"enclosures": tuple(row.get("enclosures", ()))}) for key, row in rows.items()}


KINDS = _load()


def kind_of(key: str) -> Kind:
    """Return the kind behind a template key. Raises UnknownKey."""
    try:
        return KINDS[key]
    except KeyError:
        raise UnknownKey(key) from None


@cache
def our_words(key: str) -> str:
    """Return our own wording of a letter: the plain text inside its typst source."""
    found = _WORDS.search((SOURCES / f"{key}.typ").read_text(encoding="utf-8"))
    if found is None:
        raise UnknownKey(key)
    return found[1].strip()


def fill(words: str, values: Mapping[str, str]) -> str:
    """Put the facts that are known where their placeholders stand; the others stay, to be pointed at.

    A line of something nobody has to have, such as a chart, goes away where there is none; so does that of a text of
    the practice which is empty, but not that of one which is held back.
    """
    for name in (*OPTIONAL, *FACTS):
        if not values.get(name, "" if name in OPTIONAL else name):
            words = re.sub(r"^.*\{\{ ?" + name + r" ?\}\}.*(?:\n|\Z)\n?", "", words, flags=re.MULTILINE)
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], words)[:FILLED_LIMIT]


def gaps(text: str) -> tuple[Gap, ...]:
    """Return the placeholders left in a text, in order."""
    return tuple(
        Gap(found.start(), found.end(), found[1], found[1] in PLACEHOLDERS) for found in PLACEHOLDER.finditer(text)
    )


def mended_at(name: str) -> str:
    """Return the page where a fact of the practice is put on file; empty where it is not one."""
    if name in FACTS:
        return f"/practice/{FACTS[name].page}"
    if name == "outcomes":
        return "/insights/outcomes"
    return "/practice" if name.startswith(("practice", "my_")) or name == "serves" else ""


def place_of(template: str, task_key: str, *, source_id: int | None, client_code: str | None) -> str:
    """Return the page a task is worked on: its letter, its sheet, or where its work is done."""
    kind = KINDS.get(template)
    if source_id is not None and task_key.partition(":")[0] in PROVIDER_CALLS:
        return f"/sources/{source_id}/call-brief?task={task_key}"
    if kind is not None and kind.leaves:
        return f"/documents/new?task={task_key}"
    if kind is not None and kind.frame == "sheet":
        return f"/sheets/{kind.key}?task={task_key}"
    if client_code and (source_id is None or (kind is not None and kind.page == "client")):
        return f"/clients/{client_code}{kind.place if kind else ''}"
    return f"/sources/{source_id}" if source_id is not None else "/"
