"""A draft: an open task while planning weighs it against the others (cadence.md 8)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from crm.outreach.cadence.creation import template_of
from crm.outreach.cadence.desk import Dates, Desk, Task
from crm.outreach.cadence.records import PlannedTask, Status


@dataclass(slots=True, eq=False)
class Draft:
    task: Task
    due: date
    window_end: date
    channel: str
    reason: str
    status: Status = Status.OPEN

    @classmethod
    def of(cls, task: Task, dates: Dates) -> "Draft":
        return cls(task, dates.due, dates.window_end, dates.channel, dates.reason)

    @property
    def key(self) -> str:
        return self.task.key

    @property
    def is_open(self) -> bool:
        return self.status is Status.OPEN

    def suppress(self, reason: str) -> None:
        self.status, self.reason = Status.SUPPRESSED, reason

    def cancel(self, reason: str) -> None:
        self.status, self.reason = Status.CANCELLED, reason

    def move(self, due: date, reason: str) -> None:
        """A moved task stays on time at least until its new date; a snoozed one keeps its window (R13)."""
        self.due, self.reason = due, reason
        if self.task.snoozed_to is None:
            self.window_end = max(self.window_end, due)


def by_due(draft: Draft) -> tuple[date, str]:
    return draft.due, draft.key


def open_by(drafts: Iterable[Draft], subject: Callable[[Task], str | None]) -> dict[str, list[Draft]]:
    """The open drafts of each subject, in the order given; those without the subject are left out."""
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        owner = subject(draft.task)
        if owner is not None and draft.is_open:
            groups[owner].append(draft)
    return groups


def planned(desk: Desk, task: Task, dates: Dates, *, status: Status, reason: str) -> PlannedTask:
    return PlannedTask(
        key=task.key,
        rule=task.rule.id,
        due=dates.due,
        window_end=dates.window_end,
        status=status.value,
        source=task.source,
        client=task.client,
        channel=dates.channel,
        template=template_of(desk, task),
        reason=reason,
        trigger=task.trigger.type,
        trigger_on=task.trigger.on,
        anchor_on=task.anchor,
    )
