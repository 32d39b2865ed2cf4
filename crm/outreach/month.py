"""The calendar as a page shows it: which days, what stands on each, in words."""

from calendar import Calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crm.outreach import appointments, kinds
from crm.outreach.agenda import AgendaItem
from crm.outreach.appointments import Appointment
from crm.outreach.day_words import count_of, sentence
from crm.outreach.workdays import closed_word

FIRST_YEAR, LAST_YEAR = 2000, 2099
AGENDA_DAYS = 28
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One task or appointment on its day: a word for what it is, whom it is about, where it is worked on."""

    id: str  # safe as part of an id in the page
    word: str
    who: str
    title: str
    why: str
    url: str
    is_late: bool = False
    move_url: str = ""  # of a task; an appointment is moved on its own page


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what stands on it, how much more, and why nobody works on it."""

    on: date
    closed: str
    entries: tuple[Entry, ...]
    more: int = 0

    @property
    def count(self) -> int:
        """Return how much there is in all."""
        return len(self.entries) + self.more


def read_month(text: str, today: date) -> date:
    """Return the first day of the month written as 2026-05; this month for anything else."""
    return read_day(f"{text}-01") or today.replace(day=1)


def read_day(text: str) -> date | None:
    """Return a day written as 2026-05-14, None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR and text == found.isoformat() else None


def beside(first: date, months: int) -> date | None:
    """Return the first day of the month before (-1) or after (1), None where the calendar ends."""
    other = (first + timedelta(days=31)).replace(day=1) if months > 0 else (first - timedelta(days=1)).replace(day=1)
    return other if FIRST_YEAR <= other.year <= LAST_YEAR else None


def month_days(first: date) -> list[date]:
    """Return the whole weeks, Monday to Sunday, that a month lies in."""
    return list(Calendar().itermonthdates(first.year, first.month))


def agenda_days(first: date, today: date) -> list[date]:
    """Return a month's days; of this month those from today on, and four weeks at least."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if first <= today <= last:
        first, last = today, max(last, today + timedelta(days=AGENDA_DAYS - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days(
    shown: Iterable[date],
    entries: Mapping[date, list[Entry]],
    counts: Mapping[date, int],
    *,
    closed_days: frozenset[date],
    a_day: int,
) -> list[Day]:
    """Put entries onto their days, at most `a_day` on each; `counts` are the days' tasks and appointments in all."""
    return [
        Day(
            on,
            closed_word(on, closed_days),
            tuple(entries.get(on, ())[:a_day]),
            counts.get(on, 0) - len(entries.get(on, ())[:a_day]),
        )
        for on in shown
    ]


def task_entry(item: AgendaItem, today: date) -> Entry:
    """Put a task into the words of its day."""
    said = item.why(today)
    address = f"/tasks/{item.key}"
    return Entry(
        id=item.key.replace(":", "-"),
        word=sentence(kinds.short(item.rule, item.manual_kind)),
        who=_who(item.client_code, item.source_name),
        title=kinds.title(item.rule, source=item.source_name, client=item.client_code, manual_kind=item.manual_kind),
        why=said,
        url=address,
        is_late=item.due < today,
        move_url=f"{address}/snooze",
    )


def appointment_entry(one: Appointment) -> Entry:
    """Put a visit or a lunch into the words of its day."""
    return Entry(
        id=one.key.replace(":", "-"),
        word=appointments.WORDS[one.what] + (", held" if one.held else ""),
        who=_who(one.client_code, one.source_name),
        title=appointments.title(one),
        why="the day is moved on its own page",
        url=appointments.path_of(one),
    )


def _who(client: str | None, source: str | None) -> str:
    return ", ".join(filter(None, (client, (source or "").partition(",")[0])))


def opening(tasks: int, visits: int, lunches: int, when: str) -> tuple[str, str]:
    """Say in one sentence what is open `when` ("in May", "from today on"), and in a second what is not a task."""
    said = f"{sentence(count_of(tasks, 'task', 'tasks'))} {'is' if tasks == 1 else 'are'} open {when}."
    if not tasks:
        said = f"Nothing is open {when}."
    counted = ((visits, "medical visit", "medical visits"), (lunches, "lunch-and-learn", "lunch-and-learns"))
    parts = [count_of(n, one, many) for n, one, many in counted if n]
    rest = f"{sentence(' and '.join(parts))} {'is' if visits + lunches == 1 else 'are'} on file." if parts else ""
    return said, rest
