"""Special effects of events about sources and clients, one function per behaviour (cadence.md 7)."""

from collections.abc import Callable, Mapping
from datetime import date

from crm.outreach.cadence.creation import Cause, Details, create
from crm.outreach.cadence.desk import Appointment, Desk, Task
from crm.outreach.cadence.events import Event
from crm.outreach.cadence.records import Status
from crm.outreach.cadence.timing import dates_of

VISIT_RULES = ("C43", "C45")
LUNCH_RULES = ("C51a", "C51b", "C51c", "C51d")
ABSENCE_RULES = ("C4Aa", "C4Ab")


def cancel(desk: Desk, task: Task, reason: str, event: Event) -> None:
    desk.finish(task, Status.CANCELLED, reason, event=event, dates=dates_of(desk, task))


def cancel_keys(desk: Desk, keys: list[str], event: Event) -> None:
    """Cancel those of `keys` that are open, with the type of the event as reason."""
    for key in keys:
        if task := desk.open_task(key):
            cancel(desk, task, event.type, event)


def restart_reports(desk: Desk, cause: Cause) -> None:
    """baseline_done restarts the report clock (C42) and lets reports before visits begin (C43)."""
    event = cause.event
    for task in desk.open_of_client("C42", event.client):
        cancel(desk, task, "rebaselined", event)
    create(desk, "C42", cause)
    for visit_id, visit in desk.clients[event.client or ""].visits.items():
        if visit.stands:
            _report_before_visit(desk, Cause(event, visit.source, event.client), visit_id, visit.on)


def schedule_visit(desk: Desk, cause: Cause) -> None:
    """A visit is known or moved: its tasks are made anew, those already carried out stay (R9)."""
    event = cause.event
    file = desk.clients[event.client or ""]
    visit_id, visit_on = event.word("id"), event.day("visit_on")
    known = file.visits.get(visit_id)
    if file.discharged or (known and known.stands and known.on == visit_on):
        return
    file.visits[visit_id] = Appointment(visit_on, cause.source)
    for rule_id in VISIT_RULES:
        desk.drop(f"{rule_id}:{event.client}:{visit_id}")
    _report_before_visit(desk, cause, visit_id, visit_on)
    create(desk, "C45", cause, Details(anchor=visit_on))


def _report_before_visit(desk: Desk, cause: Cause, visit_id: str, visit_on: date) -> None:
    """C43 exists once there is a baseline and the visit lies in the future."""
    if desk.clients[cause.client or ""].has_baseline and visit_on > cause.event.on:
        create(desk, "C43", cause, Details(anchor=visit_on, occurrence=visit_id))


def cancel_visit(desk: Desk, cause: Cause) -> None:
    event = cause.event
    visit_id = event.word("id")
    if visit := desk.clients[event.client or ""].visits.get(visit_id):
        visit.stands = False
    cancel_keys(desk, [f"{rule_id}:{event.client}:{visit_id}" for rule_id in VISIT_RULES], event)


def schedule_lunch(desk: Desk, cause: Cause) -> None:
    """A lunch-and-learn is agreed or moved (C51a to C51d); one that was held cannot be scheduled again."""
    event = cause.event
    lunches = desk.sources[event.source or ""].lunches
    lunch_id, event_on = event.word("id"), event.day("event_on")
    known = lunches.get(lunch_id)
    if known and (known.held or (known.stands and known.on == event_on)):
        return
    lunches[lunch_id] = Appointment(event_on, event.source)
    for rule_id in LUNCH_RULES:
        desk.drop(f"{rule_id}:{event.source}:{lunch_id}")
        create(desk, rule_id, cause, Details(anchor=event_on))


def cancel_lunch(desk: Desk, cause: Cause) -> None:
    event = cause.event
    if lunch := desk.sources[event.source or ""].lunches.get(event.word("id")):
        lunch.stands = False
    _cancel_preparation(desk, event)


def hold_lunch(desk: Desk, cause: Cause) -> None:
    event = cause.event
    lunches = desk.sources[event.source or ""].lunches
    lunches.setdefault(event.word("id"), Appointment(event.on, event.source)).held = True
    _cancel_preparation(desk, event)


def _cancel_preparation(desk: Desk, event: Event) -> None:
    cancel_keys(desk, [f"{rule_id}:{event.source}:{event.word('id')}" for rule_id in LUNCH_RULES], event)


def plan_discharge(desk: Desk, cause: Cause) -> None:
    """C48 counts back from the planned last session; a new date makes it anew."""
    event = cause.event
    file = desk.clients[event.client or ""]
    last_on = event.day("last_on")
    if file.discharged or file.last_on == last_on:
        return
    file.last_on = last_on
    desk.drop(f"C48:{event.client}:1")
    create(desk, "C48", cause, Details(anchor=last_on))


def renew_release(desk: Desk, cause: Cause) -> None:
    """C62 belongs to one expiry date; a new release replaces the reminders of the others."""
    event = cause.event
    expires_on = event.day("expires_on")
    for task in desk.open_of_client("C62", event.client):
        if task.anchor != expires_on:
            cancel(desk, task, "renewed", event)
    create(desk, "C62", cause, Details(anchor=expires_on, occurrence=expires_on.isoformat()))


def restart_absence_watch(desk: Desk, cause: Cause) -> None:
    """Absence counts from the later of the last session and the return from a pause (C4Aa, C4Ab, D31).

    A watch that ends before its day is never shown, and nearly every session ends one: it begins again as the
    watch of the new day, which comes to the same as cancelling it and making another, in half the time.
    """
    event = cause.event
    if not desk.clients[event.client or ""].sessions:
        return
    for rule_id in ABSENCE_RULES:
        running = desk.open_of_client(rule_id, event.client)
        if not running:
            create(desk, rule_id, cause)
        for task in running:
            _end_absence(desk, task, cause)


def _end_absence(desk: Desk, task: Task, cause: Cause) -> None:
    today = cause.event.on
    if task.trigger.on == today:
        return
    if task.offset.from_(task.anchor, desk.days) > today:
        desk.begin_again(task, cause.event)
    else:
        cancel(desk, task, cause.event.type, cause.event)
        create(desk, task.rule.id, cause)


def offer_lunch_again(desk: Desk, cause: Cause) -> None:
    """After a declined offer the next one comes half a year later (C50, D35)."""
    event = cause.event
    if desk.made("C50", event.source):
        create(desk, "C50", cause, Details(offset=desk.rules["C50"].repeat))


Effect = Callable[[Desk, Cause], None]
EFFECTS: Mapping[str, Effect] = {
    "baseline_done": restart_reports,
    "visit_scheduled": schedule_visit,
    "visit_cancelled": cancel_visit,
    "ll_scheduled": schedule_lunch,
    "ll_cancelled": cancel_lunch,
    "ll_held": hold_lunch,
    "ll_declined": offer_lunch_again,
    "discharge_planned": plan_discharge,
    "release_signed": renew_release,
    "session_held": restart_absence_watch,
    "client_resumed": restart_absence_watch,
}
