"""Bad input is refused and the field is named (cadence.md 10)."""

import copy

import pytest

from crm.outreach.cadence import BadInput, parse_case

GOOD = {
    "practice": {"time_zone": "America/New_York"},
    "as_of": "2026-06-01",
    "sources": [{"id": "rivera"}, {"id": "lee"}],
    "clients": [{"id": "c1", "source": "rivera"}, {"id": "c2"}],
    "events": [{"type": "session_held", "at": "2026-06-01T09:00", "client": "c1"}],
}
MISSING = object()


def case_with(path, value):
    """The good case with the value at `path` set, or taken out."""
    case = copy.deepcopy(GOOD)
    spot = case
    for step in path[:-1]:
        spot = spot[step]
    if value is MISSING:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return case


def event_of(kind, **fields):
    return {"type": kind, "at": "2026-06-01T09:00", **fields}


FIELDS = [
    (("practice",), MISSING, "practice"),
    (("as_of",), MISSING, "as_of"),
    (("events",), MISSING, "events"),
    (("tasks",), [], "tasks"),
    (("as_of",), "2026-02-30", "as_of"),
    (("as_of",), "1999-12-31", "as_of"),
    (("as_of",), 20260601, "as_of"),
    (("practice",), [], "practice"),
    (("practice", "time_zone"), MISSING, "practice.time_zone"),
    (("practice", "time_zone"), "America/Nowhere", "practice.time_zone"),
    (("practice", "time_zone"), "america/new_york", "practice.time_zone"),
    (("practice", "time_zone"), "../etc/passwd", "practice.time_zone"),
    (("practice", "time_zone"), None, "practice.time_zone"),
    (("practice", "zone"), "UTC", "practice.zone"),
    (("practice", "closed_days"), "2026-06-01", "practice.closed_days"),
    (("practice", "closed_days"), ["2026-06-01", "2026-13-01"], "practice.closed_days[1]"),
    (("practice", "cutoff"), "24:00", "practice.cutoff"),
    (("practice", "cutoff"), 15, "practice.cutoff"),
    (("practice", "caps"), 2, "practice.caps"),
    (("practice", "caps"), {"per_week": 2}, "practice.caps.per_week"),
    (("practice", "caps"), {"office_per_week": 0}, "practice.caps.office_per_week"),
    (("practice", "caps"), {"office_per_week": 21}, "practice.caps.office_per_week"),
    (("practice", "caps"), {"office_per_week": True}, "practice.caps.office_per_week"),
    (("practice", "caps"), {"office_per_week": 2.0}, "practice.caps.office_per_week"),
    (("practice", "rules"), [], "practice.rules"),
    (("practice", "rules"), {"C99": {}}, "practice.rules.C99"),
    (("practice", "rules"), {"C22": False}, "practice.rules.C22"),
    (("practice", "rules"), {"C22": {"touch": "none"}}, "practice.rules.C22.touch"),
    (("practice", "rules"), {"C22": {"enabled": 0}}, "practice.rules.C22.enabled"),
    (("practice", "rules"), {"C22": {"due": "2bd"}}, "practice.rules.C22.due"),
    (("practice", "rules"), {"C22": {"due": "+1234d"}}, "practice.rules.C22.due"),
    (("practice", "rules"), {"C22": {"due": "due+1d"}}, "practice.rules.C22.due"),
    (("practice", "rules"), {"C22": {"due": 2}}, "practice.rules.C22.due"),
    (("practice", "rules"), {"C22": {"window": "due-1d"}}, "practice.rules.C22.window"),
    (("practice", "rules"), {"C22": {"window": "-"}}, "practice.rules.C22.window"),
    (("practice", "rules"), {"C43": {"due": "-5bd"}}, "practice.rules.C43.due"),
    (("practice", "rules"), {"C43": {"window": "-1bd"}}, "practice.rules.C43.window"),
    (("sources",), None, "sources"),
    (("sources", 1), "lee", "sources[1]"),
    (("sources", 1), {}, "sources[1].id"),
    (("sources", 1), {"id": "Dr. Lee"}, "sources[1].id"),
    (("sources", 1), {"id": "x" * 41}, "sources[1].id"),
    (("sources", 1), {"id": "rivera"}, "sources[1].id"),
    (("sources", 1, "grade"), "D", "sources[1].grade"),
    (("sources", 1, "credential"), "md", "sources[1].credential"),
    (("sources", 1, "office"), "", "sources[1].office"),
    (("sources", 1, "office"), None, "sources[1].office"),
    (("sources", 1, "channel"), "phone", "sources[1].channel"),
    (("sources", 1, "channel"), ["fax"], "sources[1].channel"),
    (("sources", 1, "report_days"), 29, "sources[1].report_days"),
    (("sources", 1, "report_days"), 181, "sources[1].report_days"),
    (("sources", 1, "report_days"), True, "sources[1].report_days"),
    (("sources", 1, "office_closed_weekdays"), ["fri", "friday"], "sources[1].office_closed_weekdays[1]"),
    (
        ("sources", 1, "office_closed_weekdays"),
        ["mon", "tue", "wed", "thu", "fri"],
        "sources[1].office_closed_weekdays",
    ),
    (("sources", 1, "office_closed_days"), ["2026-6-1"], "sources[1].office_closed_days[0]"),
    (("sources", 1, "name"), "Lee", "sources[1].name"),
    (("clients",), {}, "clients"),
    (("clients", 1), {"source": "lee"}, "clients[1].id"),
    (("clients", 1), {"id": "c1"}, "clients[1].id"),
    (("clients", 1, "source"), "park", "clients[1].source"),
    (("clients", 1, "source"), 7, "clients[1].source"),
    (("clients", 1, "name"), "x", "clients[1].name"),
    (("events",), {}, "events"),
    (("events", 0), [], "events[0]"),
    (("events", 0, "type"), MISSING, "events[0].type"),
    (("events", 0, "type"), "session", "events[0].type"),
    (("events", 0, "type"), ["session_held"], "events[0].type"),
    (("events", 0, "at"), MISSING, "events[0].at"),
    (("events", 0, "on"), "2026-06-01", "events[0].at"),
    (("events", 0, "at"), None, "events[0].at"),
    (("events", 0, "at"), "2026-06-01", "events[0].at"),
    (("events", 0, "at"), "2026-06-01 09:00", "events[0].at"),
    (("events", 0, "at"), "2026-06-01T24:00", "events[0].at"),
    (("events", 0, "at"), "2026-06-31T09:00", "events[0].at"),
    (("events", 0, "at"), "2026-06-01T09:00:60", "events[0].at"),
    (("events", 0, "at"), "2026-06-01T09:00:00.5", "events[0].at"),
    (("events", 0, "at"), "2026-06-01T09:00+24:00", "events[0].at"),
    (("events", 0, "at"), "2000-01-01T02:00Z", "events[0].at"),
    (("events", 0, "at"), "2100-01-01T02:00Z", "events[0].at"),
    (("events", 0, "client"), MISSING, "events[0].client"),
    (("events", 0, "client"), "c9", "events[0].client"),
    (("events", 0, "source"), "rivera", "events[0].source"),
    (("events", 0, "logged"), 1, "events[0].logged"),
    (("events", 0), {"type": "session_held", "client": "c1", "on": "2026-02-29"}, "events[0].on"),
    (("events", 0), {"type": "session_held", "client": "c1", "on": 7}, "events[0].on"),
    (("events", 0), event_of("opt_out", source="park"), "events[0].source"),
    (("events", 0), event_of("referral_received", source="lee", client="c1"), "events[0].id"),
    (("events", 0), event_of("referral_received", source="lee", client="c1", id="r 1"), "events[0].id"),
    (("events", 0), event_of("referral_received", source="lee", client="c1", id="r", complete=1), "events[0].complete"),
    (("events", 0), event_of("client_sent_out", client="c1"), "events[0].source"),
    (("events", 0), event_of("visit_scheduled", client="c1", id="v1"), "events[0].visit_on"),
    (("events", 0), event_of("visit_scheduled", client="c1", id="v1", visit_on="2100-01-01"), "events[0].visit_on"),
    (("events", 0), event_of("task_done", key=7), "events[0].key"),
    (("events", 0), event_of("task_snoozed", key="C22:rivera:r1"), "events[0].to"),
    (("events", 0), event_of("task_skipped", key="C22:rivera:r1", reason=None), "events[0].reason"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field"), FIELDS, ids=[f"{n}-{row[2]}" for n, row in enumerate(FIELDS)])
def test_bad_input_names_its_field(path, value, field):
    with pytest.raises(BadInput) as refused:
        parse_case(case_with(path, value))
    assert refused.value.field == field
    assert refused.value.message


def test_a_note_is_allowed_in_every_object():
    case = copy.deepcopy(GOOD)
    case["practice"] |= {"caps": {"note": 1}, "rules": {"note": "ours", "C22": {"note": "later", "due": "+2bd"}}}
    for thing in (case, case["practice"], *case["sources"], *case["clients"], *case["events"]):
        thing["note"] = "free text"
    given = parse_case(case)
    assert given.practice.rules.keys() == {"C22"}
    assert given.practice.office_per_week == 2
    assert "note" not in given.events[0].fields


def test_what_is_left_out_takes_its_default():
    given = parse_case(
        {"practice": {"time_zone": "UTC"}, "as_of": "2026-06-01", "sources": [{"id": "lee"}], "events": []}
    )
    [lee] = given.sources
    assert (lee.grade, lee.credential, lee.office, lee.channel, lee.report_days) == ("B", "MD", "lee", "fax", 30)
    assert (given.practice.cutoff.isoformat("minutes"), given.practice.office_per_week) == ("15:00", 2)
    assert given.clients == ()
