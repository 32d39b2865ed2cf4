"""The journal in words: one line for each entry, with its icon, what happened and when."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from crm.documents.letters import KINDS, kind_of
from crm.outreach import kinds
from crm.outreach.cadence import RULES
from crm.outreach.day_words import day as day_words
from crm.outreach.day_words import exact as exact_day
from crm.outreach.day_words import sentence
from crm.pipeline.signs import Side, Step
from crm.pipeline.steps import SIDE_LABELS, STEP_LABELS
from crm.sources import touches

UNREADABLE = "A note is kept with this; it cannot be read without the key."
_PAPER_CHANNELS = frozenset({"doc", "letter", "card", "hand"})
CALL_RULES = frozenset(rule.id for rule in RULES.values() if rule.channel == "phone")
PAPER_RULES = frozenset(rule.id for rule in RULES.values() if rule.channel in _PAPER_CHANNELS)


class Entry(Protocol):
    """What a journal entry shows of itself."""

    seq: int
    at: datetime
    type: str
    happened_at: datetime | None
    happened_on: date | None
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history. `note` is None where nothing was written beside it."""

    seq: int
    icon: str
    title: str
    detail: str
    note: str | None
    when: str  # "07:40" today, else "Thu 14 May", with the year when it is another one
    exact: str


@dataclass(frozen=True, slots=True)
class Move:
    """A change of lane that an entry brought about."""

    lane: str
    side: str
    evidence: str


Said = tuple[str, str, str]  # icon, title, detail
Teller = Callable[[Mapping[str, Any]], Said]


def lines(
    entries: Iterable[Entry],
    notes: Mapping[int, str | None],
    zone: str,
    today: date,
    *,
    moves: Mapping[int, Move] | None = None,
) -> list[Line]:
    """Tell entries as lines in the order given; dates are local to `zone`.

    A note that is there and None cannot be opened, which the line says. A move stands above what caused it.
    """
    told: list[Line] = []
    for entry in entries:
        when, exact = _moment(entry, zone, today)
        if moves and (move := moves.get(entry.seq)):
            told.append(Line(entry.seq, *_moved(move), None, when, exact))
        icon, title, detail = _TOLD.get(entry.type, _untold(entry.type))(entry.payload)
        note = (notes[entry.seq] or UNREADABLE) if entry.seq in notes else None
        told.append(Line(entry.seq, icon, title, detail, note, when, exact))
    return told


def _moment(entry: Entry, zone: str, today: date) -> tuple[str, str]:
    if entry.happened_on is not None:
        return day_words(entry.happened_on, today), exact_day(entry.happened_on)
    local = (entry.happened_at or entry.at).astimezone(ZoneInfo(zone))
    when = f"{local:%H:%M}" if local.date() == today else day_words(local.date(), today)
    return when, f"{exact_day(local.date())}, {local:%H:%M}"


def _moved(move: Move) -> Said:
    if move.side:
        return "zzz", f"Parked: {SIDE_LABELS[Side(move.side)].lower()}", _sentence(move.evidence)
    label = STEP_LABELS[Step(int(move.lane))]
    return "arrow-right", f"Moved to {label}", _sentence(move.evidence)


def _sentence(text: str) -> str:
    return f"{sentence(text)}." if text else ""


def _day(iso: str) -> str:
    on = date.fromisoformat(iso)
    return day_words(on, date.min)  # with its year: a line may be read years later


