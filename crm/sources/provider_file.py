"""Turn the bytes of a CSV file into rows of cells, or say in one sentence why that cannot be."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm.sources.provider_columns import recognise

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL_BYTES = 10 * 1024
_HEADER_SEARCH = 20
_DELIMITERS = (",", ";", "\t", "|")
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "a text document with formatting"),
)
# Letters of Windows-1252 that no list of names contains; seeing one means that the guess is wrong.
_IMPLAUSIBLE = re.compile("[\u0192\u02c6\u02dc\u2020\u2021\u2030\u00a4\u00a6\u00ac\u00b6]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class UnreadableList(Exception):  # noqa: N818 (named after what happened)
    """The file as a whole cannot be read; `message` is one sentence for a person."""

    def __init__(self, message: str, field: str = "file") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class DecodedFile:
    text: str
    encoding: str  # "UTF-8", "UTF-16" or "Windows-1252"
    note: str = ""


def decode(raw: bytes) -> DecodedFile:
    """Decode UTF-8, UTF-16 with a byte order mark or, with a note that says so, Windows-1252."""
    if len(raw) > MAX_BYTES:
        raise UnreadableList("The file is larger than 5 MB. Split it and import the parts one after the other.")
    for signature, kind in _SIGNATURES:
        if raw.startswith(signature):
            raise UnreadableList(f"This file is {kind}, not CSV. Save the list as CSV and choose that file.")
    decoded = _decoded(raw)
    if len(_CONTROLS.findall(decoded.text)) * 200 > len(decoded.text):
        raise _binary()
    if not decoded.text.strip():
        raise UnreadableList("The file is empty.")
    return decoded


def _decoded(raw: bytes) -> DecodedFile:
    utf_32 = raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    if not utf_32 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return DecodedFile(raw.decode("utf-16"), "UTF-16")
        except UnicodeDecodeError:
            raise _unknown_encoding() from None
    if b"\x00" in raw:
        raise _binary()
    try:
        return DecodedFile(raw.decode("utf-8-sig"), "UTF-8")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        text = "\u0192"
    if _IMPLAUSIBLE.search(text):
        raise _unknown_encoding()
    note = "The file is not UTF-8. It is read as Windows-1252: check names with accents."
    return DecodedFile(text, "Windows-1252", note)


def _binary() -> UnreadableList:
    return UnreadableList("This is a binary file, not CSV. Save the list as CSV in UTF-8 and choose that file.")


def _unknown_encoding() -> UnreadableList:
    return UnreadableList(
        "The encoding of this file is unknown. Save the list as CSV in UTF-8 and choose that file.",
        "encoding",
    )


def rows_of(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give every row that is not blank with its number, as a spreadsheet counts rows (from 1).

    Raises UnreadableList at a quotation mark out of place, a cell over 10 kB or a row over 100 columns.
    """
    # In `strict` mode the reader does not swallow the rest of the file behind a quotation mark left open.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableList(_broken_row(number, str(error))) from None
        while row and not row[-1].strip():
            row.pop()
        if len(row) > MAX_COLUMNS:
            raise UnreadableList(f"Row {number} has {len(row)} columns; at most {MAX_COLUMNS} can be read.")
        if len("".join(row)) > MAX_CELL_BYTES // 4 and any(map(_is_too_long, row)):
            raise UnreadableList(_broken_row(number, "limit"))
        if row:
            yield number, row


def _broken_row(number: int, error: str) -> str:
    if "limit" in error:
        return f"Row {number} has a cell of more than 10 kB; the file cannot be read."
    return f"Row {number} has a quotation mark that is not closed or not doubled; the file cannot be read."


def _is_too_long(cell: str) -> bool:
    return len(cell.encode("utf-8", "replace")) > MAX_CELL_BYTES


def find_delimiter(text: str) -> tuple[str, str]:
    """Give the delimiter and the text without Excel's "sep=" line; comma where nothing speaks for another."""
    said = re.match(r"sep=([,;\t|])\r?\n?", text, re.IGNORECASE)
    if said:
        return said[1], text[said.end() :]
    head = "".join(text[:64_000].splitlines(keepends=True)[:_HEADER_SEARCH])
    return max(_DELIMITERS, key=lambda delimiter: _fitness(head, delimiter)), text


def _fitness(head: str, delimiter: str) -> tuple[int, int]:
    """Most headers recognised in one row, then most rows with the same number of cells (more than one)."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    known, widths = 0, list[int]()
    try:
        for row in reader:
            known = max(known, sum(map(bool, recognise(row[:MAX_COLUMNS]))))
            widths.append(len(row))
    except csv.Error:
        return known, 0
    return known, max((widths.count(width) for width in set(widths) if width > 1), default=0)


def find_header(text: str, delimiter: str) -> tuple[int, list[str]]:
    """Give number and cells of the header row: the one of the first 20 with most known headers.

    Where none is known, the first row of several cells counts if it does not look like data itself.
    """
    best: tuple[int, int, list[str]] = (0, 0, [])
    fallback: tuple[int, list[str]] | None = None
    for seen, (number, row) in enumerate(rows_of(text, delimiter)):
        if seen >= _HEADER_SEARCH:
            break
        known = sum(map(bool, recognise(row)))
        if known > best[0]:
            best = known, number, row
        if fallback is None and len(row) > 1:
            fallback = number, row
    if best[0] > 1 or (best[0] and len(best[2]) == 1):
        return best[1], best[2]
    if fallback and not any(re.search(r"\d{3}|@", cell) for cell in fallback[1]):
        return fallback
    raise UnreadableList(
        "The list has no row of headers. Put one above the rows, such as Last name, First name, NPI, Phone.",
        "header",
    )
