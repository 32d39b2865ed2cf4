"""Read any list of providers: which column means what, and each row checked and written in our own form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from crm.sources.provider_columns import FIELDS, recognise
from crm.sources.provider_file import MAX_ROWS, UnreadableList, decode, find_delimiter, find_header, rows_of
from crm.sources.provider_rows import ProviderRow, RowRefused, office_key, office_name, read_row
from crm.text import clean_line

__all__ = [
    "FIELDS", "Column", "ListShape", "ProviderList", "ProviderRow", "Refused", "UnreadableList",
    "count_rows", "inspect_columns", "office_key", "office_name", "read_provider_list",
]  # fmt: skip

_SAMPLES = 3
_SAMPLE_ROWS = 50
_SAMPLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    header: str
    field: str  # a key of FIELDS, or "" for a column that is not read
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListShape:
    """What stands above the rows; `missing` is a sentence when no column holds a name yet."""

    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class Refused:
    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProviderList:
    encoding: str
    delimiter: str
    header_row: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    rows: tuple[ProviderRow, ...]
    refused: tuple[Refused, ...]


def inspect_columns(raw: bytes, mapping: Mapping[int, str] | None = None) -> ListShape:
    """Recognise the columns, with samples, without reading the rows; raises UnreadableList."""
    return _shape(raw, mapping)[0]


def count_rows(raw: bytes) -> int:
    """Go through the whole file once without reading its values; raises UnreadableList where it breaks."""
    shape, text = _shape(raw, None)
    return sum(1 for _row in _data_rows(text, shape))


def read_provider_list(
    raw: bytes, mapping: Mapping[int, str] | None = None, *, start: int = 0, stop: int | None = None
) -> ProviderList:
    """Read the list; `mapping` gives column indexes their fields ("" = not read) and wins over headers.

    `start` and `stop` limit it to some of the rows, counted from 0.

    Nothing is asked of the network. Several rows for one NPI are all kept, in the order of the file. One bad
    row is `Refused` and the rest goes on. Raises UnreadableList when the file is broken or too large, has no
    header row or no column with names.
    """
    shape, text = _shape(raw, mapping)
    if shape.missing:
        raise UnreadableList(shape.missing, "header")
    chosen = tuple((column.index, column.field) for column in shape.columns if column.field)
    headers = [column.header for column in shape.columns]
    rows: list[ProviderRow] = []
    refused: list[Refused] = []
    for line, cells in islice(_data_rows(text, shape), start, stop):
        try:
            _check_width(cells, headers)
            rows.append(read_row(line, {field: cells[index] for index, field in chosen if index < len(cells)}))
        except RowRefused as refusal:
            refused.append(Refused(line, refusal.field, refusal.reason))
    return ProviderList(
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        header_row=shape.header_row,
        columns=shape.columns,
        notes=shape.notes,
        rows=tuple(rows),
        refused=tuple(refused),
    )


def _shape(raw: bytes, mapping: Mapping[int, str] | None) -> tuple[ListShape, str]:
    decoded = decode(raw)
    delimiter, text = find_delimiter(decoded.text)
    header_row, cells = find_header(text, delimiter)
    headers = [clean_line(cell, 200) for cell in cells]
    chosen = _with_mapping(recognise(headers), mapping or {})
    samples = _samples(text, delimiter, header_row, len(headers))
    columns = tuple(
        Column(index, header, field, samples[index])
        for index, (header, field) in enumerate(zip(headers, chosen, strict=True))
    )
    missing = "" if {"name", "last_name"}.intersection(chosen) else _no_name(headers)
    notes = (decoded.note,) if decoded.note else ()
    return ListShape(decoded.encoding, delimiter, header_row, columns, notes, missing), text


def _no_name(headers: Sequence[str]) -> str:
    shown = clean_line(", ".join(header or "(blank)" for header in headers[:8]), 200)
    return f"No column holds the provider's name (Last name or Name). The headers are: {shown}."


def _with_mapping(recognised: tuple[str, ...], mapping: Mapping[int, str]) -> tuple[str, ...]:
    for index, field in mapping.items():
        if not 0 <= index < len(recognised) or (field and field not in FIELDS):
            raise UnreadableList(f"The list has no column {index + 1} or no field is called {field}.", "mapping")
    wanted = [field for field in mapping.values() if field]
    if twice := next((field for field in wanted if wanted.count(field) > 1), ""):
        raise UnreadableList(f"Two columns are both chosen as {FIELDS[twice]}.", "mapping")
    return tuple(mapping.get(index, "" if field in wanted else field) for index, field in enumerate(recognised))


def _samples(text: str, delimiter: str, header_row: int, width: int) -> list[tuple[str, ...]]:
    found: list[list[str]] = [[] for _ in range(width)]
    for number, row in rows_of(text, delimiter):
        if number > header_row + _SAMPLE_ROWS:
            break
        for index, cell in enumerate(row[:width] if number > header_row else ()):
            value = clean_line(cell, _SAMPLE_LENGTH)
            if value and len(found[index]) < _SAMPLES and value not in found[index]:
                found[index].append(value)
    return [tuple(values) for values in found]


def _data_rows(text: str, shape: ListShape) -> Iterator[tuple[int, list[str]]]:
    count = 0
    for line, cells in rows_of(text, shape.delimiter):
        if line <= shape.header_row:
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableList(
                "The list has more than 20,000 rows. Split it and import the parts one after the other."
            )
        yield line, cells


def _check_width(cells: list[str], headers: list[str]) -> None:
    if len(cells) > len(headers):
        raise RowRefused("row", f"The row has {len(cells)} cells under {len(headers)} headers.")
    if len(cells) > 1 and cells[0] == headers[0] and [clean_line(cell, 200) for cell in cells] == headers:
        raise RowRefused("row", "The row repeats the headers.")
