"""Events: what may happen, with which fields, when it counts and in which order (cadence.md 1.1)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from crm.outreach.cadence.records import BadInput

_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_STAMP = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
YEARS = range(2000, 2100)
_NOT_FIELDS = frozenset({"type", "at", "on", "note"})
_START_OF_DAY = time(0, 0)
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class EventType:
    """Whom an event is about and what it carries; `fields` maps each field to the kind of its value."""

    scope: str | None
    fields: Mapping[str, str]
    optional: frozenset[str]

    @property
    def is_task_event(self) -> bool:
        return self.scope is None


def _type(scope: str | None, optional: str = "", /, **fields: str) -> EventType:
    own = {scope: scope} if scope else {}
    return EventType(scope, {**own, **fields}, frozenset(optional.split()))


EVENT_TYPES: Mapping[str, EventType] = {
    "source_added": _type("source"),
    "client_added": _type("client", "new_provider", new_provider="bool"),
    "package_ready": _type("source"),
    "reply_received": _type("source"),
    "referral_received": _type("source", "complete", id="id", client="client", complete="bool"),
    "source_declined": _type("source"),
    "opt_out": _type("source"),
    "client_booked": _type("client"),
    "assessment_done": _type("client"),
    "session_held": _type("client", "logged", logged="bool"),
    "baseline_done": _type("client"),
    "measures_taken": _type("client"),
    "visit_scheduled": _type("client", "source", id="id", visit_on="date", source="source"),
    "visit_cancelled": _type("client", id="id"),
    "client_paused": _type("client"),
    "client_resumed": _type("client"),
    "red_flag": _type("client"),
    "client_sent_out": _type("client", source="source"),
    "release_signed": _type("client", expires_on="date"),
    "discharge_planned": _type("client", last_on="date"),
    "discharged": _type("client"),
    "education_asked": _type("source"),
    "ll_declined": _type("source"),
    "ll_scheduled": _type("source", id="id", event_on="date"),
    "ll_cancelled": _type("source", id="id"),
    "ll_held": _type("source", id="id"),
    "task_done": _type(None, "receipt limits", key="text", receipt="bool", limits="bool"),
    "task_skipped": _type(None, "reason", key="text", reason="text"),
    "task_snoozed": _type(None, "reason", key="text", to="date", reason="text"),
    "call_missed": _type(None, key="text"),
}
_RANK = {name: rank for rank, name in enumerate(EVENT_TYPES)}


Order = tuple[datetime, bool, int, str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    `stamp` is local practice time without a zone, `on` its date; `fields` holds all but at, on, note and type.
    `order` decides which of two events comes first, before their texts do.
    """

    type: str
    stamp: datetime
    on: date
    source: str | None
    client: str | None
    fields: Mapping[str, object]
    order: Order
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    def says(self, name: str) -> bool:
        """True if the yes-or-no field is there and true."""
        return self.fields.get(name) is True

    def word(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def day(self, name: str) -> date:
        return date.fromisoformat(self.word(name))

    @property
    def text(self) -> str:
        """The canonical JSON text: what makes two events one (D2) and orders those of one moment."""
        if self._text is None:
            canonical = {"type": self.type, "stamp": self.stamp.isoformat(timespec="seconds"), **self.fields}
            # Written once into the frozen value: an event of the journal is replayed again and again.
            object.__setattr__(self, "_text", json.dumps(canonical, sort_keys=True, separators=(",", ":")))
        return self._text or ""


def event_from(payload: Mapping[str, Any], zone: str) -> Event:
    """Build an event from its JSON form; `zone` is the practice's time zone, the fields are taken as they are.

    Raises BadInput for a type or a stamp that does not exist; the field is relative to the event.
    """
    kind = EVENT_TYPES.get(name := payload.get("type", ""))
    if kind is None:
        raise BadInput("type", f"{name!r} is not a type of event")
    stamp = _stamp_of(payload, zone, is_task_event=kind.is_task_event)
    fields = {name: value for name, value in payload.items() if name not in _NOT_FIELDS}
    key = fields["key"] if kind.is_task_event else ""
    order = (stamp, kind.is_task_event, 0 if kind.is_task_event else _RANK[name], key, name)
    return Event(name, stamp, stamp.date(), fields.get("source"), fields.get("client"), fields, order)


def in_order(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events in processing order, equal ones once; the order of the input never matters."""
    for _, moment in groupby(sorted(events, key=_order_of), key=_order_of):
        tied = list(moment)
        if len(tied) == 1:
            yield tied[0]
        else:
            by_text = {event.text: event for event in tied}
            yield from (by_text[text] for text in sorted(by_text))


def _stamp_of(payload: Mapping[str, Any], zone: str, *, is_task_event: bool) -> datetime:
    """A date alone is midnight for facts and the end of the day for work on tasks (D1)."""
    if ("at" in payload) == ("on" in payload):
        raise BadInput("at", "give either at or on")
    if "on" in payload:
        return datetime.combine(parse_date(payload["on"], "on"), _END_OF_DAY if is_task_event else _START_OF_DAY)
    return _local_stamp(str(payload["at"]), zone)


@lru_cache(maxsize=1 << 16)
def _local_stamp(text: str, zone: str) -> datetime:
    """Wall-clock time in the practice; the same for a summer-time hour that is skipped or comes twice."""
    if not (match := _STAMP.fullmatch(text)):
        raise BadInput("at", "write a time as 2026-06-01T14:30, with Z or +HH:MM if it is not local")
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("at", "there is no such time") from error
    if match[1]:
        stamp = stamp.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        if stamp.year not in YEARS:
            raise BadInput("at", "the local date lies outside 2000 to 2099")
    return stamp


def parse_date(text: object, field: str) -> date:
    """Read a calendar date of the years 2000 to 2099; raise BadInput naming `field`."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise BadInput(field, "write a date of the years 2000 to 2099 as 2026-06-01")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(field, "there is no such date") from error


def _order_of(event: Event) -> Order:
    return event.order
