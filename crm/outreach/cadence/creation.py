"""Making a task: which gates a rule must pass, what its key is, where its dates count from (cadence.md 4)."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from crm.outreach.cadence.desk import Desk, Task
from crm.outreach.cadence.events import Event
from crm.outreach.cadence.offsets import Offset
from crm.outreach.cadence.rules import Rule

WITHOUT_SOURCE = frozenset({"C34a"})
INTRO_BY_CREDENTIAL = {"PT": "intro-pt", "DPT": "intro-pt", "OT": "intro-pt", "DC": "intro-chiro"}


class Cause(NamedTuple):
    """The event that calls for a task, and whom the task is about."""

    event: Event
    source: str | None
    client: str | None

    @classmethod
    def of(cls, desk: Desk, event: Event) -> "Cause":
        return cls(event, desk.source_of(event), event.client)

    @classmethod
    def after(cls, task: Task, event: Event) -> "Cause":
        """A task that follows another is about the same source and client."""
        return cls(event, task.source, task.client)


class Details(NamedTuple):
    """What a rule in code names itself; None leaves what the rule table says."""

    anchor: date | None = None
    occurrence: str | None = None
    offset: Offset | None = None
    tries: int = 0


PLAIN = Details()


def create(desk: Desk, rule_id: str, cause: Cause, details: Details = PLAIN) -> None:
    """Put a new task on the desk, unless a gate forbids it or its key exists already (R10)."""
    rule = desk.rules[rule_id]
    if not _may_exist(desk, rule, cause):
        return
    subject = (cause.source if rule.subject == "source" else cause.client) or ""
    occurrence = details.occurrence or _occurrence(desk, rule, cause.event, subject)
    key = f"{rule.id}:{subject}:{occurrence}"
    if key in desk.tasks:
        return
    task = Task(
        key=key,
        rule=rule,
        occurrence=occurrence,
        source=cause.source,
        client=cause.client,
        trigger=cause.event,
        anchor=details.anchor or cause.event.on,
        offset=details.offset or rule.due,
        tries=details.tries,
    )
    desk.add(task, subject)


def template_of(desk: Desk, task: Task) -> str:
    """The template key; the introduction speaks differently to therapists, chiropractors and physicians."""
    if task.rule.template != "intro":
        return task.rule.template
    credential = desk.sources[task.source or ""].source.credential
    return INTRO_BY_CREDENTIAL.get(credential, "intro-physician")


def _may_exist(desk: Desk, rule: Rule, cause: Cause) -> bool:
    if not rule.enabled:
        return False
    if rule.touch != "none" and cause.source is None and rule.id not in WITHOUT_SOURCE:
        return False
    if cause.client is not None and "discharged" in rule.cancel_on and desk.clients[cause.client].discharged:
        return False
    return all(gate(desk, cause) for gate in _gates_of(rule))


@lru_cache(maxsize=4096)
def _gates_of(rule: Rule) -> tuple["Gate", ...]:
    return tuple(gate for name, gate in GATES.items() if name in rule.flags or name == rule.id)


def _occurrence(desk: Desk, rule: Rule, event: Event, subject: str) -> str:
    match rule.occurrence:
        case "date":
            return event.on.isoformat()
        case "id":
            return event.word("id")
        case "n":
            return str(desk.made(rule.id, subject) + 1)
        case _:
            return "1"


def _grade_is_a(desk: Desk, cause: Cause) -> bool:
    return desk.sources[cause.source or ""].source.grade == "A"


def _grade_is_a_or_b(desk: Desk, cause: Cause) -> bool:
    return desk.sources[cause.source or ""].source.grade in ("A", "B")


def _no_open_package(desk: Desk, cause: Cause) -> bool:
    return not desk.open_of_source("C10", cause.source)


def _no_reply_since_package(desk: Desk, cause: Cause) -> bool:
    """True while nobody answered, or declined, since the latest introduction was sent; there must be one."""
    file = desk.sources[cause.source or ""]
    sent_at = file.introduced_at
    if sent_at is None or (file.answered_at is not None and file.answered_at >= sent_at):
        return False
    return file.declined_on is None or file.declined_on < sent_at.date()


def _has_baseline(desk: Desk, cause: Cause) -> bool:
    return desk.clients[cause.client or ""].has_baseline


Gate = Callable[[Desk, Cause], bool]
GATES: Mapping[str, Gate] = {
    "grade_ab": _grade_is_a_or_b,
    "grade_a": _grade_is_a,
    "new_provider": lambda _, cause: cause.event.says("new_provider"),
    "incomplete": lambda _, cause: not cause.event.says("complete"),
    "unlogged": lambda _, cause: cause.event.fields.get("logged") is False,
    "had_baseline": _has_baseline,
    "no_receipt": lambda _, cause: not cause.event.says("receipt"),
    "limits": lambda _, cause: cause.event.says("limits"),
    "single": _no_open_package,
    "no_reply": _no_reply_since_package,
    "C40": lambda desk, cause: not _has_baseline(desk, cause),
}
