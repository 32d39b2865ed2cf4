"""The desk: everything known about sources, clients and tasks at one moment of the replay (cadence.md 4)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from crm.outreach.cadence.events import Event
from crm.outreach.cadence.offsets import Offset
from crm.outreach.cadence.records import Client, Practice, Source, Status
from crm.outreach.cadence.rules import Rule, RuleTable
from crm.outreach.workdays import Workdays, workdays_of


class Dates(NamedTuple):
    """When a task is due, until when it is on time, how it is sent, and a word on why."""

    due: date
    window_end: date
    channel: str
    reason: str = ""


@dataclass(slots=True, eq=False)
class Task:
    """A task in the replay. `frozen` holds the dates of a finished task; an open one is dated anew each time."""

    key: str
    rule: Rule
    occurrence: str
    source: str | None
    client: str | None
    trigger: Event
    anchor: date
    offset: Offset
    tries: int = 0
    status: Status = Status.OPEN
    reason: str = ""
    snoozed_to: date | None = None
    snoozes: int = 0
    frozen: Dates | None = None
    finished_by: Event | None = None


# Open tasks by rule and key.
Shelf = dict[str, dict[str, Task]]


@dataclass(slots=True)
class Appointment:
    """A medical visit or a lunch-and-learn; `stands` until it is cancelled."""

    on: date
    source: str | None
    stands: bool = True
    held: bool = False


@dataclass(slots=True)
class ClientFile:
    """What has happened to one client."""

    client: Client
    sessions: list[date] = field(default_factory=list)
    visited: bool = False
    has_baseline: bool = False
    measured_on: date | None = None
    visits: dict[str, Appointment] = field(default_factory=dict)
    pauses: list[tuple[date, date]] = field(default_factory=list)
    paused_since: date | None = None
    last_on: date | None = None
    discharged: bool = False
    summary_sent: bool = False
    call_unlocked: bool = False
    reports_sent: list[Task] = field(default_factory=list)
    open_tasks: Shelf = field(default_factory=dict)


@dataclass(slots=True)
class SourceFile:
    """What has happened between the practice and one source."""

    source: Source
    days: Workdays
    added_on: date | None = None
    referred_on: date | None = None
    answered_at: datetime | None = None
    declined_on: date | None = None
    opted_out: bool = False
    touched_on: date | None = None
    looked_after_on: date | None = None
    educated: bool = False
    trusted: bool = False
    introduced_at: datetime | None = None
    lunches: dict[str, Appointment] = field(default_factory=dict)
    open_tasks: Shelf = field(default_factory=dict)
    unsolicited_sent: list[Task] = field(default_factory=list)
    cards_sent: list[Task] = field(default_factory=list)
    reports_on_time: int = 0
    summaries_sent: int = 0
    calls_made: int = 0

    @property
    def answered_on(self) -> date | None:
        return self.answered_at.date() if self.answered_at else None


class Desk:
    """The files of all sources and clients and the store of tasks, with the open ones at hand by rule and subject."""

    def __init__(
        self, practice: Practice, sources: Iterable[Source], clients: Iterable[Client], rules: RuleTable
    ) -> None:
        self.practice = practice
        self.rules = rules
        self.days = workdays_of(practice.closed_days)
        self.sources = {source.id: SourceFile(source, self._office_days(source)) for source in sources}
        self.clients = {client.id: ClientFile(client) for client in clients}
        self.tasks: dict[str, Task] = {}
        self.ignored: set[str] = set()
        self._series: Counter[tuple[str, str]] = Counter()

    def _office_days(self, source: Source) -> Workdays:
        return workdays_of(self.practice.closed_days | source.closed_days, source.closed_weekdays)

    def source_of(self, event: Event) -> str | None:
        """The event's own source, else that of its client."""
        if event.source is None and event.client is not None:
            return self.clients[event.client].client.source
        return event.source

    def days_for(self, rule: Rule, source: str | None) -> Workdays:
        """The calendar the result is rolled in: the office's own for office rules, else the practice's."""
        return self.sources[source].days if rule.calendar == "office" and source is not None else self.days

    def open_task(self, key: str) -> Task | None:
        task = self.tasks.get(key)
        return task if task is not None and task.status is Status.OPEN else None

    def open_of_client(self, rule_id: str, client: str | None) -> list[Task]:
        found = self.clients[client or ""].open_tasks.get(rule_id)
        return list(found.values()) if found else []

    def open_of_source(self, rule_id: str, source: str | None) -> list[Task]:
        found = self.sources[source or ""].open_tasks.get(rule_id)
        return list(found.values()) if found else []

    def open_tasks(self) -> Iterator[Task]:
        return (task for task in self.tasks.values() if task.status is Status.OPEN)

    def made(self, rule_id: str, subject: str | None) -> int:
        """How many tasks of this rule the subject has had so far."""
        return self._series[rule_id, subject or ""]

    def add(self, task: Task, subject: str) -> None:
        self.tasks[task.key] = task
        if task.rule.occurrence == "n":
            self._series[task.rule.id, subject] += 1
        for open_tasks in self._shelves_of(task):
            open_tasks.setdefault(task.rule.id, {})[task.key] = task

    def finish(self, task: Task, status: Status, reason: str, *, event: Event, dates: Dates) -> None:
        """Set the status for good; the task keeps the dates it had before this event."""
        task.status, task.reason, task.finished_by, task.frozen = status, reason, event, dates
        self._forget_open(task)

    def begin_again(self, task: Task, event: Event) -> None:
        """Let a client's dated task count from a later event, under the key of that day; a snooze is lost."""
        shelf = self.clients[task.client or ""].open_tasks[task.rule.id]
        del shelf[task.key], self.tasks[task.key]
        task.occurrence = event.on.isoformat()
        task.key = f"{task.rule.id}:{task.client}:{task.occurrence}"
        task.trigger, task.anchor, task.snoozed_to, task.snoozes = event, event.on, None, 0
        self.tasks[task.key] = shelf[task.key] = task

    def drop(self, key: str) -> None:
        """Take a task that was not carried out off the desk, so that its key can be used again (R9)."""
        task = self.tasks.get(key)
        if task is not None and task.status is not Status.DONE:
            self._forget_open(task)
            del self.tasks[key]

    def _forget_open(self, task: Task) -> None:
        for open_tasks in self._shelves_of(task):
            open_tasks[task.rule.id].pop(task.key, None)

    def _shelves_of(self, task: Task) -> list[Shelf]:
        """Where an open task is looked up: with its client, and with its source if the rule is about sources."""
        shelves = [self.clients[task.client].open_tasks] if task.client is not None else []
        if task.rule.subject == "source" and task.source is not None:
            shelves.append(self.sources[task.source].open_tasks)
        return shelves
