"""The thirty days fall on the right dates, rest while paused, and catch up without piling up."""

from datetime import date

import pytest

from crm.outreach.workdays import US_WORKDAYS
from crm.readiness.plan import CARDS, WEEKS, caught_up, dates, standing


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def planned(started="05-06", pauses=(), paused_on=None, *, every_day=False):
    return dates(day(started), pauses, paused_on, every_day=every_day, days=US_WORKDAYS)


def test_there_are_thirty_cards_in_four_weeks_each_with_its_own_check():
    assert list(CARDS) == list(range(1, 31))
    assert {card.week for card in CARDS.values()} == set(WEEKS) == {1, 2, 3, 4}
    assert len({card.check for card in CARDS.values()}) == 30
    assert CARDS[28].week == CARDS[30].week == 4


@pytest.mark.parametrize(
    ("started", "every_day", "first", "third", "last"),
    [
        pytest.param("05-06", False, "05-06", "05-08", "06-17", id="a Wednesday, Memorial Day left out"),
        pytest.param("05-09", False, "05-11", "05-13", "06-23", id="a Saturday begins on Monday, Juneteenth left out"),
        pytest.param("05-09", True, "05-09", "05-11", "06-07", id="each day counts"),
    ],
)
def test_a_plan_may_start_on_any_day(started, every_day, first, third, last):
    found = planned(started, every_day=every_day)
    assert (found[1], found[3], found[30]) == (day(first), day(third), day(last))


def test_a_pause_moves_what_comes_after_it():
    found = planned(pauses=[(day("05-08"), day("05-13"))])
    assert (found[2], found[3], found[4]) == (day("05-07"), day("05-13"), day("05-14"))


def test_while_it_rests_nothing_has_a_date():
    found = planned(paused_on=day("05-08"))
    assert list(found) == [1, 2]
    assert standing(found, {1}, today=day("06-01")).ends_on is None


def test_the_earliest_open_card_is_the_one_of_today():
    found = planned()
    told = standing(found, {1, 3}, today=day("05-11"))
    assert (told.today, told.behind, told.over) == (2, 1, 2)  # day 4 is today's and open too
    assert standing(found, set(CARDS), today=day("07-11")).today is None
    assert standing(found, set(), today=day("05-05")).today is None


def test_catching_up_begins_again_today():
    found = planned()
    pauses = caught_up([], found, {1, 2}, today=day("05-20"))
    again = planned(pauses=pauses)
    assert again[3] == day("05-20")
    assert again[4] == day("05-21")
    assert (again[1], again[2]) == (found[1], found[2])


def test_who_is_not_behind_has_nothing_to_catch_up():
    assert caught_up([], planned(), {1}, today=day("05-07")) == []
