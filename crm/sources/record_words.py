"""The sentences of a source's own page: where things stand, and the last word to each shared client's provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crm.outreach import kinds
from crm.outreach.agenda import URGENT_RULES, AgendaItem
from crm.outreach.day_words import count_of, day, due_words, near_day, sentence
from crm.sources.history import CALL_RULES, PAPER_RULES, Line

ICONS = {"phone": "phone", "visit": "building", "none": "note", "in_session": "run"}
CLOSING_RULE = "C49"
PLANNED_SHOWN = 5


@dataclass(frozen=True, slots=True)
class LoopLine:
    """A shared client and the last word from us, as a state of the list of states."""

    code: str
    kind: str
    word: str


def opening(items: Sequence[AgendaItem], *, is_listed_only: bool, do_not_contact: bool, today: date) -> tuple[str, str]:
    """Return the sentence above a source: what is next, or why nothing is."""
    if do_not_contact:
        return "No contact wanted.", "Nothing is planned or sent."
    if items:
        first = f"{sentence(count_of(len(items), 'thing is', 'things are'))} next:"
        return first, f"{' and '.join(_brief(item, today) for item in items[:2])}."
    if is_listed_only:
        return "Only listed.", "Grade it A or B, or log a touch, and its tasks begin."
    return "Nothing is planned.", "Log what happened, or place it on the board."


def _brief(item: AgendaItem, today: date) -> str:
    if item.due < today:
        return f"{name(item)} ({due_words(item.due, today)})"
    when = near_day(item.due, today)
    return f"{name(item)} {when if when in {'today', 'tomorrow'} else f'on {when}'}"


def pressing_first(items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """Return tasks by date, those that cannot wait before all others."""
    return sorted(items, key=lambda item: (item.rule not in URGENT_RULES, item.due))


def name(item: AgendaItem) -> str:
    """Name a task in the middle of a sentence: "progress report for C-0142"."""
    words = kinds.MANUAL[item.manual_kind][2] if item.rule == "manual" else kinds.plain(item.rule)
    small = words if words[:2].isupper() else words[:1].lower() + words[1:]
    return f"{small} for {item.client_code}" if item.client_code else small


def planned(items: Sequence[AgendaItem], today: date, show: str) -> list[Line]:
    """Return the nearest open tasks as the lines above the now line, the farthest of them first."""
    nearest = [item for item in items if _is_shown(item, show)][:PLANNED_SHOWN]
    return [_planned(item, today) for item in reversed(nearest)]


def _is_shown(item: AgendaItem, show: str) -> bool:
    return {"": True, "calls": item.rule in CALL_RULES, "letters": item.rule in PAPER_RULES}.get(show, False)


def _planned(item: AgendaItem, today: date) -> Line:
    why = item.why(today)
    icon = ICONS.get(item.channel, "file-text")
    return Line(0, icon, sentence(name(item)), sentence(why), None, day(item.due, today), due_words(item.due, today))


def loop_line(
    code: str, last_rule: str | None, last_on: date | None, items: Sequence[AgendaItem], today: date
) -> LoopLine:
    """Say what this source last heard from us of a client, or what it should hear by today."""
    due = [item for item in items if item.client_code == code and item.due <= today]
    if due:
        word = sentence(kinds.short(due[0].rule, due[0].manual_kind))
        return LoopLine(
            code, "late" if due[0].due < today else "now", f"{word}, {due_words(due[0].due, today).lower()}"
        )
    if last_rule is None or last_on is None:
        return LoopLine(code, "ask", "Nothing yet")
    word = "Closed" if last_rule == CLOSING_RULE else sentence(kinds.short(last_rule))
    return LoopLine(code, "done", f"{word}, {near_day(last_on, today)}")
