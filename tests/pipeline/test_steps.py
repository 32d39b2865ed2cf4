"""Which evidence puts a source where, and what the next step asks for."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from crm.pipeline import signs, steps
from crm.pipeline.steps import Fact, Side, Step

DAY = date(2026, 3, 2)


def happened(event, day=0, /, **fields):
    return Fact(event, DAY + timedelta(day), fields)


def done(key, day=0, /, **fields):
    return happened("task_done", day, key=key, **fields)


def place(*facts, after=0):
    """Where a source stands `after` days from DAY."""
    return steps.next_step(steps.fold(facts), DAY + timedelta(after))


def day(number):
    return DAY + timedelta(number)


REFERRAL = happened("referral_received", id="r1", client="C-0142")
ASSESSED = happened("assessment_done", 1, client="C-0142")
DISCHARGED = happened("discharged", 3, client="C-0142")


@pytest.mark.parametrize(
    ("fact", "step", "evidence"),
    [
        pytest.param(happened("source_added", source="s1"), 0, None, id="being added enters nothing"),
        pytest.param(happened("package_ready", source="s1"), 0, None, id="a package that is ready is not yet sent"),
        pytest.param(done("C10:s1:2026-03-02"), 1, "introduction sent", id="the introduction"),
        pytest.param(done("C16:C-0142:1"), 1, "introduction sent for a shared client", id="a client's introduction"),
        pytest.param(done("C11:s1:2026-03-02"), 0, None, id="a receipt check without receipt"),
        pytest.param(done("C11:s1:2026-03-02", receipt=True), 2, "receipt confirmed", id="a receipt"),
        pytest.param(done("C12:s1:2026-03-02"), 2, "second touch made", id="the second touch"),
        pytest.param(happened("reply_received", source="s1"), 2, "reply received", id="a reply"),
        pytest.param(REFERRAL, 2, "referral received", id="a referral"),
        pytest.param(done("C24:C-0142:1"), 3, "assessment summary sent for a shared client", id="the summary"),
        pytest.param(done("C42:C-0142:1"), 4, "first report sent", id="a 30-day report"),
        pytest.param(done("C43:C-0142:v1"), 4, "first report sent", id="a pre-visit report"),
        pytest.param(done("C30:C-0142:1"), 0, None, id="a call opens no step"),
        pytest.param(done("C49:C-0142:1"), 0, None, id="a discharge summary opens no step"),
        pytest.param(done("C50:s1:1"), 5, "lunch-and-learn offered", id="a lunch offered"),
        pytest.param(happened("ll_scheduled", source="s1", id="l1"), 5, "lunch-and-learn booked", id="a lunch booked"),
        pytest.param(happened("ll_held", source="s1", id="l1"), 5, "lunch-and-learn held", id="a lunch held"),
        pytest.param(happened("education_asked", source="s1"), 5, "provider asked for input", id="a question"),
        pytest.param(happened("task_skipped", key="C10:s1:1"), 0, None, id="a skipped introduction"),
    ],
)
def test_each_sign_enters_its_step(fact, step, evidence):
    placed = place(fact)
    assert (placed.step, placed.side, placed.since) == (step, None, DAY)
    assert placed.evidence == ((evidence,) if evidence else ())


def test_a_source_nothing_is_known_of_is_identified_today():
    assert steps.next_step(steps.fold([]), DAY) == steps.Placement(Step.IDENTIFIED, None, DAY, ())


def test_the_highest_step_holds_and_dates_from_its_first_sign():
    placed = place(done("C24:C-0142:1", 5), happened("reply_received", 9, source="s1"), done("C12:s1:1", 1))
    assert (placed.step, placed.since) == (Step.PHONE_CALL, day(5))


def test_further_evidence_of_the_same_step_is_named_once():
    again = happened("reply_received", 4, source="s1")
    placed = place(REFERRAL, happened("reply_received", 2, source="s1"), again)
    assert placed.evidence == ("referral received", "reply received")
    assert placed.since == DAY


def test_a_referral_jumps_a_listed_source_to_the_second_step():
    assert place(happened("source_added", source="s1"), REFERRAL).step is Step.REINFORCEMENT


# --- side states


def test_do_not_contact_hides_every_step_and_has_no_date():
    placed = place(REFERRAL, happened("opt_out", 2, source="s1"), after=900)
    assert (placed.side, placed.since, placed.wake_on) == (Side.DO_NOT_CONTACT, day(2), None)
    assert placed.evidence == ("asked not to be contacted",)


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(happened("reply_received", 5, source="s1"), id="a reply"),
        pytest.param(happened("source_woken", 5, source="s1"), id="waking by hand"),
        pytest.param(happened("step_overridden", 5, source="s1", to=3), id="a move by hand"),
        pytest.param(happened("source_parked", 5, source="s1", side="nurture"), id="another park"),
        pytest.param(happened("source_declined", 5, source="s1"), id="a decline"),
    ],
)
def test_nothing_lifts_do_not_contact(later):
    facts = steps.fold([happened("opt_out", 2, source="s1"), later])
    assert steps.next_step(facts, day(10)).side is Side.DO_NOT_CONTACT
    assert facts.opted_out


def test_parked_as_do_not_contact_is_as_absolute_as_an_opt_out():
    facts = steps.fold([happened("source_parked", source="s1", side="do_not_contact", wake_on="2026-04-01")])
    assert facts.opted_out
    assert steps.next_step(facts, day(400)).wake_on is None


@pytest.mark.parametrize(
    ("after", "side", "since"),
    [
        pytest.param(0, Side.DECLINED, 0, id="from the day on"),
        pytest.param(364, Side.DECLINED, 0, id="for a year less a day"),
        pytest.param(365, None, 365, id="and is woken after a year"),
    ],
)
def test_a_decline_rests_for_365_days(after, side, since):
    placed = place(done("C10:s1:1", -9), happened("source_declined", source="s1"), after=after)
    assert (placed.side, placed.since) == (side, day(since))
    assert placed.wake_on == (day(365) if side else None)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(happened("reply_received", 30, source="s1"), id="reply"),
        pytest.param(happened("referral_received", 30, id="r1", client="C-0142"), id="referral"),
        pytest.param(happened("education_asked", 30, source="s1"), id="question"),
        pytest.param(happened("ll_scheduled", 30, source="s1", id="l1"), id="lunch"),
        pytest.param(happened("source_woken", 30, source="s1"), id="woken by hand"),
        pytest.param(happened("step_overridden", 30, source="s1", to=1), id="moved by hand"),
    ],
)
@pytest.mark.parametrize(
    "aside",
    [
        pytest.param(happened("source_declined", source="s1"), id="declined"),
        pytest.param(done("C13:s1:1"), id="nurture"),
        pytest.param(happened("source_parked", source="s1", side="dormant", wake_on="2026-09-01"), id="by hand"),
    ],
)
def test_an_answer_ends_every_other_side_state(aside, answer):
    placed = place(done("C10:s1:1", -20), aside, answer, after=40)
    assert (placed.side, placed.since) == (None, day(30))


def test_the_third_touch_without_reply_goes_to_nurture_until_the_next_note():
    placed = place(done("C10:s1:1"), done("C12:s1:1", 14), done("C13:s1:1", 21), after=30)
    assert (placed.step, placed.side, placed.since) == (Step.REINFORCEMENT, Side.NURTURE, day(21))
    assert placed.evidence == ("third touch without a reply",)
    assert placed.wake_on == day(21 + 90)


def test_the_third_touch_after_a_reply_is_no_nurture():
    assert place(done("C10:s1:1"), happened("reply_received", 3, source="s1"), done("C13:s1:1", 21)).side is None


def test_a_reply_before_the_latest_introduction_does_not_count():
    facts = [happened("reply_received", source="s1"), done("C10:s1:2", 5), done("C13:s1:1", 21)]
    assert place(*facts, after=25).side is Side.NURTURE


def test_a_third_touch_does_not_end_a_decline():
    assert place(happened("source_declined", source="s1"), done("C13:s1:1", 1), after=2).side is Side.DECLINED


def test_a_nurture_note_moves_the_next_look_and_a_new_introduction_ends_nurture():
    touches = [done("C10:s1:1"), done("C13:s1:1", 21), done("C14:s1:1", 115)]
    assert place(*touches, after=116).wake_on == day(115 + 90)
    fresh = place(*touches, done("C10:s1:2", 200), after=201)
    assert (fresh.side, fresh.since) == (None, day(200))


def test_a_nurture_note_leaves_a_date_chosen_by_hand_alone():
    parked = happened("source_parked", source="s1", side="nurture", wake_on="2026-06-01")
    assert place(parked, done("C14:s1:1", 10), after=11).wake_on == date(2026, 6, 1)


def test_a_nurture_note_outside_nurture_changes_nothing():
    assert place(done("C14:s1:1")).side is None


def test_an_introduction_leaves_a_source_that_is_not_nurtured_where_it_is():
    assert place(happened("source_declined", source="s1"), done("C10:s1:1", 3), after=4).side is Side.DECLINED


@pytest.mark.parametrize(
    ("after", "wake"),
    [
        pytest.param(90, 90, id="on its day it is that day"),
        pytest.param(91, 180, id="a missed one moves on by 90 days"),
        pytest.param(271, 360, id="however many were missed"),
    ],
)
def test_a_look_that_was_missed_comes_again(after, wake):
    assert place(done("C10:s1:1", -21), done("C13:s1:1"), after=after).wake_on == day(wake)


@pytest.mark.parametrize(
    ("after", "side", "since"),
    [
        pytest.param(91, Side.NURTURE, 10, id="aside before its date"),
        pytest.param(92, None, 92, id="awake on its date"),
    ],
)
def test_parked_by_hand_lasts_until_its_date(after, side, since):
    parked = happened("source_parked", 10, source="s1", side="nurture", wake_on=day(92).isoformat())
    placed = place(happened("source_added", source="s1"), parked, after=after)
    assert (placed.side, placed.since) == (side, day(since))


def test_parked_by_hand_without_a_date_is_looked_at_again_every_90_days():
    placed = place(happened("source_parked", source="s1", side="dormant"), after=100)
    assert (placed.side, placed.wake_on, placed.evidence) == (Side.DORMANT, day(180), ("parked by hand",))


def test_a_source_woken_twice_stands_since_the_first_time():
    placed = place(done("C10:s1:1"), happened("source_woken", 4, source="s1"), after=9)
    assert (placed.side, placed.since) == (None, DAY)


# --- dormant


@pytest.mark.parametrize(
    ("facts", "after", "since"),
    [
        pytest.param([REFERRAL], 89, None, id="heard of 89 days ago"),
        pytest.param([REFERRAL], 90, 90, id="nothing heard for 90 days and no touch"),
        pytest.param([REFERRAL, done("C22:s1:r1", 60)], 104, None, id="touched 44 days ago"),
        pytest.param([REFERRAL, done("C22:s1:r1", 60)], 105, 105, id="touched 45 days ago"),
        pytest.param([REFERRAL, done("C54:s1:1", 80)], 90, 90, id="a review at the desk is no touch"),
        pytest.param([REFERRAL, ASSESSED], 400, None, id="its client is in the programme"),
        pytest.param([REFERRAL, ASSESSED, DISCHARGED], 90, 90, id="its client was discharged"),
        pytest.param([REFERRAL, happened("discharged", 80, client="C-0142")], 124, None, id="discharged 44 days ago"),
        pytest.param(
            [REFERRAL, ASSESSED, DISCHARGED, happened("session_held", 3, client="C-0142")],
            90,
            90,
            id="a session written down after the discharge",
        ),
        pytest.param([happened("reply_received", source="s1")], 900, None, id="it never referred"),
        pytest.param([REFERRAL, happened("touch_logged", 80, source="s1", kind="call")], 120, None, id="a call"),
        pytest.param([REFERRAL, happened("source_woken", 80, source="s1")], 90, 90, id="waking who is awake"),
        pytest.param([REFERRAL, happened("step_overridden", 80, source="s1", to=2)], 124, None, id="moved by hand"),
    ],
)
def test_a_source_that_referred_is_dormant_once_both_sides_are_silent(facts, after, since):
    placed = place(*facts, after=after)
    assert placed.side is (None if since is None else Side.DORMANT)
    if since is not None:
        assert placed.since == day(since)
        assert placed.wake_on == day(since + 90)
        assert placed.evidence == ("referred before, and nothing heard for 90 days",)


@pytest.mark.parametrize(
    "stir",
    [
        pytest.param(happened("touch_logged", 120, source="s1", kind="call"), id="a touch of ours"),
        pytest.param(done("C33:C-0142:1", 120), id="a courtesy call"),
        pytest.param(happened("referral_received", 120, id="r2", client="C-0150"), id="another referral"),
        pytest.param(happened("session_held", 120, client="C-0150"), id="a shared client who comes back"),
    ],
)
def test_a_dormant_source_is_awake_when_something_stirs(stir):
    placed = place(REFERRAL, stir, after=121)
    assert (placed.step, placed.side, placed.since) == (Step.REINFORCEMENT, None, day(120))


def test_a_touch_does_not_end_dormant_when_a_person_said_so():
    parked = happened("source_parked", source="s1", side="dormant", wake_on="2026-09-01")
    assert place(parked, done("C60:s1:1", 3), done("C22:s1:r1", 4), after=5).side is Side.DORMANT


# --- moved by hand


def test_a_source_stays_where_it_was_put():
    placed = place(done("C24:C-0142:1"), happened("step_overridden", 4, source="s1", to=1), after=30)
    assert (placed.step, placed.since, placed.evidence) == (Step.FIRST_CONTACT, day(4), ("placed by hand",))


@pytest.mark.parametrize(
    ("to", "news", "step"),
    [
        pytest.param(1, REFERRAL, Step.REINFORCEMENT, id="evidence of a higher step moves it on"),
        pytest.param(5, REFERRAL, Step.LUNCH_AND_LEARN, id="evidence of a lower step does not"),
        pytest.param(2, REFERRAL, Step.REINFORCEMENT, id="nor does evidence of the same"),
    ],
)
def test_only_new_evidence_of_a_higher_step_moves_what_was_put_by_hand(to, news, step):
    put = happened("step_overridden", source="s1", to=to)
    assert place(done("C24:C-0142:1", -3), put, news).step is step


def test_what_is_written_down_later_is_news_even_if_it_happened_before():
    put = happened("step_overridden", 10, source="s1", to=1)
    placed = place(done("C10:s1:1"), put, happened("referral_received", 8, id="r1", client="C-0142"), after=10)
    assert (placed.step, placed.since) == (Step.REINFORCEMENT, day(10))


def test_a_side_state_after_a_move_by_hand_comes_first():
    put = happened("step_overridden", source="s1", to=3)
    placed = place(put, happened("source_declined", 1, source="s1"), after=2)
    assert (placed.step, placed.side) == (Step.PHONE_CALL, Side.DECLINED)


@pytest.mark.parametrize("target", list(Step))
def test_a_move_away_from_the_evidence_needs_a_reason(target):
    facts = steps.fold([REFERRAL, happened("step_overridden", 1, source="s1", to=4)])
    assert steps.against_evidence(facts, target) is (target is not Step.REINFORCEMENT)


# --- what the next step asks for


def asked(*facts):
    return [(r.text, r.met, r.detail) for r in steps.requirements(steps.fold(facts))]


def test_identified_asks_for_package_and_introduction():
    assert asked(happened("package_ready", source="s1")) == [
        ("Letter package ready", True, "done"),
        ("Introduction sent", False, "not yet"),
    ]


def test_first_contact_asks_for_any_sign_of_life():
    assert asked(done("C10:s1:1")) == [("Receipt confirmed, a reply, or a first referral", False, "not yet")]


def test_reinforcement_asks_for_card_and_summary():
    assert asked(REFERRAL, done("C22:s1:r1")) == [
        ("Thank-you card sent", True, "done"),
        ("Assessment summary sent for a shared client", False, "not yet"),
    ]


def test_the_phone_step_asks_for_a_call_and_a_report():
    assert asked(done("C24:C-0142:1"), done("C31:C-0142:1")) == [
        ("Provider call completed", True, "done"),
        ("First 30-day or pre-visit report sent", False, "not yet"),
    ]


@pytest.mark.parametrize(
    ("facts", "met", "detail"),
    [
        pytest.param([done("C42:C-0142:1")], False, "1 of 2", id="one report"),
        pytest.param([done("C42:C-0142:1"), done("C43:C-0142:v1", on_time=False)], False, "1 of 2", id="one late"),
        pytest.param([done("C42:C-0142:1"), done("C43:C-0142:v1", on_time=True)], True, "done", id="two on time"),
        pytest.param([done("C42:C-0142:1"), done("C49:C-0142:1")], True, "done", id="a discharge summary"),
        pytest.param([done("C42:C-0142:1"), done("C49:C-0142:1", on_time=False)], False, "1 of 2", id="a late one"),
    ],
)
def test_documentation_asks_for_two_reports_or_a_discharge_summary_on_time(facts, met, detail):
    first, second = asked(*facts)
    assert first == ("Two reports or one discharge summary on time", met, detail)
    assert second[1] is False


def test_nothing_follows_the_fifth_step():
    assert asked(done("C50:s1:1")) == []


# --- pace and contact


@pytest.mark.parametrize(
    ("days", "expected", "planned", "word"),
    [
        pytest.param(13, 14, False, "", id="a day before"),
        pytest.param(14, 14, False, "slow", id="on the expected day"),
        pytest.param(20, 14, False, "slow", id="a day before half as long again"),
        pytest.param(21, 14, False, "stuck", id="half as long again"),
        pytest.param(23, 15, False, "stuck", id="half as long again, rounded up"),
        pytest.param(99, 14, True, "", id="a planned touch holds the clock"),
        pytest.param(999, None, False, "", id="no expectation, no pace"),
    ],
)
def test_pace(days, expected, planned, word):
    assert steps.pace(days, expected, planned_touch=planned) == word


@pytest.mark.parametrize(
    ("facts", "number"),
    [
        pytest.param(
            [happened("source_added", 1, source="s1"), done("C01:s1:1", 3)], None, id="research reaches nobody"
        ),
        pytest.param([done("C10:s1:1", 3)], 3, id="a letter"),
        pytest.param([done("C24:C-0142:1", 3), REFERRAL], 3, id="the latest of both ways"),
        pytest.param([happened("touch_logged", 2, source="s1", kind="visit")], 2, id="a visit outside any task"),
        pytest.param([done("manual:7", 2)], 2, id="a task typed in by hand"),
        pytest.param([happened("ll_declined", 4, source="s1")], 4, id="a no is a contact"),
        pytest.param([happened("call_missed", 4, key="C30:C-0142:1")], None, id="a call not answered is none"),
        pytest.param(
            [happened("step_overridden", 9, source="s1", to=1), happened("reply_received", 4, source="s1")],
            4,
            id="a reply written down after a move by hand keeps its day",
        ),
    ],
)
def test_last_contact(facts, number):
    assert steps.last_contact_on(steps.fold(facts)) == (None if number is None else day(number))


# --- the data


def test_rules_that_reach_nobody_are_those_of_the_cadence():
    rules = tomllib.loads(Path("config/cadence.toml").read_text("utf-8"))["rule"]
    assert {rule["id"] for rule in rules if rule["touch"] == "none"} == signs.INTERNAL
    assert set(signs.RULE_SIGNS) <= {rule["id"] for rule in rules}


def test_every_step_has_a_label_and_all_but_the_last_an_expectation():
    assert set(steps.STEP_LABELS) == set(Step)
    assert set(steps.EXPECTED_DAYS) == set(Step) - {Step.LUNCH_AND_LEARN}
    assert {reason.kind for reason in steps.PARK_REASONS} == set(Side) == set(steps.SIDE_LABELS)
