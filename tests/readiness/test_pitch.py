"""The pitch is read as a listener hears it."""

import pytest

from crm.readiness.niches import NICHES, told_by
from crm.readiness.pitch import read, word_count

PITCH = (
    "Good morning, I am Robin Vale, a Medical Exercise Specialist here in town. I design medically based "
    "exercise programs for people with a knee replacement, after their physical therapy has ended. I assess "
    "how they walk, climb and rise from a chair, plan their exercise, and send you a one-page report every "
    "thirty days. Last spring a client went from eight to fourteen chair stands. May I send you one page?"
)


def points(text: str, **values: object) -> dict[str, bool]:
    told = {"role": "Medical Exercise Specialist", "conditions": ("knee replacement",), "blocked": 0} | values
    return {point.title: point.met for point in read(text, **told).points}


def test_a_good_pitch_passes_and_takes_half_a_minute():
    told = read(PITCH, role="Medical Exercise Specialist", conditions=("knee replacement",), blocked=0)
    assert told.passes
    assert (told.words, told.seconds) == (71, 28)


@pytest.mark.parametrize(
    ("text", "values", "title"),
    [
        pytest.param(PITCH + " I am here every day, and more of it." * 2, {}, "65 to 85 words", id="too long"),
        pytest.param("I am a Medical Exercise Specialist.", {}, "65 to 85 words", id="too short"),
        pytest.param(PITCH, {"role": "Post-Rehab Specialist"}, "Who you are", id="another role"),
        pytest.param(PITCH, {"role": ""}, "Who you are", id="no role yet"),
        pytest.param(PITCH, {"conditions": ("stroke",)}, "Whom you do it for", id="another niche"),
        pytest.param(
            PITCH.replace("after their physical therapy has ended", "of all ages"), {}, "After which care", id="no care"
        ),
        pytest.param(PITCH, {"blocked": 1}, "Nothing that sounds like therapy", id="a blocked phrase"),
        pytest.param(PITCH.replace(". I assess", ", and I assess"), {}, "Sentences of one breath", id="out of breath"),
    ],
)  # fmt: skip
def test_each_point_can_fail(text, values, title):
    assert points(PITCH)[title] is True
    assert points(text, **values)[title] is False


def test_words_are_counted_as_they_are_said():
    assert word_count("A 30-day report — it’s one page.") == 6


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("I work with adults with a knee replacement", ["joint"]),
        ("after a STROKE, with poor balance", ["neuro", "balance"]),
        ("comeback stories", []),
    ],
)
def test_a_niche_is_told_by_whole_words(text, keys):
    assert told_by(text) == keys


def test_each_niche_has_its_first_specialties_and_a_contact():
    assert all(niche.first and niche.contact and niche.condition for niche in NICHES.values())
