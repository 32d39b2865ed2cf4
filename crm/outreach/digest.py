"""The morning digest: when it is due, and what it says. Codes only, never a client's name (H1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crm.documents.letters import place_of
from crm.outreach import agenda, kinds
from crm.outreach.agenda import Agenda, AgendaItem
from crm.outreach.day_words import day, due_words, number
from crm.outreach.workdays import Workdays

MOST_ITEMS = 10
REPORT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: what, who and why, and the path that opens it."""

    what: str
    why: str
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its count and the lines that fit; `is_late` colours it, the words say it."""

    title: str
    count: int
    lines: tuple[Line, ...]
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """One user's digest of one local date."""

    subject: str
    heading: str
    opening: str
    sections: tuple[Section, ...]
    more: int
    facts: tuple[str, ...]
    next_on: str
    next_at: str
    log_head: str

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to tell, so that nothing is sent."""
        return not self.sections and not self.facts


@dataclass(frozen=True, slots=True)
class Morning:
    """What the digest is made from beside the tasks."""

    without_step: Sequence[str]  # names of sources nothing is planned for
    without_step_count: int
    closed_yesterday: int
    next_on: date
    at: str  # "07:00"
    log_head: str = ""


def is_due(*, now_local: datetime, at: str, works_today: bool, has_urgent: bool) -> bool:
    """Say whether a user's digest of this local date should go out now.

    `now_local` is the wall clock of the practice, aware. An hour the spring change skips counts once the
    clock is past it; that it goes out once a date is the outbox's unique key. On days off it comes only
    when something is urgent.
    """
    hour = time.fromisoformat(at)
    return now_local.time() >= hour and (works_today or has_urgent)


def works_on(on: date, *, work_days: str, calendar: Workdays) -> bool:
    """Say whether a user works on a date: one of the practice's weekdays, no holiday and not closed.

    A practice may also work on weekends, which the business calendar never counts as open.
    """
    if str(on.isoweekday()) not in work_days:
        return False
    return on.weekday() >= 5 or calendar.is_open(on)


def next_morning(today: date, *, work_days: str, calendar: Workdays) -> date:
    """Return the next date on which a digest comes if nothing is urgent before."""
    for ahead in range(1, 60):
        on = today + timedelta(days=ahead)
        if works_on(on, work_days=work_days, calendar=calendar):
            return on
    return today + timedelta(days=1)


def compose(found: Agenda, morning: Morning) -> Digest:
    """Write the digest: urgent, overdue, today by channel, then what is near, in ten items at most."""
    today = found.today
    sections, more = _sections(found)
    facts = _facts(found, morning)
    due_today = [item for item in found.of("today") if item.is_open]
    urgent, overdue = len(found.of("urgent")), len(found.of("overdue"))
    first, rest = agenda.opening(urgent=urgent, overdue=overdue, today=due_today)
    counted = [(urgent, "urgent"), (overdue, "overdue"), (len(due_today), "today")]
    counts = ", ".join(f"{n} {word}" for n, word in counted if n)
    heading = f"{today:%A} {today.day} {today:%B}"
    return Digest(
        subject=f"{_plain_day(today, today)}: {counts or 'nothing due'}",
        heading=heading,
        opening=f"{first} {rest}".strip(),
        sections=sections,
        more=more,
        facts=facts,
        next_on=_plain_day(morning.next_on, today),
        next_at=morning.at,
        log_head=morning.log_head,
    )


def _plain_day(on: date, today: date) -> str:
    """Return a date with ordinary spaces: mail headers and plain text stay ASCII."""
    return day(on, today).replace("\N{NO-BREAK SPACE}", " ")


def _sections(found: Agenda) -> tuple[tuple[Section, ...], int]:
    due_today = [item for item in found.of("today") if item.is_open]
    parts: list[tuple[str, Sequence[AgendaItem], bool]] = [
        ("Urgent", found.of("urgent"), True),
        ("Overdue", found.of("overdue"), True),
        ("Calls today", [i for i in due_today if _verb(i) == "call"], False),
        ("Letters, reports and cards today", [i for i in due_today if _verb(i) in {"letter", "report", "card"}], False),
        ("Also today", [i for i in due_today if _verb(i) in {"visit", "session", "desk"}], False),
    ]
    room = MOST_ITEMS
    sections: list[Section] = []
    for title, items, is_late in parts:
        if not items:
            continue
        shown = items[:room]
        room -= len(shown)
        lines = tuple(_line(item, found.today) for item in shown)
        sections.append(Section(title, len(items), lines, is_late))
    total = sum(section.count for section in sections)
    return tuple(sections), total - (MOST_ITEMS - room)


def _verb(item: AgendaItem) -> str:
    return kinds.verb(item.rule, item.manual_kind)


def _line(item: AgendaItem, today: date) -> Line:
    why = kinds.why(
        item.rule,
        client=item.client_code,
        reason=item.reason,
        trigger_on=item.trigger_on,
        anchor_on=item.anchor_on,
        today=today,
    )
    late = f"{due_words(item.due, today)}; " if item.due < today else ""
    what = kinds.outside_title(
        item.rule, source=item.source_name, client=item.client_code, manual_kind=item.manual_kind
    )
    plain = f"{late}{why}".replace("\N{NO-BREAK SPACE}", " ")
    return Line(what, plain, path_of(item))


def path_of(item: AgendaItem) -> str:
    """Return the page that a task is worked on; it needs a sign-in."""
    return place_of(item.template, item.key, source_id=item.source_id, client_code=item.client_code)


def _facts(found: Agenda, morning: Morning) -> tuple[str, ...]:
    facts = []
    until = found.today + timedelta(days=REPORT_DAYS)
    items = [item for group in found.groups for item in group.items if item.is_open]
    reports = sum(1 for item in items if _verb(item) == "report" and found.today <= item.due <= until)
    if reports:
        facts.append(f"Reports due in seven days: {number(reports)}.")
    if morning.without_step_count:
        names = [name.partition(",")[0] for name in morning.without_step[:2]]
        more = morning.without_step_count - len(names)
        listed = ", ".join(names) + (f" and {number(more)} more" if more > 0 else "")
        facts.append(f"Sources with no next step: {number(morning.without_step_count)} ({listed}).")
    if morning.closed_yesterday:
        facts.append(f"Yesterday you closed {number(morning.closed_yesterday)}.")
    return tuple(facts)
