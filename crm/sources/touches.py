"""What somebody can write down about a source, and which event each of it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crm.journal.acts import TouchLogged
from crm.journal.events import EducationAsked, Event, OptOut, PackageReady, ReplyReceived, SourceDeclined
from crm.outreach.kinds import PROVIDER_CALLS

PACKAGE_RULE = "C10"


class TouchKind(StrEnum):
    """What happened between the practice and a source."""

    CALL = "call"
    LETTER = "letter"
    EMAIL = "email"
    VISIT = "visit"
    PACKAGE_READY = "package_ready"
    PACKAGE_SENT = "package_sent"
    REPLY = "reply"
    ASKED = "asked"
    DECLINED = "declined"
    OPT_OUT = "opt_out"


class Outcome(StrEnum):
    """How a call went."""

    REACHED = "reached"
    MESSAGE = "message"
    GATEKEEPER = "gatekeeper"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Words:
    """A kind of touch in words: on the form, in the message afterwards, and its icon."""

    choice: str
    said: str
    icon: str


KINDS = {
    TouchKind.CALL: Words("Call", "The call is logged.", "phone"),
    TouchKind.LETTER: Words("Letter or fax", "The letter is logged.", "mail"),
    TouchKind.EMAIL: Words("E-mail", "The e-mail is logged.", "send"),
    TouchKind.VISIT: Words("Visit to the office", "The visit is logged.", "building"),
    TouchKind.PACKAGE_READY: Words(
        "Introduction package ready", "The package is ready. Sending it is planned.", "file-check"
    ),
    TouchKind.PACKAGE_SENT: Words("Introduction package sent", "The introduction is on its way.", "send"),
    TouchKind.REPLY: Words("They replied", "The reply is logged.", "message"),
    TouchKind.ASKED: Words("They ask for education", "The question is logged. Answering it is planned.", "school"),
    TouchKind.DECLINED: Words("They declined", "They declined. A closing note is planned.", "circle-x"),
    TouchKind.OPT_OUT: Words("They want no contact", "They are not contacted any more.", "ban"),
}
OUTCOMES = {
    Outcome.REACHED: "Reached",
    Outcome.MESSAGE: "Left a message",
    Outcome.GATEKEEPER: "Spoke to the desk",
    Outcome.NO_ANSWER: "No answer",
}
OURS = frozenset({TouchKind.CALL, TouchKind.LETTER, TouchKind.EMAIL, TouchKind.VISIT})  # can complete a task

OWN_EVENTS: Mapping[TouchKind, Callable[..., Event]] = {
    TouchKind.PACKAGE_READY: PackageReady,
    TouchKind.REPLY: ReplyReceived,
    TouchKind.ASKED: EducationAsked,
    TouchKind.DECLINED: SourceDeclined,
    TouchKind.OPT_OUT: OptOut,
}


def event_for(kind: TouchKind, source: str, outcome: Outcome | None) -> Event:
    """Return the event of a touch that completes no task. A sent package without its task counts as a letter."""
    if event := OWN_EVENTS.get(kind):
        return event(source=source)
    if kind is TouchKind.PACKAGE_SENT:
        return TouchLogged(source=source, kind=TouchKind.LETTER.value)
    return TouchLogged(source=source, kind=kind.value, outcome=outcome.value if outcome else None)


def ends(rule: str, kind: TouchKind, outcome: Outcome | None) -> str:
    """Say what a touch makes of the task it was for: "task_done", "call_missed", or "" where it stays open.

    A provider call ends with the provider; any other call may end at the desk. Nobody at all ends none.
    """
    if kind is not TouchKind.CALL or outcome in {None, Outcome.REACHED}:
        return "task_done"
    if rule in PROVIDER_CALLS:
        return "call_missed"
    return "" if outcome is Outcome.NO_ANSWER else "task_done"
