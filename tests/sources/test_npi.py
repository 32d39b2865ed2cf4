"""A National Provider Identifier is known by its check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.sources.npi import check_digit, is_npi


@pytest.mark.parametrize(
    ("value", "right"),
    [
        pytest.param("1234567893", True, id="the example of the standard"),
        pytest.param("1234567890", False, id="wrong check digit"),
        pytest.param("123456789", False, id="nine digits"),
        pytest.param("12345678931", False, id="eleven digits"),
        pytest.param("3234567899", False, id="begins with 3"),
        pytest.param("1234S67893", False, id="a letter"),
        pytest.param("１２３４５６７８９３", False, id="digits of another script"),
        pytest.param("", False, id="empty"),
    ],
)
def test_an_npi_is_told_from_other_numbers(value, right):
    assert is_npi(value) is right


@given(st.from_regex(r"\A[12][0-9]{8}\Z"), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(first_nine, place, step):
    npi = first_nine + check_digit(first_nine)
    wrong = npi[:place] + str((int(npi[place]) + step) % 10) + npi[place + 1 :]
    assert is_npi(npi)
    assert not is_npi(wrong)
