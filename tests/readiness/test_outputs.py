"""Each day's output is recognised when it is there, and not before."""
# ruff: noqa: E501 - a table: a day a line

from dataclasses import replace
from datetime import date

import pytest

from crm.readiness.outputs import CHECKS, OnFile, Written, recognised
from crm.readiness.plan import CARDS

ROLE = "Medical Exercise Specialist"
PITCH = (
    "Good morning, I am Robin Vale, a Medical Exercise Specialist here in town. I design medically based exercise "
    "programs for people with a knee replacement, after their physical therapy has ended. I assess how they walk, "
    "climb and rise from a chair, plan their exercise, and send you a one-page report every thirty days. Last spring "
    "a client went from eight to fourteen chair stands. May I send you one page?"
)
NICHE = Written("I work with adults.", {"niches": ["joint"]})
STANDARDS = dict.fromkeys(("intake", "assessment", "programming", "documentation", "safety"), "We do.")
PROTOCOL = dict.fromkeys(("condition", "entry", "phases", "stop"), "Phase one.")
KIT = dict.fromkeys(("cards", "stamps", "fax", "wording"), True)
PRIVACY = dict.fromkeys(("calendar", "files", "fax", "screen", "phone", "backup"), True)
CALL = dict.fromkeys(("progress", "reassurance", "thanks"), "Up.")
LUNCH = dict.fromkeys(("what", "whom", "helps", "receives"), "This.")
THREE = "One.\n\nTwo.\nThree."


def texts(**written: Written) -> OnFile:
    return OnFile(role=ROLE, texts=written)


# day -> what is there, and what comes near but is not it
MADE = {
    1: (texts(niche=NICHE), [texts(niche=replace(NICHE, blocked=1)), texts(niche=replace(NICHE, text="")), texts(niche=Written("I work.", {"niches": []}))]),
    2: (texts(niche=NICHE, pitch=Written(PITCH)), [texts(pitch=Written(PITCH)), texts(niche=NICHE, pitch=Written("I am here.")), texts(niche=NICHE, pitch=Written(PITCH, blocked=1))]),
    3: (OnFile(checks=(date(2026, 5, 6),)), []),
    4: (texts(services=Written("x", {"services": THREE})), [texts(services=Written("x", {"services": "One.\nTwo."})), texts(services=Written("x", {"services": THREE}, 2))]),
    5: (OnFile(graded=5), [OnFile(graded=4)]),
    6: (texts(bio=Written("I exercise with adults.")), [texts(bio=Written("I treat.", {}, 1))]),
    7: (texts(standards=Written("x", STANDARDS)), [texts(standards=Written("x", STANDARDS | {"safety": ""}))]),
    8: (texts(intake=Written("", {"forms": list("abcdef")})), [texts(intake=Written("", {"forms": list("abcde")}))]),
    9: (OnFile(sessions=1), []),
    10: (texts(measures=Written("", {"battery": list("abcd")})), [texts(measures=Written("", {"battery": list("abc")}))]),
    11: (texts(protocol=Written("x", PROTOCOL)), [texts(protocol=Written("x", PROTOCOL | {"stop": " "[:0]}))]),
    12: (OnFile(written=frozenset({"assessment-summary"})), [OnFile(written=frozenset({"progress-report"}))]),
    13: (OnFile(written=frozenset({"progress-report"})), []),
    14: (OnFile(written=frozenset({"discharge-summary", "change-in-status"})), [OnFile(written=frozenset({"discharge-summary"}))]),
    15: (OnFile(written=frozenset({"intro-physician", "intro-pt", "intro-chiro"})), [OnFile(written=frozenset({"intro-physician", "intro-pt"}))]),
    16: (OnFile(approved=frozenset({"overview", "sample-report"})), [OnFile(approved=frozenset({"overview"})), OnFile(written=frozenset({"overview", "sample-report"}))]),
    17: (OnFile(approved=frozenset({"referral-form"})), [OnFile(written=frozenset({"referral-form"}))]),
    18: (OnFile(introduced=3), [OnFile(introduced=2)]),
    19: (OnFile(desk_names=3), [OnFile(desk_names=2)]),
    20: (texts(kit=Written("", KIT)), [texts(kit=Written("", KIT | {"fax": False}))]),
    21: (OnFile(worked=4, introduced=3, followed=1), [OnFile(), OnFile(worked=4), OnFile(worked=4, introduced=3), OnFile(worked=4, followed=1, overdue=1), OnFile(worked=4, followed=1, ungraded=1)]),
    22: (texts(website=Written("", {"url": "https://example.com"})), [texts(website=Written("", {"url": ""})), texts(website=Written("x", {"url": "https://example.com"}, 1))]),
    23: (texts(profiles=Written("I exercise with adults.")), [texts(profiles=Written("x", {}, 1))]),
    24: (texts(story=Written("From 8 to 14 chair stands.")), [texts(story=Written("From eight to 14.")), texts(story=Written("From 8 to 14.", {}, 1))]),
    25: (OnFile(calls=1), [texts(call=Written("x", CALL | {"thanks": ""}))]),
    26: (texts(lunch=Written("x", LUNCH)), [texts(lunch=Written("x", LUNCH | {"helps": ""}))]),
    27: (texts(privacy=Written("", PRIVACY)), [texts(privacy=Written("", PRIVACY | {"screen": False})), replace(texts(privacy=Written("", PRIVACY)), active_clients=3, without_release=1)]),
    28: (replace(texts(fees=Written("Client-pay.")), criteria=1), [texts(fees=Written("Client-pay.")), OnFile(criteria=1)]),
    29: (OnFile(checks=(date(2026, 5, 6), date(2026, 6, 5))), [OnFile(checks=(date(2026, 5, 6), date(2026, 5, 6)))]),
    30: (OnFile(top=3, top_planned=3), [OnFile(top=2, top_planned=2), OnFile(top=3, top_planned=2)]),
}  # fmt: skip


def test_every_day_has_its_check_and_its_row_here():
    assert {card.check for card in CARDS.values()} == set(CHECKS)
    assert set(MADE) == set(CARDS)


def test_with_nothing_on_file_nothing_is_recognised():
    assert recognised(OnFile()) == frozenset()


@pytest.mark.parametrize("day", CARDS)
def test_an_output_is_recognised_when_it_is_made_and_not_before(day):
    made, near = MADE[day]
    assert day in recognised(made)
    assert [told for told in near if day in recognised(told)] == []


def test_a_prepared_call_is_as_good_as_one_made():
    assert 25 in recognised(texts(call=Written("x", CALL)))
