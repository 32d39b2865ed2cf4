"""Clean what people type or paste, in one way for forms, commands and imports."""

import re
import unicodedata

_WHITE = "\t\n\r\x0b\x0c\x85"
_CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
_DIRECTION = [chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
# Nobody sees them, so nobody could find "Marsh" again with one of these inside.
_INVISIBLE = ["\u00ad", "\u200b", "\u2060", "\ufeff"]

_LINE_TABLE: dict[int, str | None] = {
    **{ord(char): None for char in (*_CONTROLS, *_DIRECTION, *_INVISIBLE)},
    **{ord(char): " " for char in _WHITE},
}
_TEXT_TABLE: dict[int, str | None] = {
    **{ord(char): None for char in (*_CONTROLS, "\ufeff") if char not in "\t\n"},
    **{ord(char): "\n" for char in "\u2028\u2029\x85\x0b\x0c"},
}


def clean_line(value: str, limit: int) -> str:
    """Give `value` as one line of at most `limit` characters.

    NFC, no control characters, no lone surrogates, no direction overrides, runs of white space as one space.
    A longer value is cut: who must refuse it compares the length first. Cleaning twice changes nothing.
    """
    if not (value.isascii() and value.isprintable()):
        value = _without_surrogates(value).translate(_LINE_TABLE)
    # Cut before normalising: reordering a long run of combining marks takes quadratic time.
    value = " ".join(value.split())[:limit]
    return _nfc(value, limit).strip()


def clean_text(value: str, limit: int) -> str:
    """Give `value` as text of at most `limit` characters that may have several lines.

    NFC, no control characters but newline and tab, no lone surrogates, line ends as a single newline, nothing
    blank at the ends of lines or of the text.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = _without_surrogates(value).translate(_TEXT_TABLE)
    value = "\n".join(line.rstrip() for line in value.split("\n")).strip()[:limit]
    return "\n".join(line.rstrip() for line in _nfc(value, limit).split("\n")).strip()


def _nfc(value: str, limit: int) -> str:
    """A prefix of an NFC string is NFC, so cutting what grew keeps it so."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)[:limit]


def _without_surrogates(value: str) -> str:
    return value.encode("utf-8", "ignore").decode("utf-8")


_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
# Quotation marks, white space and what nobody sees, then a sign; some programs take a wide sign for the narrow one.
_FORMULA = re.compile("'*[\\s\x00-\x20\x7f\u00ad\u200b\u200e\u200f\u2060\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def csv_cell(value: str) -> str:
    """Give `value` as a cell that no spreadsheet takes for a formula: if it could be, a quotation mark comes first.

    A plain number stays one; `from_csv_cell` gives every value back as it was.
    """
    return f"'{value}" if _FORMULA.match(value) and not _PLAIN_NUMBER.fullmatch(value) else value


def from_csv_cell(cell: str) -> str:
    """Take away the quotation mark that `csv_cell`, or another program with the same habit, put before a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def row_id(typed: str | None) -> int | None:
    """Return the id, or number of a page, that somebody sent; None for what can be none.

    No int(): it reads "²" and digits of any script, and a number longer than a column breaks the driver.
    """
    return int(typed) if typed and re.fullmatch(r"[0-9]{1,9}", typed) else None
