"""The JSON door of the engine: a case in, a plan out (cadence.md 9 and 10)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from crm.outreach.cadence.events import EVENT_TYPES, Event, event_from
from crm.outreach.cadence.reading import (
    Reader,
    Value,
    path_to,
    read_choice,
    read_clock_time,
    read_date,
    read_flag,
    read_id,
    read_list,
    read_number,
    read_object,
    read_text,
    read_zone,
)
from crm.outreach.cadence.records import BadInput, Client, Override, Plan, PlannedTask, Practice, Source
from crm.outreach.cadence.rules import SHIPPED

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GRADES = ("A", "B", "C")
CREDENTIALS = ("MD", "DO", "DPM", "NP", "PA", "PT", "DPT", "OT", "DC", "RN", "CM", "OTHER")
CHANNELS = ("fax", "portal", "email", "letter")
OUTPUT_FIELDS = (
    "key", "rule", "due", "window_end", "status", "source", "client", "channel", "template", "reason"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseInput:
    """What `simulate` takes, read from JSON and checked."""

    practice: Practice
    sources: tuple[Source, ...]
    clients: tuple[Client, ...]
    events: tuple[Event, ...]
    as_of: date


def parse_case(case: object) -> CaseInput:
    """Read the object of cadence.md 9, or a worked case that holds it under `input`.

    Raises BadInput with the path of the first field that is wrong.
    """
    if isinstance(case, dict) and "input" in case:
        case = case["input"]
    known = ("practice", "as_of", "sources", "clients", "events")
    found = read_object(case, "", known=known, required=("practice", "as_of", "events"))
    practice = _practice(found["practice"], "practice")
    as_of = read_date(found["as_of"], "as_of")
    sources = read_list(found.get("sources", []), "sources", _source)
    _refuse_duplicates("sources", [source.id for source in sources])
    source_ids = frozenset(source.id for source in sources)
    clients = read_list(found.get("clients", []), "clients", lambda value, path: _client(value, path, source_ids))
    _refuse_duplicates("clients", [client.id for client in clients])
    event_reader = _EventReader(practice.time_zone, source_ids, frozenset(c.id for c in clients))
    events = read_list(found["events"], "events", event_reader.read)
    return CaseInput(practice, tuple(sources), tuple(clients), tuple(events), as_of)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The output object of cadence.md 9."""
    return {
        "as_of": plan.as_of.isoformat(),
        "tasks": [_task_to_json(task) for task in plan.tasks],
        "ignored": list(plan.ignored),
    }


def _task_to_json(task: PlannedTask) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in OUTPUT_FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _optional(found: Mapping[str, Any], path: str, name: str, read: Reader[Value], default: Value) -> Value:
    return read(found[name], path_to(path, name)) if name in found else default


def _days(value: object, path: str) -> frozenset[date]:
    return frozenset(read_list(value, path, read_date))


def _practice(value: object, path: str) -> Practice:
    known = ("time_zone", "closed_days", "cutoff", "caps", "rules")
    found = read_object(value, path, known=known, required=("time_zone",))
    rules = _overrides(found.get("rules", {}), path_to(path, "rules"))
    SHIPPED.with_overrides(rules)
    return Practice(
        time_zone=read_zone(found["time_zone"], path_to(path, "time_zone")),
        closed_days=_optional(found, path, "closed_days", _days, frozenset()),
        cutoff=_optional(found, path, "cutoff", read_clock_time, time(15, 0)),
        office_per_week=_optional(found, path, "caps", _office_per_week, 2),
        rules=rules,
    )


def _office_per_week(value: object, path: str) -> int:
    found = read_object(value, path, known=("office_per_week",))
    return _optional(found, path, "office_per_week", read_number(1, 20), 2)


def _overrides(value: object, path: str) -> Mapping[str, Override]:
    found = read_object(value, path, known=SHIPPED.by_id)
    return {name: _override(found[name], path_to(path, name)) for name in found if name != "note"}


def _override(value: object, path: str) -> Override:
    found = read_object(value, path, known=("enabled", "due", "window"))
    return Override(
        enabled=_optional(found, path, "enabled", read_flag, None),
        due=_optional(found, path, "due", read_text, None),
        window=_optional(found, path, "window", read_text, None),
    )


def _source(value: object, path: str) -> Source:
    known = (
        "id", "grade", "credential", "office", "channel", "office_closed_weekdays", "office_closed_days", "report_days"
    )  # fmt: skip
    found = read_object(value, path, known=known, required=("id",))
    source_id = read_id(found["id"], path_to(path, "id"))
    return Source(
        id=source_id,
        grade=_optional(found, path, "grade", read_choice(GRADES), "B"),
        credential=_optional(found, path, "credential", read_choice(CREDENTIALS), "MD"),
        office=_optional(found, path, "office", read_id, source_id),
        channel=_optional(found, path, "channel", read_choice(CHANNELS), "fax"),
        closed_weekdays=_optional(found, path, "office_closed_weekdays", _weekdays, frozenset()),
        closed_days=_optional(found, path, "office_closed_days", _days, frozenset()),
        report_days=_optional(found, path, "report_days", read_number(30, 180), 30),
    )


def _weekdays(value: object, path: str) -> frozenset[int]:
    """The weekdays an office is closed; it must be open on one from Monday to Friday."""
    closed = frozenset(WEEKDAYS.index(name) for name in read_list(value, path, read_choice(WEEKDAYS)))
    if closed.issuperset(range(5)):
        raise BadInput(path, "the office must be open on one day of the week")
    return closed


def _client(value: object, path: str, source_ids: Collection[str]) -> Client:
    found = read_object(value, path, known=("id", "source"), required=("id",))
    client_id = read_id(found["id"], path_to(path, "id"))
    if found.get("source") is None:
        return Client(client_id)
    return Client(client_id, _known_id(found["source"], path_to(path, "source"), source_ids))


def _known_id(value: object, path: str, ids: Collection[str]) -> str:
    known = read_id(value, path)
    if known not in ids:
        raise BadInput(path, "there is none with this id")
    return known


def _refuse_duplicates(path: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for place, known in enumerate(ids):
        if known in seen:
            raise BadInput(f"{path}[{place}].id", "this id occurs twice")
        seen.add(known)


class _EventReader:
    """Reads events about the sources and clients of one case."""

    def __init__(self, zone: str, source_ids: Collection[str], client_ids: Collection[str]) -> None:
        self._zone = zone
        self._readers: Mapping[str, Reader[Any]] = {
            "id": read_id,
            "text": read_text,
            "bool": read_flag,
            "date": read_date,
            "source": lambda value, path: _known_id(value, path, source_ids),
            "client": lambda value, path: _known_id(value, path, client_ids),
        }

    def read(self, value: object, path: str) -> Event:
        if not isinstance(value, dict):
            raise BadInput(path, "must be an object")
        kind = EVENT_TYPES.get(read_text(value.get("type"), path_to(path, "type")))
        if kind is None:
            raise BadInput(path_to(path, "type"), "is not a type of event")
        required = [name for name in kind.fields if name not in kind.optional]
        read_object(value, path, known=("type", "at", "on", *kind.fields), required=required)
        for name in value.keys() & kind.fields.keys():
            self._readers[kind.fields[name]](value[name], path_to(path, name))
        try:
            return event_from(value, self._zone)
        except BadInput as error:
            raise BadInput(path_to(path, error.field), error.message) from error
