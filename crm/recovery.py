"""The recovery sheet: the keyring as numbered lines that can be printed, read over the phone and typed in again.

A line is `3  7QX4M-...  K2`: its number, 25 characters of Crockford's base32 in fives, and two characters that check
the line with its number, so that a slip is found where it is. O reads as 0, I and L as 1; case, spaces and dashes do
not matter. The bytes under the lines are a count, each key with its id, and the beginning of a SHA-256 over all of it.
"""

import hashlib
import re
from dataclasses import dataclass

from crm.crypto import KEY_BYTES, Keyring

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None})
GROUP, GROUPS = 5, 5
PER_LINE = GROUP * GROUPS
CHECK = 2  # characters
PRIME = 1021  # the largest that two characters can hold
ID_BYTES, SUM_BYTES = 4, 8


class BadSheet(Exception):  # noqa: N818
    """What was typed is not a recovery sheet; `line` is where the slip is, None where it is the whole."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the sheet: its number, its five groups and its two characters of check."""

    number: int
    groups: tuple[str, ...]
    check: str

    def __str__(self) -> str:
        return f"{self.number:>2}  {'-'.join(self.groups)}  {self.check}"


def fingerprint(keyring: Keyring) -> str:
    """Return eight characters that tell one keyring from another and say nothing about its keys."""
    letters = _letters(hashlib.sha256(b"handoff fingerprint" + _packed(keyring)).digest()[:SUM_BYTES])
    return f"{letters[:4]}-{letters[4:8]}"


def sheet(keyring: Keyring) -> list[SheetLine]:
    """Return the lines to print."""
    letters = _letters(_packed(keyring))
    letters += "0" * (-len(letters) % PER_LINE)
    lines = []
    for number, start in enumerate(range(0, len(letters), PER_LINE), 1):
        text = letters[start : start + PER_LINE]
        groups = tuple(text[place : place + GROUP] for place in range(0, PER_LINE, GROUP))
        lines.append(SheetLine(number, groups, _check(number, text)))
    return lines


def read(lines: list[str]) -> Keyring:
    """Return the keyring that was typed in, one line of the sheet each, with or without its number.

    Raises BadSheet, with the number of the first line that is wrong.
    """
    letters = "".join(read_line(number, line) for number, line in enumerate(lines, 1))
    if not letters:
        raise BadSheet("there is not a line to read")
    return _unpacked(_bytes(letters))


def read_line(number: int, line: str) -> str:
    """Return the characters of one typed line without its check; raises BadSheet."""
    typed = line.strip().upper()
    if said := re.match(r"([0-9]{1,2})[.:]?\s+(?=\S)", typed):
        if int(said[1]) != number:
            raise BadSheet(f"line {number}: this is line {said[1]} of the sheet", number)
        typed = typed[said.end() :]
    typed = typed.translate(FORGIVEN)
    strange = next((letter for letter in typed if letter not in ALPHABET), None)
    if strange:
        raise BadSheet(f"line {number}: “{strange}” is in no line", number)
    if len(typed) != PER_LINE + CHECK:
        raise BadSheet(f"line {number}: {len(typed)} characters, a line has {PER_LINE + CHECK}", number)
    if _check(number, typed[:PER_LINE]) != typed[PER_LINE:]:
        raise BadSheet(f"line {number}: a character is wrong, look at it again", number)
    return typed[:PER_LINE]


def _packed(keyring: Keyring) -> bytes:
    """Write the keyring as bytes: how many keys, the active one first, each as id and key, and a sum over it."""
    ids = [keyring.active, *sorted(key_id for key_id in keyring.keys if key_id != keyring.active)]
    plain = bytes([len(ids)]) + b"".join(key_id.encode() + keyring.keys[key_id] for key_id in ids)
    return plain + hashlib.sha256(plain).digest()[:SUM_BYTES]


def _unpacked(value: bytes) -> Keyring:
    size = 1 + value[0] * (ID_BYTES + KEY_BYTES)
    plain, total = value[:size], value[size : size + SUM_BYTES]
    if not value[0] or hashlib.sha256(plain).digest()[:SUM_BYTES] != total:
        raise BadSheet("every line is right, but together they are no keyring: a line is missing or from another sheet")
    keys = {}
    for start in range(1, size, ID_BYTES + KEY_BYTES):
        key_id = plain[start : start + ID_BYTES].decode("ascii", "replace")
        keys[key_id] = plain[start + ID_BYTES : start + ID_BYTES + KEY_BYTES]
    return Keyring(next(iter(keys)), keys)


def _check(number: int, text: str) -> str:
    """Return two characters over a line and its number.

    A weighted sum modulo a prime above all weights and values: one wrong character, two changed over and
    a line out of its place are always found.
    """
    total = sum(place * ALPHABET.index(letter) for place, letter in enumerate(text, 2)) + (PER_LINE + 2) * number
    return ALPHABET[total % PRIME // 32] + ALPHABET[total % PRIME % 32]


def _letters(value: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in value)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[place : place + 5], 2)] for place in range(0, len(bits), 5))


def _bytes(letters: str) -> bytes:
    bits = "".join(f"{ALPHABET.index(letter):05b}" for letter in letters)
    whole = len(bits) // 8 * 8
    return bytes(int(bits[place : place + 8], 2) for place in range(0, whole, 8))
