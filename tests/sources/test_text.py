"""One-line and many-line text comes out clean, whatever goes in."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.text import clean_line, clean_text

ANYTHING = st.text(st.characters(codec=None, categories=None), max_size=200)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        pytest.param("  Helen \t Marsh\n", "Helen Marsh", id="white space is one space"),
        pytest.param("Mun\u0303iz", "Mu\u00f1iz", id="letter and accent become one"),
        pytest.param("A\x00B\x1bC\x9fD", "ABCD", id="control characters go"),
        pytest.param("A\x85B\x0bC", "A B C", id="odd line ends are white space"),
        pytest.param("\ud800Marsh", "Marsh", id="a lone surrogate goes"),
        pytest.param("a\u202eb\u2066c\u200fd", "abcd", id="direction overrides go"),
        pytest.param("\ufeffMar\u200bsh\u00ad", "Marsh", id="what nobody sees goes"),
        pytest.param("one\u2028two\u00a0three", "one two three", id="separators are white space"),
        pytest.param("x" * 50, "x" * 20, id="a long value is cut"),
    ],
)
def test_a_line_is_cleaned(typed, clean):
    assert clean_line(typed, 20) == clean


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", id="every line end is a newline"),
        pytest.param("\n a \n\n b\t\n", "a\n\n b", id="ends of lines and text are trimmed"),
        pytest.param("a\tb\x07", "a\tb", id="a tab stays, a bell goes"),
        pytest.param("\u05d0\u200fb", "\u05d0\u200fb", id="direction marks may stand in running text"),
    ],
)
def test_a_text_is_cleaned(typed, clean):
    assert clean_text(typed, 100) == clean


@given(ANYTHING, st.integers(1, 80))
def test_a_clean_line_is_one_short_line_and_stays_as_it_is(value, limit):
    clean = clean_line(value, limit)
    assert len(clean) <= limit
    assert clean.strip() == clean
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert clean_line(clean, limit) == clean


@given(ANYTHING, st.integers(1, 80))
def test_a_clean_text_is_short_and_stays_as_it_is(value, limit):
    clean = clean_text(value, limit)
    assert len(clean) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert clean_text(clean, limit) == clean
    clean.encode("utf-8")