def _task(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Name a task by its key: its rule in words, and the client's code where it concerns one."""
    rule, _, rest = str(payload["key"]).partition(":")
    if rule == "manual":
        return rule, "A task of your own"
    code = next((part for part in rest.split(":") if part.startswith("C-")), "")
    return rule, f"{kinds.plain(rule)} for {code}" if code else kinds.plain(rule)


def _done(payload: Mapping[str, Any]) -> Said:
    rule, name = _task(payload)
    icon = "phone" if rule in CALL_RULES else "send" if rule in PAPER_RULES else "circle-check"
    details = ["Done."]
    if payload.get("limits"):
        details.append("Limits changed.")
    if payload.get("receipt"):
        details.append("Receipt is proven.")
    return icon, name, " ".join(details)


def _touch(payload: Mapping[str, Any]) -> Said:
    words = touches.KINDS[touches.TouchKind(payload["kind"])]
    outcome = payload.get("outcome")
    said = touches.OUTCOMES[touches.Outcome(outcome)].lower() if outcome else ""
    return words.icon, f"{words.choice}, {said}" if said else words.choice, ""


def _put_off(payload: Mapping[str, Any]) -> Said:
    return "clock", _task(payload)[1], f"Put off to {_day(payload['to'])}."


def _parked(payload: Mapping[str, Any]) -> Said:
    wake = f"Until {_day(payload['wake_on'])}." if payload.get("wake_on") else ""
    return "zzz", f"Parked by hand: {SIDE_LABELS[Side(payload['side'])].lower()}", wake


def _referral(payload: Mapping[str, Any]) -> Said:
    detail = "All four elements are there." if payload.get("complete") else "Something is missing; the office is asked."
    return "inbox", f"Referral of {payload['client']}", detail


def _changed(payload: Mapping[str, Any]) -> Said:
    fields = [FIELD_WORDS[name] for name in str(payload["fields"]).split() if name in FIELD_WORDS]
    return "pencil", "Facts changed", _sentence(", ".join(fields))


def _paper(icon: str, said: str) -> Teller:
    """Tell what became of a letter: its name, how it left or how its arrival is known, and the client's code."""

    def tell(payload: Mapping[str, Any]) -> Said:
        title = kind_of(payload["template"]).title if payload["template"] in KINDS else "Letter"
        how = PAPER_WORDS.get(payload.get("channel") or payload.get("proof") or "", "")
        about = f" about {payload['client']}" if payload.get("client") else ""
        return icon, f"{title}{about} {said}", how

    return tell


def _fixed(icon: str, title: str, detail: str = "") -> Teller:
    return lambda _payload: (icon, title, detail)


def _of_client(icon: str, title: str, detail: str = "") -> Teller:
    return lambda payload: (icon, f"{title} {payload['client']}", detail)


def _dated(icon: str, title: str, field: str, words: str) -> Teller:
    def tell(payload: Mapping[str, Any]) -> Said:
        about = f"{title} {payload['client']}" if payload.get("client") else title
        return icon, about, f"{words} {_day(payload[field])}."

    return tell


def _untold(name: str) -> Teller:
    return _fixed("note", name.replace("_", " ").capitalize())


FIELD_WORDS = {
    "name": "name", "credential": "credential", "specialty": "specialty", "npi": "NPI", "grade": "grade",
    "channel": "preferred channel", "phone": "phone", "fax": "fax", "email": "e-mail",
    "report_days": "days between reports",
    "office": "office", "hours": "office hours", "closed_days": "closed days", "contacts": "contacts",
    "background": "background", "top_three": "place among the top three", "lunch": "lunch-and-learn",
}  # fmt: skip
PAPER_WORDS = {
    "email": "By e-mail.", "fax": "By fax.", "letter": "By post.", "portal": "Through the portal.", "hand": "By hand.",
    "phone": "By phone.", "visit": "At a visit.", "fax_receipt": "The fax receipt is there.",
    "in_person": "Handed to the provider.", "front_desk": "Handed over at the front desk.",
    "in_chart": "The office says it is in the chart.",
}  # fmt: skip
PART_WORDS = {
    "person": "Name, contact, insurance.", "health": "Health and limits.", "gate": "Appropriateness and forms.",
    "plan": "Plan of exercise.", "criteria": "Six criteria.",
}  # fmt: skip
THROUGH_WORDS = {"client": "The client was", "emergency": "The emergency contact was"}
ABSENT_WORDS = {"missed": "missed", "cancelled": "cancelled in time"}
GOAL_WORDS = {"open": "set", "met": "met", "not_met": "not met", "dropped": "dropped"}
_TOLD: Mapping[str, Teller] = {
    "source_added": _fixed("user-plus", "Worked with from here on"),
    "source_changed": _changed,
    "package_ready": _fixed("file-check", "Introduction package ready"),
    "reply_received": _fixed("message", "The office replied"),
    "source_declined": _fixed("circle-x", "Declined"),
    "opt_out": _fixed("ban", "No contact wanted", "Nothing is sent or planned any more."),
    "education_asked": _fixed("school", "Asked for education"),
    "referral_received": _referral,
    "client_added": _of_client("user-plus", "Taken in:"),
    "client_booked": _of_client("calendar-plus", "First appointment agreed with"),
    "assessment_done": _of_client("clipboard-check", "Initial assessment of"),
    "session_held": _of_client("run", "Session with"),
    "baseline_done": _of_client("ruler-measure", "Baseline measures of"),
    "measures_taken": _of_client("ruler-measure", "Measures taken again of"),
    "visit_scheduled": _dated("calendar-event", "Medical visit of", "visit_on", "On"),
    "visit_cancelled": _of_client("calendar-off", "Visit cancelled for"),
    "client_paused": _of_client("player-pause", "Away for a while:"),
    "client_resumed": _of_client("player-play", "Back again:"),
    "red_flag": _of_client("alert-triangle", "Red flag or change in status:"),
    "hold_lifted": _of_client("player-play", "Exercise goes on for"),
    "provider_asked_through_client": lambda payload: (
        "phone",
        f"{THROUGH_WORDS.get(payload['who'], 'Somebody was')} asked to call the provider about {payload['client']}",
        "",
    ),
    "client_sent_out": _of_client("mail-forward", "Sent to a provider:"),
    "release_signed": _dated("file-check", "Release of information signed for", "expires_on", "Valid until"),
    "release_withdrawn": _of_client("ban", "Release withdrawn by"),
    "release_restored": _of_client("file-check", "Release holds again for"),
    "discharge_planned": _dated("flag", "Last session planned for", "last_on", "On"),
    "discharged": _of_client("flag", "Discharged:"),
    "record_saved": lambda payload: ("pencil", "Record changed", PART_WORDS.get(payload["part"], "")),
    "session_missed": lambda payload: (
        "x",
        f"Session with {payload['client']} {ABSENT_WORDS.get(payload['attendance'], 'not held')}",
        "",
    ),
    "session_written": _of_client("clipboard-check", "Session log written for"),
    "values_measured": _of_client("ruler-measure", "Some values measured of"),
    "value_corrected": _fixed("pencil", "A measured value corrected"),
    "goal_changed": lambda payload: ("flag", f"A goal was {GOAL_WORDS.get(payload['status'], 'changed')}", ""),
    "client_exported": _of_client("download", "A copy of all that is held was made for"),
    "client_erased": _of_client("trash", "Erased:"),
    "ll_scheduled": _dated("tools-kitchen-2", "Lunch-and-learn agreed", "event_on", "On"),
    "ll_cancelled": _fixed("calendar-off", "Lunch-and-learn cancelled"),
    "ll_declined": _fixed("circle-x", "Lunch-and-learn declined"),
    "ll_held": _fixed("tools-kitchen-2", "Lunch-and-learn held"),
    "task_done": _done,
    "task_skipped": lambda payload: ("x", _task(payload)[1], "Skipped."),
    "task_snoozed": _put_off,
    "call_missed": lambda payload: ("phone-off", f"{_task(payload)[1]}, not reached", "Tried again at another time."),
    "document_approved": _paper("file-check", "approved"),
    "document_sent": _paper("mail-forward", "left the house"),
    "delivery_confirmed": _paper("circle-check", "has arrived"),
    "finding_kept": _fixed("list-check", "A wording kept with a reason"),
    "touch_logged": _touch,
    "step_overridden": lambda payload: ("arrow-right", f"Placed at {STEP_LABELS[Step(payload['to'])]} by hand", ""),
    "source_parked": _parked,
    "source_woken": _fixed("player-play", "Worked again"),
    "manual_task_added": lambda payload: ("plus", "A task of your own", f"For {_day(payload['due'])}."),
}
