"""How often a client came."""

from datetime import date, timedelta

import pytest

from crm.clients.attendance import SHOWN, attended

FIRST = date(2026, 4, 1)
MARKS = {"a": "attended", "m": "missed", "c": "cancelled"}


def came(letters):
    return attended((FIRST + timedelta(days=day), MARKS[letter]) for day, letter in enumerate(letters))


@pytest.mark.parametrize(
    ("letters", "held", "planned", "words"),
    [
        pytest.param("", 0, 0, "0 sessions", id="none yet"),
        pytest.param("a", 1, 1, "1 session", id="the first"),
        pytest.param("aaa", 3, 3, "3 sessions", id="none was missed"),
        pytest.param("aam", 2, 3, "2 of 3 sessions", id="one was missed"),
        pytest.param("m", 0, 1, "0 of 1 sessions", id="the only one was missed"),
        pytest.param("aac", 2, 2, "2 sessions", id="called off in good time is not counted"),
        pytest.param("acmaa", 3, 4, "3 of 4 sessions", id="all three kinds"),
        pytest.param("cc", 0, 0, "0 sessions", id="all called off"),
    ],
)
def test_the_share_is_taken_from_what_was_planned(letters, held, planned, words):
    found = came(letters)
    assert (found.held, found.planned, found.words) == (held, planned, words)


def test_sessions_stand_in_the_order_they_were_held_not_entered():
    found = attended([(date(2026, 4, 9), "missed"), (date(2026, 4, 2), "attended")])
    assert [on for on, _what in found.sessions] == [date(2026, 4, 2), date(2026, 4, 9)]


def test_the_last_session_is_one_that_was_held():
    assert came("aam").last_on == FIRST + timedelta(days=1)
    assert came("mc").last_on is None


def test_two_sessions_of_one_day_are_two():
    assert attended([(FIRST, "attended"), (FIRST, "attended")]).held == 2


def test_the_marks_are_the_newest_and_the_count_has_all():
    found = came("a" * (SHOWN + 5))
    assert len(found.marks) == SHOWN
    assert found.marks[-1] == found.sessions[-1]
    assert found.held == SHOWN + 5
