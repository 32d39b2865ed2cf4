"""What people do with tasks: done, skipped, snoozed, not reached, and what follows (cadence.md 4 and 7)."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from crm.outreach.cadence.creation import Cause, Details, create
from crm.outreach.cadence.desk import Desk, Task
from crm.outreach.cadence.effects import cancel
from crm.outreach.cadence.events import Event
from crm.outreach.cadence.facts import remember_done, remember_finished
from crm.outreach.cadence.records import Status
from crm.outreach.cadence.timing import dates_of, snooze_limit

CALLED_AGAIN = frozenset({"C30", "C31", "C33"})
TRIES_AFTER_FIRST = 3
FREE_SNOOZES = 2
MERGE_BAND = timedelta(days=10)


def take_done(desk: Desk, task: Task, event: Event) -> None:
    desk.finish(task, Status.DONE, "", event=event, dates=dates_of(desk, task))
    remember_done(desk, task, event)
    remember_finished(desk, task, event)


def take_skipped(desk: Desk, task: Task, event: Event) -> None:
    cancel(desk, task, "skipped", event)
    remember_finished(desk, task, event)


def take_snoozed(_desk: Desk, task: Task, event: Event) -> None:
    task.snoozed_to = event.day("to")
    task.snoozes += 1


def take_missed(desk: Desk, task: Task, event: Event) -> None:
    """Nobody answered: try again up to three times, then leave a written note (C31, C31m)."""
    cancel(desk, task, "not-reached", event)
    cause = Cause.after(task, event)
    if task.tries == TRIES_AFTER_FIRST:
        create(desk, "C31m", cause)
    else:
        create(desk, "C31", cause, Details(tries=task.tries + 1))


def may_snooze(desk: Desk, task: Task, event: Event) -> bool:
    """Later only, inside the limit, never an urgent task, and a third time only with a reason (D33)."""
    to, due, limit = event.day("to"), dates_of(desk, task).due, snooze_limit(desk, task)
    if task.rule.urgent or to <= due or to <= event.on or (limit is not None and limit < due):
        return False
    return task.snoozes < FREE_SNOOZES or bool(event.word("reason").strip())


def may_miss(_desk: Desk, task: Task, _event: Event) -> bool:
    return task.rule.id in CALLED_AGAIN


def always(_desk: Desk, _task: Task, _event: Event) -> bool:
    return True


def cover_introduction(desk: Desk, task: Task, event: Event) -> None:
    """The assessment summary introduces the client already (C24 closes C16, D14)."""
    for introduction in desk.open_of_client("C16", task.client):
        cancel(desk, introduction, f"covered:{task.key}", event)


def plan_next_call(desk: Desk, task: Task, event: Event) -> None:
    """Every call made, or skipped, starts the sixty days anew (C33)."""
    for planned in desk.open_of_client("C33", task.client):
        cancel(desk, planned, "called", event)
    create(desk, "C33", Cause.after(task, event))


def plan_next_report(desk: Desk, task: Task, event: Event) -> None:
    create(desk, "C42", Cause.after(task, event))


def absorb_report(desk: Desk, task: Task, event: Event) -> None:
    """A pre-visit report stands in for the progress report due within ten days and restarts its clock (D24, D27)."""
    for report in desk.open_of_client("C42", task.client):
        dates = dates_of(desk, report)
        if dates.due <= event.on + MERGE_BAND:
            desk.finish(report, Status.SUPPRESSED, f"merged:{task.key}", event=event, dates=dates)
            create(desk, "C42", Cause.after(report, event))


def plan_next_touch(desk: Desk, task: Task, event: Event) -> None:
    create(desk, "C60", Cause.after(task, event))


def start_nurturing(desk: Desk, task: Task, event: Event) -> None:
    """The visit to the office starts the quarterly notes, or continues them if none is open (C14)."""
    if not desk.open_of_source("C14", task.source):
        create(desk, "C14", Cause.after(task, event))


def repeat(desk: Desk, task: Task, event: Event) -> None:
    """The next of a series counts from the day this one was handled, so missed ones never pile up (R8)."""
    create(desk, task.rule.id, Cause.after(task, event), Details(offset=task.rule.repeat))


Follow = Callable[[Desk, Task, Event], None]
AFTER_DONE: Mapping[str, Follow] = {
    "C13": start_nurturing,
    "C14": repeat,
    "C24": cover_introduction,
    "C30": plan_next_call,
    "C31": plan_next_call,
    "C31m": plan_next_call,
    "C33": plan_next_call,
    "C42": plan_next_report,
    "C43": absorb_report,
    "C44": repeat,
    "C54": repeat,
    "C60": plan_next_touch,
}
AFTER_SKIPPED: Mapping[str, Follow] = {
    "C14": repeat,
    "C33": plan_next_call,
    "C42": plan_next_report,
    "C44": repeat,
    "C54": repeat,
    "C60": plan_next_touch,
}
FOLLOW_UPS: Mapping[str, Mapping[str, Follow]] = {"task_done": AFTER_DONE, "task_skipped": AFTER_SKIPPED}

Permission = Callable[[Desk, Task, Event], bool]
TASK_EVENTS: Mapping[str, tuple[Permission, Follow]] = {
    "task_done": (always, take_done),
    "task_skipped": (always, take_skipped),
    "task_snoozed": (may_snooze, take_snoozed),
    "call_missed": (may_miss, take_missed),
}
