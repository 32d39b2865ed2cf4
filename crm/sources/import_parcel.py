"""Keep a list and its rows already read in one piece of bytes, so that nothing is read twice."""

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple

from crm.sources.provider_rows import ProviderRow

_LENGTH = struct.Struct(">I")


def pack(raw: bytes) -> bytes:
    """Return a parcel with the file alone."""
    return _framed(raw)


def add_rows(parcel: bytes, rows: Iterable[ProviderRow]) -> bytes:
    """Return the parcel with more rows at its end."""
    return parcel + _framed(json.dumps([astuple(row) for row in rows], separators=(",", ":")).encode())


def file_of(parcel: bytes) -> bytes:
    """Return the file."""
    return next(_frames(parcel))


def rows_of(parcel: bytes) -> list[ProviderRow]:
    """Return the rows read so far, in the order of the file."""
    frames = _frames(parcel)
    next(frames)
    return [ProviderRow(*values) for frame in frames for values in json.loads(frame)]


def _framed(content: bytes) -> bytes:
    packed = zlib.compress(content, 3)
    return _LENGTH.pack(len(packed)) + packed


def _frames(parcel: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(parcel):
        (length,) = _LENGTH.unpack_from(parcel, start)
        start += _LENGTH.size
        yield zlib.decompress(parcel[start : start + length])
        start += length
