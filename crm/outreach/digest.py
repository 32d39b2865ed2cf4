"""The morning digest: what it says. Codes only, never a client's name (H1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.documents.letters import place_of
from crm.outreach import agenda, kinds, putting_off
from crm.outreach.action_links import Act, ActionLink, Seal, subscriber_token, token_of
from crm.outreach.agenda import URGENT_RULES, Agenda, AgendaItem
from crm.outreach.day_words import day, due_words, number, sentence

MOST_ITEMS = 10
REPORT_DAYS = 7
MANY_LATE = 10
PAPER = ("report", "letter", "card")  # what presses most first


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: what, who and why, and by its words each address that does something about it."""

    what: str
    why: str
    links: tuple[tuple[str, str], ...]


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
    nudge: str
    next_on: str
    next_at: str
    log_head: str
    today_url: str
    pause_url: str
    stop_url: str

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to tell; then it comes only to those who want a sign of life."""
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
    has_letterhead: bool = True


@dataclass(frozen=True, slots=True)
class Mailing:
    """To whom it goes, what its addresses begin with, and what signs them; `minute` is when its links end."""

    user_id: int
    base_url: str
    seal: Seal
    minute: int

    def links_of(self, item: AgendaItem) -> tuple[tuple[str, str], ...]:
        """Return what can be done about a task from the mail; one that cannot wait is not offered to."""
        links = [("done", self._act(Act.DONE, item))]
        if item.rule not in URGENT_RULES and item.snoozed < putting_off.WITHOUT_REASON:
            links.append(("+1 business day", self._act(Act.LATER, item)))
        return *links, ("open", f"{self.base_url}/tasks/{item.key}")

    def _act(self, act: Act, item: AgendaItem) -> str:
        link = ActionLink(act, item.task_id, item.revision, self.user_id, self.minute)
        return f"{self.base_url}/a/{token_of(link, item.key, self.seal)}"

    def about_itself(self, what: str) -> str:
        """Return the address that pauses or stops the digest; it holds for as long as the mail lies about."""
        return f"{self.base_url}/d/{subscriber_token(self.user_id, self.seal.secret)}/{what}"


def compose(found: Agenda, morning: Morning, mailing: Mailing) -> Digest:
    """Write the digest: urgent, overdue, today by channel, then what is near, in ten items at most."""
    today = found.today
    sections, more = _sections(found, mailing)
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
        nudge=_nudge(overdue, morning),
        next_on=_plain_day(morning.next_on, today),
        next_at=morning.at,
        log_head=morning.log_head,
        today_url=f"{mailing.base_url}/",
        pause_url=mailing.about_itself("pause"),
        stop_url=mailing.about_itself("stop"),
    )


def _plain_day(on: date, today: date) -> str:
    """Return a date with ordinary spaces: mail headers and plain text stay ASCII."""
    return day(on, today).replace("\N{NO-BREAK SPACE}", " ")


def _sections(found: Agenda, mailing: Mailing) -> tuple[tuple[Section, ...], int]:
    due_today = [item for item in found.of("today") if item.is_open]
    paper = [item for item in due_today if _verb(item) in PAPER]
    parts: list[tuple[str, Sequence[AgendaItem], bool]] = [
        ("Urgent", found.of("urgent"), True),
        ("Overdue", found.of("overdue"), True),
        ("Calls today", [i for i in due_today if _verb(i) == "call"], False),
        ("Reports, letters and cards today", sorted(paper, key=lambda item: PAPER.index(_verb(item))), False),
        ("Also today", [i for i in due_today if _verb(i) in {"visit", "session", "desk"}], False),
    ]
    room = MOST_ITEMS
    sections: list[Section] = []
    for title, items, is_late in parts:
        if not items:
            continue
        shown = items[:room]
        room -= len(shown)
        lines = tuple(_line(item, found.today, mailing) for item in shown)
        sections.append(Section(title, len(items), lines, is_late))
    total = sum(section.count for section in sections)
    return tuple(sections), total - (MOST_ITEMS - room)


def _verb(item: AgendaItem) -> str:
    return kinds.verb(item.rule, item.manual_kind)


def _line(item: AgendaItem, today: date, mailing: Mailing) -> Line:
    why = item.why(today)
    late = f"{due_words(item.due, today)}; " if item.due < today else ""
    what = kinds.outside_title(
        item.rule, source=item.source_name, client=item.client_code, manual_kind=item.manual_kind
    )
    plain = f"{late}{why}".replace("\N{NO-BREAK SPACE}", " ")
    return Line(what, plain, mailing.links_of(item))


def path_of(item: AgendaItem) -> str:
    """Return the page that a task is worked on; it needs a sign-in."""
    return kinds.place(item.rule) or place_of(
        item.template, item.key, source_id=item.source_id, client_code=item.client_code
    )


def _facts(found: Agenda, morning: Morning) -> tuple[str, ...]:
    near = []
    until = found.today + timedelta(days=REPORT_DAYS)
    items = [item for group in found.groups for item in group.items if item.is_open]
    reports = sum(1 for item in items if _verb(item) == "report" and found.today <= item.due <= until)
    if reports:
        near.append(f"Reports due in seven days: {number(reports)}.")
    if morning.without_step_count:
        names = [name.partition(",")[0] for name in morning.without_step[:2]]
        more = morning.without_step_count - len(names)
        listed = ", ".join(names) + (f" and {number(more)} more" if more > 0 else "")
        near.append(f"Sources with no next step: {number(morning.without_step_count)} ({listed}).")
    closed = f"Yesterday you closed {number(morning.closed_yesterday)}." if morning.closed_yesterday else ""
    return tuple(filter(None, [" ".join(near), closed]))


def _nudge(overdue: int, morning: Morning) -> str:
    """Choose the one small step that helps most today; empty where all is in order."""
    if overdue > MANY_LATE:
        return f"{sentence(number(overdue))} are late: do the oldest two, and skip with a reason what no longer helps."
    if morning.without_step:
        return f"One small step: plan a next touch with {morning.without_step[0].partition(',')[0]}."
    if not morning.has_letterhead:
        return "One small step: fill in your letterhead on the practice page; every letter carries it."
    return ""
