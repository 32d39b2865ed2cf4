"""What the desk remembers of each event, before any task follows from it (cadence.md 4 and 7)."""

from collections.abc import Callable, Mapping

from crm.outreach.cadence.desk import ClientFile, Desk, SourceFile, Task
from crm.outreach.cadence.events import Event

CALLS = frozenset({"C30", "C31", "C33"})
REPORTS = frozenset({"C42", "C43"})


def is_void(desk: Desk, event: Event) -> bool:
    """True for a second discharge, a pause while paused and a return of someone who was not away."""
    is_repeated = REPEATS.get(event.type)
    return is_repeated is not None and is_repeated(desk.clients[event.client or ""])


def triggers_of(desk: Desk, event: Event) -> list[str]:
    """The event's type and the virtual triggers it causes; asked before the event is remembered."""
    triggers = [event.type]
    if event.type in ("assessment_done", "session_held"):
        file = desk.clients[event.client or ""]
        if not file.visited:
            triggers.append("first_visit")
        if event.type == "session_held" and not file.sessions:
            triggers.append("first_session")
    if event.type in ("ll_held", "education_asked") and not desk.sources[event.source or ""].educated:
        triggers.append("stage5")
    return triggers


def remember(desk: Desk, event: Event) -> None:
    if note := SOURCE_FACTS.get(event.type):
        note(desk.sources[event.source or ""], event)
    elif note_client := CLIENT_FACTS.get(event.type):
        note_client(desk.clients[event.client or ""], event)


def remember_done(desk: Desk, task: Task, event: Event) -> None:
    """What a finished piece of work means for its source and client."""
    if task.client is not None:
        _note_work_for_client(desk.clients[task.client], task)
    if task.source is not None:
        _note_work_for_source(desk.sources[task.source], task, event)


def remember_finished(desk: Desk, task: Task, event: Event) -> None:
    """C60 counts from the day the last one was handled, done or skipped (D37)."""
    if task.rule.id == "C60":
        desk.sources[task.source or ""].looked_after_on = event.on


def _note_work_for_client(file: ClientFile, task: Task) -> None:
    if task.rule.id == "C24":
        file.summary_sent = True
    if task.rule.id in REPORTS:
        file.reports_sent.append(task)


def _note_work_for_source(file: SourceFile, task: Task, event: Event) -> None:
    rule = task.rule
    if rule.touch != "none":
        file.touched_on = event.on
    if rule.touch == "unsolicited":
        file.unsolicited_sent.append(task)
    if rule.card:
        file.cards_sent.append(task)
    if rule.id == "C10":
        file.introduced_at = event.stamp
    on_time = task.frozen is not None and event.on <= task.frozen.window_end
    file.reports_on_time += rule.id in REPORTS and on_time
    file.summaries_sent += rule.id == "C49"
    file.calls_made += rule.id in CALLS


def _added(file: SourceFile, event: Event) -> None:
    file.added_on = file.added_on or event.on


def _answered(file: SourceFile, event: Event) -> None:
    file.answered_at = event.stamp


def _referred(file: SourceFile, event: Event) -> None:
    file.answered_at, file.referred_on = event.stamp, event.on


def _declined(file: SourceFile, event: Event) -> None:
    file.declined_on = event.on


def _opted_out(file: SourceFile, _event: Event) -> None:
    file.opted_out = True


def _educated(file: SourceFile, _event: Event) -> None:
    file.educated = True


def _visited(file: ClientFile, _event: Event) -> None:
    file.visited = True


def _session(file: ClientFile, event: Event) -> None:
    file.visited = True
    file.sessions.append(event.on)


def _baseline(file: ClientFile, event: Event) -> None:
    file.has_baseline, file.measured_on = True, event.on


def _measured(file: ClientFile, event: Event) -> None:
    file.measured_on = event.on


def _paused(file: ClientFile, event: Event) -> None:
    file.paused_since = event.on


def _resumed(file: ClientFile, event: Event) -> None:
    file.pauses.append((file.paused_since or event.on, event.on))
    file.paused_since = None


def _discharged(file: ClientFile, _event: Event) -> None:
    file.discharged = True


REPEATS: Mapping[str, Callable[[ClientFile], bool]] = {
    "discharged": lambda file: file.discharged,
    "client_paused": lambda file: file.paused_since is not None,
    "client_resumed": lambda file: file.paused_since is None,
}
SOURCE_FACTS: Mapping[str, Callable[[SourceFile, Event], None]] = {
    "source_added": _added,
    "reply_received": _answered,
    "referral_received": _referred,
    "source_declined": _declined,
    "opt_out": _opted_out,
    "education_asked": _educated,
    "ll_held": _educated,
}
CLIENT_FACTS: Mapping[str, Callable[[ClientFile, Event], None]] = {
    "assessment_done": _visited,
    "session_held": _session,
    "baseline_done": _baseline,
    "measures_taken": _measured,
    "client_paused": _paused,
    "client_resumed": _resumed,
    "discharged": _discharged,
}
