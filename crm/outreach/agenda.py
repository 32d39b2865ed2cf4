"""The list of what is due: one record and one grouping for Today, the digest and the calendar feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm.outreach import kinds
from crm.outreach.day_words import count_of, number, sentence

URGENT_RULES = frozenset({"C34a", "C34b"})
VISIT_REPORT = "C43"
WINDOW_BEFORE, WINDOW_AHEAD = timedelta(days=90), timedelta(days=370)


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One task as every reader sees it; there is no client name in it and no text somebody typed."""

    key: str
    rule: str
    due: date
    window_end: date
    status: str
    channel: str
    template: str
    reason: str
    source_id: int | None
    source_name: str | None
    office_name: str | None
    client_code: str | None
    trigger: str
    trigger_on: date | None
    anchor_on: date | None
    revision: int
    changed_at: datetime
    done_at: datetime | None
    manual_kind: str = ""
    source_step: int | None = None
    snoozed: int = 0
    task_id: int = 0

    @property
    def is_open(self) -> bool:
        """Say whether it still has to be done."""
        return self.status == "open"

    def why(self, today: date) -> str:
        """Say why it exists: "day 3 after the letter", "sees the doctor on Thu 14 May"."""
        return kinds.why(
            self.rule, client=self.client_code, reason=self.reason, trigger_on=self.trigger_on,
            anchor_on=self.anchor_on, today=today,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the list with its heading."""

    name: str
    title: str
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The whole list, groups without items left out."""

    today: date
    groups: tuple[Group, ...]

    def of(self, name: str) -> tuple[AgendaItem, ...]:
        """Return the items of one group, empty where it is not there."""
        return next((group.items for group in self.groups if group.name == name), ())


TITLES = {
    "urgent": "Urgent",
    "overdue": "Overdue",
    "today": "Today",
    "tomorrow": "Tomorrow",
    "week": "This week",
    "later": "Later",
}


def in_window(due: date, today: date) -> bool:
    """Say whether a due date lies in what list, digest and feed speak of: 90 days back to 370 ahead."""
    return today - WINDOW_BEFORE <= due <= today + WINDOW_AHEAD


def is_urgent(item: AgendaItem, urgent_until: date) -> bool:
    """Say whether a task cannot wait: a change in status, or a report before a visit due by `urgent_until`.

    `urgent_until` is the third working day from today (domain.md 12.5).
    """
    return item.is_open and (item.rule in URGENT_RULES or (item.rule == VISIT_REPORT and item.due <= urgent_until))


def group(items: Iterable[AgendaItem], today: date, *, urgent_until: date) -> Agenda:
    """Sort tasks into the groups of the list, each in the order of due date and key.

    A finished task stays in the group of its due date, so that a row does not jump when it is ticked.
    """
    found: dict[str, list[AgendaItem]] = {name: [] for name in TITLES}
    for item in sorted(items, key=lambda item: (item.due, item.key)):
        found[_group_of(item, today, urgent_until)].append(item)
    return Agenda(today, tuple(Group(name, TITLES[name], tuple(rows)) for name, rows in found.items() if rows))


def _group_of(item: AgendaItem, today: date, urgent_until: date) -> str:
    if is_urgent(item, urgent_until):
        return "urgent"
    if item.due < today:
        return "overdue" if item.is_open else "today"
    if item.due == today:
        return "today"
    if item.due == today + timedelta(days=1):
        return "tomorrow"
    end_of_week = today + timedelta(days=6 - today.weekday())
    return "week" if item.due <= end_of_week else "later"


def opening(
    *, urgent: int, overdue: int, today: Iterable[AgendaItem], finished: int = 0, following: str = ""
) -> tuple[str, str]:
    """Return the sentence above the list: what presses, then what today holds.

    Where all is done it says how much that was, and what comes next: `following`, in words.
    """
    pressing = []
    if urgent:
        pressing.append(f"{count_of(urgent, 'thing', 'things')} cannot wait")
    if overdue:
        pressing.append(f"{number(overdue)} {'is' if overdue == 1 else 'are'} late")
    what = [count_of(n, one, many) for one, many, n in _by_verb(item for item in today if item.is_open)]
    listed = " and ".join(filter(None, [", ".join(what[:-1]), what[-1] if what else ""]))
    first = sentence(", ".join(pressing)) + "." if pressing else ""
    if listed:
        rest = f"Then {listed}." if pressing else ""
        return first or f"Today: {listed}.", rest
    if first or not finished:
        return first or "Nothing is due today.", ""
    return "That was today.", f"{sentence(number(finished))} done.{f' Next: {following}.' if following else ''}"


def _by_verb(items: Iterable[AgendaItem]) -> list[tuple[str, str, int]]:
    counts: dict[str, int] = {}
    for item in items:
        verb = kinds.verb(item.rule, item.manual_kind)
        counts[verb] = counts.get(verb, 0) + 1
    return [(one, many, counts[verb]) for verb, (one, many) in kinds.VERBS.items() if verb in counts]
