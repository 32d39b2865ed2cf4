"""The fit of a source is the sum of its shown parts, worked by hand."""

from dataclasses import replace

import pytest

from crm.sources.fit import FULL, Facts, fit
from crm.sources.models import Credential, Grade

UNKNOWN = Facts(Credential.OTHER)
BEST = Facts(
    Credential.MD, niche_rank=1, niche_title="Knee or hip replacement", volume=3, shared_clients=4, desk_name=True,
    reachable=True, spoken=True, replies=5, touches=6, miles=1.2,
)  # fmt: skip


def test_the_full_sum():
    assert FULL == 3 * (3 + 2 + 3 + 2 + 1 + 2 + 1) == fit(BEST).total == 42


SURGEON = Facts(Credential.MD, niche_rank=1, reachable=True, miles=6)
THERAPIST = Facts(Credential.PT, niche_rank=2, shared_clients=1, desk_name=True)
CHIROPRACTOR = Facts(Credential.DC, niche_rank=2, volume=2, shared_clients=2, spoken=True, replies=1, touches=8)
NURSE = Facts(Credential.NP, niche_rank=1, volume=3, shared_clients=1, desk_name=True, miles=30)


@pytest.mark.parametrize(
    ("facts", "sum_", "grade"),
    [
        pytest.param(UNKNOWN, 0, Grade.C, id="nothing is known"),
        pytest.param(BEST, 42, Grade.A, id="everything speaks for them"),
        pytest.param(SURGEON, 9 + 2 + 2 + 3, Grade.B, id="a surgeon off a list"),
        pytest.param(THERAPIST, 6 + 3 + 4, Grade.C, id="a therapist with one client"),
        pytest.param(CHIROPRACTOR, 6 + 4 + 6 + 6 + 2, Grade.B, id="a chiropractor who seldom answers"),
        pytest.param(NURSE, 9 + 6 + 3 + 4 + 0 + 3, Grade.B, id="25 of 42 is not yet an A"),
        pytest.param(replace(NURSE, miles=15), 9 + 6 + 3 + 4 + 1 + 3, Grade.A, id="26 of 42 is one"),
    ],
)
def test_sums(facts, sum_, grade):
    told = fit(facts)
    assert (told.total, told.advised) == (sum_, grade)
    assert told.total == sum(part.value for part in told.parts)


def test_what_adds_most_is_told_first_and_what_adds_nothing_is_not_told():
    assert [(part.key, part.value) for part in fit(CHIROPRACTOR).speaking] == [
        ("niche", 6), ("shared", 6), ("access", 6), ("volume", 4), ("response", 2),
    ]  # fmt: skip
    assert fit(UNKNOWN).speaking == ()


@pytest.mark.parametrize(
    ("change", "key", "points", "reason"),
    [
        ({"volume": None}, "volume", 0, "not known; ask at the desk how many they see"),
        ({"volume": 0}, "volume", 0, "none"),
        ({"shared_clients": 0}, "shared", 0, "no client in common yet"),
        ({"shared_clients": 1}, "shared", 1, "1 client in common"),
        ({"spoken": False}, "access", 2, "a name at the desk"),
        ({"spoken": False, "desk_name": False}, "access", 1, "a number, no name"),
        ({"miles": None}, "distance", 0, "not known; a ZIP code is missing"),
        ({"miles": 0.0}, "distance", 3, "in your ZIP code"),
        ({"miles": 1.2}, "distance", 3, "about 1 mile"),
        ({"miles": 8}, "distance", 2, "about 8 miles"),
        ({"miles": 20.1}, "distance", 0, "about 20 miles"),
        ({"replies": 0, "touches": 0}, "response", 0, "nothing sent yet"),
        ({"replies": 0}, "response", 0, "0 of 6 answered in a year"),
        ({"replies": 2}, "response", 2, "2 of 6 answered in a year"),
        ({}, "insurance", 3, "a referral of an MD can serve an insurance claim"),
        ({"credential": Credential.DPM}, "insurance", 3, "a referral of a DPM can serve an insurance claim"),
        ({"credential": Credential.DC}, "insurance", 0, "their referral serves no insurance claim"),
        ({"niche_rank": 2}, "niche", 2, "sees these people too: Knee or hip replacement"),
        ({"niche_rank": 0}, "niche", 0, "not a specialty that your niche names"),
    ],
)
def test_each_part_tells_its_reason(change, key, points, reason):
    part = next(part for part in fit(replace(BEST, **change)).parts if part.key == key)
    assert (part.points, part.reason) == (points, reason)
