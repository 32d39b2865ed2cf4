"""The replay: events taken one by one, each ending, making and moving tasks (cadence.md 4)."""

from collections.abc import Iterable

from crm.outreach.cadence.creation import Cause, Details, create
from crm.outreach.cadence.desk import Desk, Task
from crm.outreach.cadence.effects import EFFECTS, cancel
from crm.outreach.cadence.events import EVENT_TYPES, Event
from crm.outreach.cadence.facts import CALLS, REPORTS, is_void, remember, triggers_of
from crm.outreach.cadence.records import Status
from crm.outreach.cadence.rules import Rule
from crm.outreach.cadence.task_events import FOLLOW_UPS, TASK_EVENTS
from crm.outreach.cadence.timing import dates_of

SESSIONS_BEFORE_CALL = 3
TRUST_EVENTS = frozenset({"C49", *CALLS, *REPORTS})


def replay(desk: Desk, events: Iterable[Event]) -> None:
    """Take `events` in processing order and leave on the desk every task they led to."""
    for event in events:
        if EVENT_TYPES[event.type].is_task_event:
            _take_task_event(desk, event)
        elif not is_void(desk, event):
            _take_fact(desk, event)


def _take_fact(desk: Desk, event: Event) -> None:
    _end_listed(desk, event)
    triggers = triggers_of(desk, event)
    remember(desk, event)
    cause = Cause.of(desk, event)
    _make_listed(desk, triggers, cause)
    if effect := EFFECTS.get(event.type):
        effect(desk, cause)
    if event.type == "session_held":
        _check_call_unlocked(desk, cause)
    if event.type == "referral_received":
        _check_trust(desk, cause)


def _take_task_event(desk: Desk, event: Event) -> None:
    """Work on a task that is not open is put on record as ignored and changes nothing."""
    may_happen, happen = TASK_EVENTS[event.type]
    task = desk.open_task(event.word("key"))
    if task is None or not may_happen(desk, task, event):
        desk.ignored.add(event.word("key"))
        return
    happen(desk, task, event)
    if event.type == "task_done":
        _make_listed(desk, [f"done:{task.rule.id}"], Cause.after(task, event))
    if follow := FOLLOW_UPS.get(event.type, {}).get(task.rule.id):
        follow(desk, task, event)
    if event.type == "task_done":
        _check_conditions_after(desk, task, event)


def _end_listed(desk: Desk, event: Event) -> None:
    """Step 1: the event cancels or completes the open tasks of rules that list it."""
    rules = desk.rules
    for rule in rules.cancelled_by.get(event.type, ()):
        for task in _open_in_scope(desk, rule, event):
            cancel(desk, task, event.type, event)
    for rule in rules.completed_by.get(event.type, ()):
        for task in _open_in_scope(desk, rule, event):
            desk.finish(task, Status.DONE, "", event=event, dates=dates_of(desk, task))


def _open_in_scope(desk: Desk, rule: Rule, event: Event) -> list[Task]:
    if EVENT_TYPES[event.type].scope == "client":
        return desk.open_of_client(rule.id, event.client)
    return desk.open_of_source(rule.id, event.source)


def _make_listed(desk: Desk, triggers: list[str], cause: Cause) -> None:
    """Step 2: tasks of the rules that list the event or a virtual trigger, in table order."""
    for rule in desk.rules.started_by_any(triggers):
        subject = cause.source if rule.subject == "source" else cause.client
        is_running_series = rule.occurrence == "n" and desk.made(rule.id, subject) > 0
        if not is_running_series:
            create(desk, rule.id, cause, _details(desk, rule, cause))


def _details(desk: Desk, rule: Rule, cause: Cause) -> Details:
    """The follow-up letter counts from the introduction, not from the call in between (D7)."""
    if "from_c10" in rule.flags and cause.source is not None:
        introduced_at = desk.sources[cause.source].introduced_at
        return Details(anchor=introduced_at.date() if introduced_at else None)
    return Details()


def _check_conditions_after(desk: Desk, task: Task, event: Event) -> None:
    if task.rule.id == "C24":
        _check_call_unlocked(desk, Cause.after(task, event))
    if task.rule.id in TRUST_EVENTS:
        _check_trust(desk, Cause(event, task.source, None))


def _check_call_unlocked(desk: Desk, cause: Cause) -> None:
    """C30 waits for the summary and three sessions, in any order, and counts from the first session."""
    file = desk.clients[cause.client or ""]
    if file.summary_sent and not file.call_unlocked and len(file.sessions) >= SESSIONS_BEFORE_CALL:
        file.call_unlocked = True
        create(desk, "C30", cause, Details(anchor=file.sessions[0]))


def _check_trust(desk: Desk, cause: Cause) -> None:
    """C50: a referral, two reports on time or one finished programme, and one call; once per source."""
    file = desk.sources[cause.source or ""]
    has_proof = file.reports_on_time >= 2 or file.summaries_sent >= 1
    if not file.trusted and file.referred_on is not None and has_proof and file.calls_made:
        file.trusted = True
        create(desk, "C50", Cause(cause.event, cause.source, None))
