"""Money in whole cents: read, written and shared without losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.money import LIMIT, cents, dollars, shared


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("184.5", 18450), ("$184.50", 18450), ("1,184", 118400), ("0.07", 7), (" $ 3 ", 300), ("999999.99", LIMIT)],
)
def test_an_amount_is_read_to_the_cent(typed, amount):
    assert cents(typed) == amount


@pytest.mark.parametrize("typed", ["", "-3", "1.234", "12,50", "1,18", "ten", "1e3", "9999999", "٣", "1.2.3"])
def test_what_is_no_amount_is_refused_in_words(typed):
    with pytest.raises(ValueError, match="Write an amount in dollars"):
        cents(typed)


@given(st.integers(0, LIMIT))
def test_what_is_written_is_read_back(amount):
    assert cents(dollars(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "people", "shares"),
    [
        pytest.param(18450, 4, [4613, 4613, 4612, 4612], id="two cents are left"),
        pytest.param(10000, 3, [3334, 3333, 3333], id="one cent is left"),
        pytest.param(2, 3, [1, 1, 0], id="fewer cents than people"),
        pytest.param(900, 3, [300, 300, 300], id="none is left"),
        pytest.param(0, 2, [0, 0], id="nothing"),
        pytest.param(500, 0, [], id="nobody"),
    ],
)
def test_a_cost_is_shared_to_the_cent(amount, people, shares):
    assert shared(amount, people) == shares


@given(st.integers(0, LIMIT), st.integers(1, 200))
def test_the_shares_sum_to_the_cost_and_differ_by_one_cent_at_most(amount, people):
    shares = shared(amount, people)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1
