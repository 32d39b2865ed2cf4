"""What holds for any history, however odd: made-up events of one office with two sources and two clients."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.outreach.cadence import RULES, Client, Override, Practice, Source, event_from, plan_to_json, simulate
from crm.outreach.workdays import workdays_of

ZONE = "America/New_York"
CLOSED = frozenset({date(2026, 7, 1), date(2026, 7, 2), date(2026, 8, 10)})
PRACTICE = Practice(ZONE, closed_days=CLOSED)
SOURCES = [Source("s1", grade="A", office="o1"), Source("s2", office="o1", channel="letter", report_days=45)]
CLIENTS = [Client("c1", "s1"), Client("c2", "s2")]
FIRST = date(2026, 5, 25)
DAYS = st.integers(0, 90).map(lambda days: FIRST + timedelta(days))
IDS = st.sampled_from(["1", "2"])
SOURCE_FACTS = ["source_added", "package_ready", "reply_received", "source_declined", "education_asked", "ll_declined"]
CLIENT_FACTS = [
    "client_added", "client_booked", "assessment_done", "session_held", "baseline_done", "measures_taken",
    "client_paused", "client_resumed", "red_flag", "discharged",
]  # fmt: skip
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def facts(draw):
    shape = draw(st.sampled_from(["source", "client", "client", "visit", "baseline", "lunch", "referral"]))
    stamp = {"at": f"{draw(DAYS)}T{draw(st.sampled_from(['08:00', '12:00', '15:00', '23:30']))}"}
    client, source = {"client": draw(st.sampled_from(["c1", "c2"]))}, {"source": draw(st.sampled_from(["s1", "s2"]))}
    later = (draw(DAYS) + timedelta(draw(st.integers(0, 30)))).isoformat()
    match shape:
        case "source":
            return {"type": draw(st.sampled_from(SOURCE_FACTS)), **source, **stamp}
        case "client":
            return {"type": draw(st.sampled_from(CLIENT_FACTS)), **client, **stamp}
        case "baseline":
            return {"type": "baseline_done", **client, **stamp}
        case "visit":
            kind = draw(st.sampled_from(["visit_scheduled", "visit_scheduled", "visit_cancelled"]))
            when = {"visit_on": later} if kind == "visit_scheduled" else {}
            return {"type": kind, "id": draw(IDS), **client, **when, **stamp}
        case "lunch":
            kind = draw(st.sampled_from(["ll_scheduled", "ll_cancelled", "ll_held"]))
            when = {"event_on": later} if kind == "ll_scheduled" else {}
            return {"type": kind, "id": draw(IDS), **source, **when, **stamp}
        case _:
            return {"type": "referral_received", "id": draw(IDS), **client, **source, **stamp}


@st.composite
def histories(draw):
    """Facts, and then work on tasks that really come up in their plan."""
    payloads = draw(st.lists(facts(), min_size=1, max_size=25))
    for _ in range(draw(st.integers(0, 6))):
        keys = [task.key for task in planned(payloads, FIRST + timedelta(200)).tasks]
        if not keys:
            break
        work = {"key": draw(st.sampled_from(keys)), "on": draw(DAYS).isoformat()}
        kind = draw(st.sampled_from(["task_done", "task_done", "task_skipped", "task_snoozed", "call_missed"]))
        to = {"to": draw(DAYS).isoformat()} if kind == "task_snoozed" else {}
        payloads = [*payloads, {"type": kind, **work, **to}]
    return payloads


def planned(payloads, as_of, practice=PRACTICE):
    return simulate(practice, SOURCES, CLIENTS, [event_from(payload, ZONE) for payload in payloads], as_of)


AS_OF = st.integers(0, 120).map(lambda days: FIRST + timedelta(days))


@QUIET
@given(histories(), AS_OF, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(payloads, as_of, random):
    shuffled = payloads.copy()
    random.shuffle(shuffled)
    assert planned(shuffled, as_of) == planned(payloads, as_of)


@QUIET
@given(histories(), AS_OF)
def test_equal_events_collapse(payloads, as_of):
    assert planned([*payloads, *payloads], as_of) == planned(payloads, as_of)


@QUIET
@given(histories(), AS_OF)
def test_keys_are_unique_and_tasks_sorted(payloads, as_of):
    tasks = planned(payloads, as_of).tasks
    keys = [task.key for task in tasks]
    assert len(keys) == len(set(keys))
    assert [(task.due, task.key) for task in tasks] == sorted((task.due, task.key) for task in tasks)


@QUIET
@given(histories(), AS_OF)
def test_a_second_replay_says_the_same(payloads, as_of):
    events = [event_from(payload, ZONE) for payload in payloads]
    first = simulate(PRACTICE, SOURCES, CLIENTS, events, as_of)
    assert simulate(PRACTICE, SOURCES, CLIENTS, events, as_of) == first
    assert plan_to_json(first) == plan_to_json(planned(payloads, as_of))


@QUIET
@given(histories(), AS_OF)
def test_no_report_is_due_on_a_closed_day(payloads, as_of):
    days = workdays_of(CLOSED)
    for task in open_reports(planned(payloads, as_of)):
        assert days.is_open(task.due), task


@QUIET
@given(histories(), AS_OF)
def test_no_two_open_reports_of_a_client_lie_within_the_merge_band(payloads, as_of):
    reports = open_reports(planned(payloads, as_of))
    for one in reports:
        for other in reports:
            if one.client == other.client and one.key < other.key:
                assert not in_merge_band(one, other), (one, other)


@QUIET
@given(histories(), AS_OF)
def test_every_window_ends_on_or_after_the_due_date_unless_snoozed(payloads, as_of):
    snoozed = {payload["key"] for payload in payloads if payload["type"] == "task_snoozed"}
    for task in planned(payloads, as_of).tasks:
        assert task.window_end >= task.due or task.key in snoozed


@QUIET
@given(histories(), AS_OF)
def test_an_office_hears_from_us_as_often_as_its_cap_allows(payloads, as_of):
    """Work already done may exceed the cap; what is still open never adds to a full week."""
    plan = planned(payloads, as_of, Practice(ZONE, closed_days=CLOSED, office_per_week=1))
    touches = [task for task in plan.tasks if task.status == "open" and RULES[task.rule].counts_to_cap]
    weeks = Counter(task.due.isocalendar()[:2] for task in touches)
    assert all(count == 1 for count in weeks.values())


@QUIET
@given(histories(), AS_OF)
def test_a_rule_switched_off_plans_nothing(payloads, as_of):
    practice = Practice(ZONE, rules={"C42": Override(enabled=False), "C4Aa": Override(enabled=False)})
    assert not {"C42", "C4Aa"} & {task.rule for task in planned(payloads, as_of, practice).tasks}


def open_reports(plan):
    return [task for task in plan.tasks if task.rule in ("C42", "C43") and task.status == "open"]


def in_merge_band(one, other):
    """Two visit reports within five days; a visit report from ten days before a progress report to five after."""
    if one.rule == other.rule:
        return abs((one.due - other.due).days) <= 5
    progress, visit = (one, other) if one.rule == "C42" else (other, one)
    return -10 <= (visit.due - progress.due).days <= 5


@pytest.mark.parametrize(
    ("day", "reports"), [("2026-06-24", 2), ("2026-06-25", 1), ("2026-07-09", 1), ("2026-07-10", 2)]
)
def test_the_merge_band_is_exact(day, reports):
    """The progress report is due on 1 July; a visit report from 21 June to 6 July takes its place."""
    practice = Practice(ZONE)
    payloads = [
        {"type": "baseline_done", "client": "c1", "on": "2026-06-01"},
        {"type": "visit_scheduled", "client": "c1", "id": "v1", "visit_on": day, "at": "2026-06-02T09:00"},
    ]
    assert len(open_reports(planned(payloads, date(2026, 6, 3), practice))) == reports
