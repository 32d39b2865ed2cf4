"""What a task is called, inside and outside, and why it exists.

No function here takes a client's name, so none can leak one: a client is a code, and a task typed in by hand is
its kind, never its words.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crm.outreach.day_words import near_day
from crm.readiness.plan import CARDS, Card

# verb -> one, many; in the order of the sentence above the list
VERBS = {
    "call": ("call", "calls"),
    "report": ("report", "reports"),
    "letter": ("letter", "letters"),
    "card": ("card", "cards"),
    "visit": ("visit", "visits"),
    "session": ("thing for a session", "things for sessions"),
    "desk": ("thing at the desk", "things at the desk"),
}
CHANNELS = {
    "fax": ("Fax", "printer"),
    "portal": ("Portal", "world"),
    "email": ("E-mail", "at"),
    "letter": ("Letter", "file-text"),
    "phone": ("Phone", "phone"),
    "card": ("Card", "mail"),
    "visit": ("Visit", "user-check"),
    "in_session": ("In session", "run"),
    "hand": ("By hand", "hand-stop"),
    "none": ("Desk", "pencil"),
}
PROVIDER_CALLS = frozenset({"C30", "C31", "C33"})
RECEIPT_ASKED = frozenset({"C11", "C24"})
MANUAL = {
    "call": ("call", "Call {source}", "call"),
    "letter": ("letter", "Write to {source}", "letter"),
    "email": ("letter", "E-mail {source}", "e-mail"),
    "visit": ("visit", "Visit {source}", "visit"),
    "other": ("desk", "Task for {source}", "task"),
}
NOBODY = {
    "call": "A call",
    "letter": "A letter to write",
    "email": "An e-mail to write",
    "visit": "A visit",
    "other": "A task",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The words of one rule, as config/kinds.toml has them."""

    verb: str
    title: str
    outside: str
    short: str
    plain: str
    why: str


def _load() -> dict[str, Kind]:
    path = Path(__file__).resolve().parents[2] / "config" / "kinds.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    told = {rule: Kind(**({"outside": row["title"]} | row)) for rule, row in rows.items()}
    return told | {plan_rule(card.day): _of_plan(card) for card in CARDS.values()}


def plan_rule(day: int) -> str:
    """Return the rule of a day of the setup plan: "P07"."""
    return f"P{day:02}"


def place(rule: str) -> str:
    """Return the page where a task of the desk's own is done; empty for all others."""
    if rule == "X01":
        return "/practice/papers"
    return next((card.at for card in CARDS.values() if plan_rule(card.day) == rule), "") if rule[:1] == "P" else ""


def _of_plan(card: Card) -> Kind:
    named, why = f"Setup plan: {card.title}", f"day {card.day} of the setup plan, about {card.minutes} minutes"
    return Kind("desk", named, named, "setup", named, why)


KINDS = _load()


# A row that names no rule of ours, as after somebody edited the database: it is told as a task and breaks no list.
UNKNOWN = Kind("desk", "A task", "A task", "task", "A task", "nobody knows any more why")


def _kind(rule: str) -> Kind:
    return KINDS.get(rule, UNKNOWN)


def verb(rule: str, manual_kind: str = "") -> str:
    """Return the verb a task is counted under: a key of VERBS."""
    return MANUAL.get(manual_kind, MANUAL["other"])[0] if rule == "manual" else _kind(rule).verb


def short(rule: str, manual_kind: str = "") -> str:
    """Return the word that stands on a card of the board: "report", "call", "card"."""
    return MANUAL.get(manual_kind, MANUAL["other"])[2] if rule == "manual" else _kind(rule).short


def plain(rule: str) -> str:
    """Return the words of a planned task in a preview: "Thank-you card"."""
    return _kind(rule).plain


def label(rule: str, *, source: str | None, client: str | None, manual_kind: str = "") -> str:
    """Name a task in a few words where anybody with the address may read: "Thank-you card, C-0142"."""
    if rule == "manual":
        return outside_title(rule, source=source, client=client, manual_kind=manual_kind)
    about = client or (source or "").partition(",")[0]
    return f"{_kind(rule).plain}, {about}" if about else _kind(rule).plain


def title(rule: str, *, source: str | None, client: str | None, manual_kind: str = "") -> str:
    """Say what to do, verb first: "Send the progress report to Dr. Helen Marsh"."""
    if rule == "manual":
        return _manual_title(manual_kind, source)
    return _filled(_kind(rule).title, source or "the office", client)


def outside_title(
    rule: str, *, source: str | None, client: str | None, manual_kind: str = "", hide_sources: bool = False
) -> str:
    """Say what to do where others may look on: the calendar and the digest (H1, H2)."""
    shown = None if hide_sources else source
    if rule == "manual":
        return _manual_title(manual_kind, shown)
    return _filled(_kind(rule).outside, shown or "an office", client)


def _manual_title(manual_kind: str, source: str | None) -> str:
    return (
        MANUAL.get(manual_kind, MANUAL["other"])[1].format(source=source)
        if source
        else NOBODY.get(manual_kind, NOBODY["other"])
    )


def _filled(words: str, source: str, client: str | None) -> str:
    # A title needs the person, not the letters behind the name: "Dr. Helen Marsh", "Daniel Okafor".
    return words.format(source=source.partition(",")[0], client=client or "a client")


def why(
    rule: str,
    *,
    client: str | None,
    reason: str,
    trigger_on: date | None,
    anchor_on: date | None,
    today: date,
) -> str:
    """Say why a task exists, with its dates and what the planning did to it."""
    if rule == "manual":
        said = f"added {near_day(trigger_on, today)}" if trigger_on else "added by hand"
    else:
        said = _kind(rule).why.format(
            client=client or "a client",
            on=_when(trigger_on, today),
            on_day=_day(trigger_on, today),
            anchor=_when(anchor_on or trigger_on, today),
            anchor_day=_day(anchor_on or trigger_on, today),
        )
    more = _of_reason(reason)
    return f"{said}; {more}" if more else said


def _day(on: date | None, today: date) -> str:
    return near_day(on, today) if on else "then"


def _when(on: date | None, today: date) -> str:
    words = _day(on, today)
    return words if words in {"today", "yesterday", "tomorrow", "then"} else f"on {words}"


REASONS = {
    "snoozed": "put off by you",
    "send-now": "the visit is near, so it goes at once",
    "moved:H17": "moved: one unasked touch in seven days is enough",
    "moved:card-gap": "moved: a card went out in the last seven days",
    "moved:office-cap": "moved: the office has its touches for the week",
}


def _of_reason(reason: str) -> str:
    return REASONS.get(reason, "")


def waiting(reason: str) -> str:
    """Say why a task that is held back waits, in words; empty for a reason that needs none."""
    head = reason.partition(":")[0]
    return {
        "paused": "the client is away",
        "too-late": "the visit is too near for it",
        "active-client": "a shared client is active",
        "declined": "the office declined within the last year",
        "H17": "three unasked touches in sixty days are enough",
        "merged": "one page serves both",
        "covered": "a fresh report is in the chart",
        "bundled": "one card serves both",
        "report-near": "a report is due about then",
    }.get(head, "")
