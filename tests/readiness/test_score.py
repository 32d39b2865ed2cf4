"""The readiness score equals sums worked by hand."""

import pytest

from crm.readiness.score import AREAS, GATES, score, total

ALL_GATES = dict.fromkeys(GATES, True)
FOURS = dict.fromkeys(AREAS, 4)


def test_the_weights_add_up_to_a_hundred():
    assert sum(area.weight for area in AREAS.values()) == 100
    assert len(AREAS) == 10
    assert len(GATES) == 4


@pytest.mark.parametrize(
    ("points", "sum_"),
    [
        pytest.param({}, 0, id="nothing told"),
        pytest.param(FOURS, 100, id="all there"),
        pytest.param(dict.fromkeys(AREAS, 2), 50, id="half of everything"),
        pytest.param({"niche": 4, "scope": 2, "intake": 3}, 8 + 6 + 9, id="8 + 12/2 + 12x3/4"),
        pytest.param({"visibility": 1}, 2, id="1.5 is rounded up"),
        pytest.param({"reporting": 1}, 4, id="3.5 is rounded up"),
        pytest.param({"reporting": 1, "visibility": 1}, 5, id="rounded once, at the end"),
        pytest.param({"niche": 9, "scope": -3, "other": 4}, 8, id="points out of range are drawn in"),
    ],
)
def test_points_times_weight(points, sum_):
    assert total(points) == sum_


@pytest.mark.parametrize(
    ("points", "band"),
    [
        ({}, "Foundation"),
        ({"scope": 4, "intake": 4, "measures": 4, "visibility": 2}, "Foundation"),  # 39
        ({"scope": 4, "intake": 4, "measures": 4, "niche": 2}, "Building"),  # 40
        (dict.fromkeys(AREAS, 3) | {"niche": 2}, "Nearly ready"),  # 73
        (FOURS, "Referral-ready"),
    ],
)
def test_bands(points, band):
    assert score(points, ALL_GATES).band.title == band


def test_a_closed_gate_keeps_a_full_score_from_being_ready():
    assert score(FOURS, ALL_GATES).is_ready
    told = score(FOURS, ALL_GATES | {"transition": False})
    assert (told.is_ready, [gate.key for gate in told.closed]) == (False, ["transition"])


def test_what_raises_it_most_is_weight_times_what_is_missing():
    points = FOURS | {"niche": 0, "reporting": 2, "safety": 1, "visibility": 0}
    # niche 8, reporting 7, safety 7.5, visibility 6
    raises = [(one.area.key, one.gain) for one in score(points, {}).raises]
    assert raises == [("niche", 8), ("safety", 8), ("reporting", 7)]
