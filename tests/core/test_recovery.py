"""The recovery sheet: what was printed gives the same keys, and every slip is found where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.crypto import Keyring
from crm.recovery import ALPHABET, BadSheet, fingerprint, read, sheet

ONE = Keyring("k001", {"k001": bytes(range(32))})
TWO = Keyring("k002", {"k001": bytes(range(32)), "k002": bytes(range(32, 64))})
LINES = [str(line) for line in sheet(ONE)]


def lines_of(keyring):
    return [str(line) for line in sheet(keyring)]


@pytest.mark.parametrize("keyring", [ONE, TWO], ids=["one key", "two keys, the newer in use"])
def test_the_lines_give_the_keys_back(keyring):
    assert read(lines_of(keyring)) == keyring


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=5), st.data())
def test_any_keyring_comes_back(keys, data):
    keyring = Keyring(f"k{data.draw(st.integers(1, len(keys))):03}", {f"k{n:03}": key for n, key in enumerate(keys, 1)})
    assert read(lines_of(keyring)) == keyring


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda line: line.replace("-", " "), id="spaces for dashes"),
        pytest.param(lambda line: line.replace("-", ""), id="no dashes"),
        pytest.param(lambda line: line.split(maxsplit=1)[1], id="no number"),
        pytest.param(lambda line: line.replace("0", "O").replace("1", "l"), id="O for 0, l for 1"),
        pytest.param(lambda line: "  " + line + " \t", id="spaces around"),
    ],
)
def test_a_line_may_be_typed_in_many_ways(change):
    typed = [change(line) if not line.strip().startswith("1") else line for line in LINES]
    assert read(typed) == ONE


def test_every_wrong_character_is_found_in_its_line():
    for number, line in enumerate(LINES):
        for place, letter in enumerate(line):
            if letter not in ALPHABET or place < 4:
                continue
            for other in ALPHABET:
                if other != letter:
                    typed = [*LINES[:number], line[:place] + other + line[place + 1 :], *LINES[number + 1 :]]
                    with pytest.raises(BadSheet) as found:
                        read(typed)
                    assert found.value.line == number + 1


def test_two_characters_changed_over_are_found():
    line = LINES[0]
    for place in range(4, len(line) - 1):
        a, b = line[place], line[place + 1]
        if a != b and {a, b} <= set(ALPHABET):
            with pytest.raises(BadSheet):
                read([line[:place] + b + a + line[place + 2 :], *LINES[1:]])


@pytest.mark.parametrize(
    ("typed", "line", "says"),
    [
        pytest.param([], None, "not a line", id="nothing"),
        pytest.param([LINES[1], LINES[0], LINES[2]], 1, "this is line 2", id="lines changed over"),
        pytest.param(
            [line.split(maxsplit=1)[1] for line in reversed(LINES)], 1, "wrong", id="changed over, unnumbered"
        ),
        pytest.param(LINES[:2], None, "a line is missing", id="one missing"),
        pytest.param([*LINES[:2], lines_of(TWO)[2]], None, "another sheet", id="one of another sheet"),
        pytest.param([LINES[0][:-3], *LINES[1:]], 1, "a line has 27", id="too short"),
        pytest.param([LINES[0].replace(LINES[0][5], "U"), *LINES[1:]], 1, "in no line", id="a letter there is not"),
    ],
)
def test_a_slip_is_named(typed, line, says):
    with pytest.raises(BadSheet, match=says) as found:
        read(typed)
    assert found.value.line == line


def test_the_fingerprint_tells_keyrings_apart_and_shows_no_key():
    assert fingerprint(ONE) != fingerprint(TWO)
    assert fingerprint(ONE) == fingerprint(Keyring("k001", dict(ONE.keys)))
    assert len(fingerprint(ONE)) == 9
    assert fingerprint(ONE)[:4] not in "".join(LINES)
