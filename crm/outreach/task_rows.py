"""A task as a row of a list: its words, its state and the addresses of what can be done with it."""

from dataclasses import dataclass
from datetime import date

from crm.outreach import kinds
from crm.outreach.agenda import URGENT_RULES, AgendaItem
from crm.outreach.day_words import due_words, exact


@dataclass(frozen=True, slots=True)
class TaskRow:
    """What macros/tasks.html shows of one task."""

    key: str  # safe as part of an id in the page
    title: str
    title_url: str | None
    why: str
    channel: str
    channel_icon: str
    state_kind: str
    state_word: str
    exact: str
    done: bool
    done_text: str
    can_snooze: bool
    needs_outcome: bool
    done_url: str
    outcome_url: str
    snooze_url: str
    skip_url: str
    undo_url: str


def row(item: AgendaItem, today: date, *, words: str = "", undo_seq: int | None = None) -> TaskRow:
    """Put a task into words. `words` are a hand-typed task's own, opened by the view; `undo_seq` is the last act."""
    kind, word = _state(item, today)
    channel, icon = kinds.CHANNELS.get(item.channel, kinds.CHANNELS["none"])
    address = f"/tasks/{item.key}"
    named = kinds.title(item.rule, source=item.source_name, client=item.client_code, manual_kind=item.manual_kind)
    until = f", on time until {exact(item.window_end)}" if item.window_end > item.due else ""
    return TaskRow(
        key=item.key.replace(":", "-"),
        title=words or named,
        title_url=address,
        why=_why(item, today),
        channel=channel,
        channel_icon=icon,
        state_kind=kind,
        state_word=word,
        exact=f"due {exact(item.due)}{until}",
        done=not item.is_open,
        done_text="",
        can_snooze=item.rule not in URGENT_RULES,
        needs_outcome=item.channel == "phone" and item.rule != "manual",
        done_url=f"{address}/done",
        outcome_url=f"{address}/outcome",
        snooze_url=f"{address}/snooze",
        skip_url=f"{address}/skip",
        undo_url=f"/undo/{undo_seq}" if undo_seq else address,
    )


def _state(item: AgendaItem, today: date) -> tuple[str, str]:
    if item.status == "done":
        return "done", "Done"
    if not item.is_open:
        return "done", "Skipped" if item.reason == "skipped" else "No longer needed"
    if item.rule in URGENT_RULES and item.due <= today:
        return "late", "Now"
    word = due_words(item.due, today)
    return ("late" if item.due < today else "now" if item.due == today else "later"), word


def _why(item: AgendaItem, today: date) -> str:
    said = item.why(today)
    return f"{item.office_name} · {said}" if item.office_name else said
