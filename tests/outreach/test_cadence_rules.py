"""The shipped rules, their overrides, and what a plan says beside its JSON."""

from datetime import date

import pytest

from crm.outreach.cadence import (
    RULES,
    SHIPPED,
    BadInput,
    Client,
    Override,
    Practice,
    Source,
    event_from,
    load_rules,
    simulate,
)
from crm.outreach.cadence.creation import Cause, create
from crm.outreach.cadence.desk import Desk
from crm.outreach.cadence.offsets import parse_offset, parse_window
from crm.outreach.cadence.task_events import plan_next_call


def test_all_rules_are_shipped_in_table_order():
    assert len(RULES) == 52
    assert list(RULES)[:4] == ["C01", "C02", "C10", "C11"]
    assert [rule.place for rule in RULES.values()] == list(range(52))


def test_a_rule_tells_its_step_touch_and_flags():
    assert (RULES["C12"].step, RULES["C12"].touch, RULES["C12"].template) == (1, "unsolicited", "follow-up-letter")
    assert [rule.id for rule in RULES.values() if rule.urgent] == ["C34a", "C34b"]
    assert RULES["C12"].counts_to_cap
    assert not RULES["C42"].counts_to_cap


@pytest.mark.parametrize(
    ("text", "days", "business"),
    [("+14d", 14, False), ("-7d", -7, False), ("+3bd", 3, True), ("-3bd", -3, True), ("-0bd", 0, True)],
)
def test_offsets_are_days_or_business_days(text, days, business):
    offset = parse_offset(text)
    assert (offset.days, offset.business) == (days, business)


@pytest.mark.parametrize("text", ["", "3d", "+d", "+1000d", "+3wd", "+3bd ", "due", "due-3d", "-"])
def test_what_is_no_offset_is_refused(text):
    for parse in (parse_offset, parse_window):
        with pytest.raises(ValueError, match="is not an offset"):
            parse(text)


def test_an_offset_does_not_count_from_the_due_date():
    assert parse_window("due+5bd").from_due
    with pytest.raises(ValueError, match="is not an offset"):
        parse_offset("due+5bd")


def test_a_rule_file_with_a_bad_offset_names_the_rule():
    with pytest.raises(BadInput) as refused:
        load_rules(
            '[[rule]]\nid = "C01"\nkey = "source.date"\nflags = []\non = []\nstep = 0\nenabled = true\ndue = "soon"'
        )
    assert refused.value.field == "rule.C01.due"


def test_overrides_change_only_the_rule_they_name():
    changed = SHIPPED.with_overrides({"C14": Override(due="+60d", window="+70d")})
    assert changed["C14"].due.days == 60
    assert changed["C14"].repeat.days == 92
    assert changed["C13"] is SHIPPED["C13"]
    assert SHIPPED.with_overrides({}) is SHIPPED


def test_unknown_rules_and_dates_tied_to_code_are_refused():
    for rule_id, change, field in (
        ("C99", Override(), "practice.rules.C99"),
        ("C43", Override(due="+1d"), "practice.rules.C43.due"),
    ):
        with pytest.raises(BadInput) as refused:
            SHIPPED.with_overrides({rule_id: change})
        assert refused.value.field == field


def test_a_switched_off_rule_with_code_plans_nothing():
    practice = Practice("America/New_York", rules={"C41": Override(enabled=False)})
    assert [task.rule for task in plan_after_baseline(practice).tasks] == ["C42"]


def test_a_task_says_what_made_it_and_what_its_date_counts_from():
    [measures, report] = plan_after_baseline(Practice("America/New_York")).tasks
    assert (report.rule, report.trigger, report.trigger_on, report.anchor_on) == (
        "C42", "baseline_done", date(2026, 6, 1), date(2026, 6, 1)
    )  # fmt: skip
    assert (measures.rule, measures.trigger, measures.trigger_on, measures.anchor_on) == (
        "C41", "baseline_done", date(2026, 6, 1), date(2026, 7, 1)
    )  # fmt: skip


def test_a_source_without_an_office_is_its_own():
    assert (Source("lee").office_id, Source("lee", office="lakeside").office_id) == ("lee", "lakeside")


def plan_after_baseline(practice):
    baseline = event_from(
        {"type": "baseline_done", "client": "C-0142", "at": "2026-06-01T14:00:00Z"}, practice.time_zone
    )
    return simulate(practice, [Source("s1")], [Client("C-0142", "s1")], [baseline], date(2026, 6, 2))


def test_a_call_made_ends_the_one_that_was_planned():
    """No history leads here today, since calls follow one another; the rule holds all the same."""
    desk = Desk(Practice("America/New_York"), [Source("s1")], [Client("C-0142", "s1")], SHIPPED)
    called = event_from({"type": "task_done", "key": "C30:C-0142:1", "on": "2026-06-16"}, "America/New_York")
    create(desk, "C33", Cause(called, "s1", "C-0142"))
    create(desk, "C30", Cause(called, "s1", "C-0142"))
    plan_next_call(desk, desk.tasks["C30:C-0142:1"], called)
    assert [(task.status, task.reason) for task in desk.tasks.values() if task.rule.id == "C33"] == [
        ("cancelled", "called"),
        ("open", ""),
    ]
