"""Goals: how far each has come, which way it leads, and the words a report uses."""

from datetime import date

import pytest

from crm.clients import goals
from crm.clients.goals import GoalTold, Progress, is_reached, progress, sentence
from crm.clients.measures import Reading
from crm.clients.series import series_of

MARCH, MAY = date(2026, 3, 10), date(2026, 5, 4)


def by_key(*readings: Reading):
    return {(one.measure.key, one.side): one for one in series_of(readings)}


@pytest.mark.parametrize(
    ("baseline", "target", "now", "share"),
    [
        pytest.param(4, 24, 4, 0.0, id="at the start"),
        pytest.param(4, 24, 14, 0.5, id="half way"),
        pytest.param(4, 24, 24, 1.0, id="there"),
        pytest.param(4, 24, 30, 1.0, id="beyond is not more than all"),
        pytest.param(4, 24, 2, 0.0, id="behind the start is not less than nothing"),
        pytest.param(None, 20, 5, 0.25, id="without a baseline the way up begins at zero"),
        pytest.param(16, 12, 13, 0.75, id="a way down"),
        pytest.param(16, 12, 18, 0.0, id="a way down, slid back"),
        pytest.param(12, 12, 12, 1.0, id="to keep what there is, kept"),
        pytest.param(12, 12, 11, 0.0, id="to keep what there is, lost"),
        pytest.param(0, 0, 0, 1.0, id="none, and none"),
    ],
)
def test_how_much_of_the_way_is_done(baseline, target, now, share):
    told = progress(GoalTold("Walk", unit="m", baseline=baseline, target=target, reached=now), {})
    assert told.share == pytest.approx(share)


@pytest.mark.parametrize(
    ("goal", "now", "reached"),
    [
        pytest.param(GoalTold("Climb", target=24), 24, True, id="up, exactly"),
        pytest.param(GoalTold("Climb", target=24), 23.9, False, id="up, just short"),
        pytest.param(GoalTold("Climb", baseline=4, target=24), 30, True, id="up, beyond"),
        pytest.param(GoalTold("Walk", baseline=16, target=12), 12, True, id="down, exactly"),
        pytest.param(GoalTold("Walk", baseline=16, target=12), 12.1, False, id="down, just short"),
        pytest.param(GoalTold("Walk", measure="tug", target=12), 14, False, id="down by its measure, still too slow"),
        pytest.param(GoalTold("Walk", measure="tug", target=12), 11, True, id="down by its measure, quick enough"),
        pytest.param(GoalTold("Walk", measure="tug", baseline=12, target=12), 13, False, id="to keep a time, lost"),
        pytest.param(GoalTold("Walk", measure="tug", baseline=12, target=12), 11, True, id="to keep a time, bettered"),
        pytest.param(GoalTold("Walk", measure="gait-speed", target=1.0), 1.0, True, id="up by its measure"),
        pytest.param(GoalTold("Garden"), 5, False, id="without a number nothing is reached by one"),
    ],
)
def test_a_goal_is_reached_on_the_side_it_leads_to(goal, now, reached):
    assert is_reached(goal, now) is reached


def test_a_way_down_without_a_baseline_has_no_share_but_words():
    goal = GoalTold("Get about the house", measure="tug", target=10)
    told = progress(goal, by_key(Reading("tug", 12, MAY, row=7)))
    assert told == Progress("12.0 of 10.0 s", None, 7)


def test_the_newest_value_of_its_measure_counts_before_what_was_noted_by_hand():
    goal = GoalTold("Rise", measure="chair-stand-30s", baseline=8, target=12, reached=9)
    readings = (Reading("chair-stand-30s", 8, MARCH, row=1), Reading("chair-stand-30s", 10, MAY, row=2))
    assert progress(goal, by_key(*readings)) == Progress("10 of 12 stands", 0.5, 2)


def test_chair_stands_with_the_arms_bring_a_goal_no_nearer():
    goal = GoalTold("Rise", measure="chair-stand-30s", baseline=0, target=12)
    told = progress(goal, by_key(Reading("chair-stand-30s", 14, MAY, arms=True, row=3)))
    assert told == Progress("0 of 12 stands", 0.0, 3)


def test_a_goal_of_one_side_looks_at_that_side():
    goal = GoalTold("Open jars", measure="grip", side="left", baseline=20, target=25)
    right, left = Reading("grip", 30, MAY, side="right", row=1), Reading("grip", 22, MAY, side="left", row=2)
    assert progress(goal, by_key(right, left)).row == 2
    assert progress(goal, by_key(right)) == Progress("", None, 0)


@pytest.mark.parametrize(
    "goal",
    [
        pytest.param(GoalTold("Climb", unit="steps", target=24), id="nothing noted yet"),
        pytest.param(GoalTold("Climb", unit="steps", reached=5), id="no target"),
    ],
)
def test_without_two_numbers_nothing_is_said(goal):
    assert progress(goal, {}) == Progress("", None)


def test_a_number_of_its_own_keeps_its_unit():
    told = progress(goals.read({"activity": "Climb", "unit": "steps", "target": 24.0, "reached": 20.0}), {})
    assert told.words == "20 of 24 steps"


def test_what_an_older_goal_held_besides_is_passed_over():
    assert goals.read({"activity": "Climb", "colour": "green"}) == GoalTold("Climb")


@pytest.mark.parametrize(
    ("activity", "told", "words"),
    [
        ("Climb two flights", Progress("20 of 24 steps", 0.8), "Climb two flights by May 4, 2026 (20 of 24 steps)"),
        ("Climb two flights.", Progress("", None), "Climb two flights by May 4, 2026"),
    ],
    ids=["with its numbers", "a full stop typed at its end is dropped"],
)
def test_a_report_says_a_goal_in_one_line(activity, told, words):
    assert sentence(GoalTold(activity, target=24), MAY, told) == words
