"""Money is read exactly, refused in plain words, and shown as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.money import MOST, NotMoney, dollars, read_cents, shared


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("0", 0),
        ("1", 100),
        ("1.5", 150),
        ("1.05", 105),
        ("$1,234.50", 123_450),
        ("1234.50", 123_450),
        (" $ 12 ", 1_200),
        ("1,234,567.89", 123_456_789),
        ("0.29", 29),  # 0.29 * 100 is 28.999... in fractions of two
        ("1.10", 110),
        ("9,999,999.99", MOST),
        ("007", 700),
    ],
)
def test_an_amount_is_read_to_the_cent(typed, cents):
    assert read_cents(typed) == cents


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-5", "not below zero"),
        ("−5", "not below zero"),
        ("(5)", "not below zero"),
        ("1.234,50", "a point before the cents"),
        ("12,50", "a point before the cents"),
        ("1,23,456", "a point before the cents"),
        ("12.", "a point before the cents"),
        ("12.505", "two digits at most"),
        ("1,234.505", "two digits at most"),
        ("about 40", "an amount in dollars"),
        ("4k", "an amount in dollars"),
        ("1e5", "an amount in dollars"),
        ("٣", "an amount in dollars"),
        ("²", "an amount in dollars"),
        (".50", "an amount in dollars"),
        ("€12", "an amount in dollars"),
        ("NaN", "an amount in dollars"),
        ("10,000,000", "The most this holds is $9,999,999.99."),
    ],
)
def test_what_is_no_amount_is_said(typed, said):
    with pytest.raises(NotMoney, match=said.replace("$", r"\$")):
        read_cents(typed)


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(0, "$0.00"), (5, "$0.05"), (100, "$1.00"), (123_450, "$1,234.50"), (MOST, "$9,999,999.99")],
)
def test_an_amount_is_shown_and_read_back(cents, shown):
    assert dollars(cents) == shown
    assert read_cents(shown) == cents


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


@given(st.integers(0, MOST), st.integers(1, 200))
def test_the_shares_sum_to_the_cost_and_differ_by_one_cent_at_most(amount, people):
    shares = shared(amount, people)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1
