"""Events: local time, order, and what counts as the same event."""

import itertools

import pytest

from crm.outreach.cadence import BadInput, event_from
from crm.outreach.cadence.events import in_order

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("payload", "local"),
    [
        pytest.param({"at": "2026-06-01T09:00"}, "2026-06-01T09:00:00", id="local time stays"),
        pytest.param({"at": "2026-03-08T02:30"}, "2026-03-08T02:30:00", id="also in the hour that is skipped"),
        pytest.param({"at": "2026-11-01T05:30Z"}, "2026-11-01T01:30:00", id="first of the repeated hours"),
        pytest.param({"at": "2026-11-01T06:30Z"}, "2026-11-01T01:30:00", id="second of the repeated hours"),
        pytest.param({"at": "2026-06-01T23:30:15-07:00"}, "2026-06-02T02:30:15", id="an offset may change the date"),
        pytest.param({"on": "2026-06-01"}, "2026-06-01T00:00:00", id="a fact of a day is there from its start"),
        pytest.param({"on": "2026-06-01", "type": "task_done"}, "2026-06-01T23:59:59", id="work counts at its end"),
    ],
)
def test_a_stamp_is_the_wall_clock_of_the_practice(payload, local):
    event = event_from({"type": "session_held", "client": "c1", "key": "C22:s1:r1", **payload}, NEW_YORK)
    assert event.stamp.isoformat() == local
    assert event.stamp.tzinfo is None


def test_an_event_of_an_unknown_type_is_refused():
    for payload in ({"type": "party", "on": "2026-06-01"}, {"on": "2026-06-01"}):
        with pytest.raises(BadInput) as refused:
            event_from(payload, NEW_YORK)
        assert refused.value.field == "type"


def test_the_text_of_an_event_is_canonical():
    event = event_from(
        {"type": "task_skipped", "on": "2026-06-01", "note": "x", "reason": "não", "key": "C22:s1:r1"}, NEW_YORK
    )
    assert event.text == (
        r'{"key":"C22:s1:r1","reason":"n\u00e3o","stamp":"2026-06-01T23:59:59","type":"task_skipped"}'
    )


def test_facts_come_before_tasks_and_in_the_order_of_the_table():
    at = {"at": "2026-06-01T09:00"}
    wanted = [
        {"type": "source_added", "source": "s1", **at},
        {"type": "source_added", "source": "s2", **at},
        {"type": "referral_received", "source": "s1", "client": "c1", "id": "r1", **at},
        {"type": "discharged", "client": "c1", **at},
        {"type": "task_done", "key": "C01:s1:1", **at},
        {"type": "task_done", "key": "C02:s1:1", **at},
        {"type": "task_skipped", "key": "C02:s1:1", **at},
        {"type": "source_added", "source": "s1", "at": "2026-06-01T09:00:01"},
    ]
    for shuffled in itertools.islice(itertools.permutations(wanted), 0, 40_000, 1_111):
        events = in_order(event_from(payload, NEW_YORK) for payload in shuffled)
        assert [event.text for event in events] == [event_from(payload, NEW_YORK).text for payload in wanted]


def test_equal_events_are_one_but_a_written_default_is_another():
    payloads = [
        {"type": "session_held", "client": "c1", "on": "2026-06-01"},
        {"type": "session_held", "client": "c1", "at": "2026-06-01T00:00", "note": "again"},
        {"type": "session_held", "client": "c1", "at": "2026-06-01T04:00Z"},
        {"type": "session_held", "client": "c1", "on": "2026-06-01", "logged": True},
    ]
    events = list(in_order(event_from(payload, NEW_YORK) for payload in payloads))
    assert len(events) == 2
