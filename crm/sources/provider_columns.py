"""Recognise the columns of a provider list by their headers."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "provider_columns.toml"
_MAX_HEADER = 200


def _words(header: str) -> str:
    text = unicodedata.normalize("NFKC", header[:_MAX_HEADER]).lower().replace("#", " number ")
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


_DATA = tomllib.loads(_CONFIG.read_text("utf-8"))
_NOISE = frozenset(_DATA["noise"])


def _bare(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _NOISE)


FIELDS: Mapping[str, str] = dict(_DATA["labels"])
_RANKS = {
    _words(header): (field, rank) for field, headers in _DATA["fields"].items() for rank, header in enumerate(headers)
}
# Second chance, after every exact header: the same without the noise words.
_BARE_RANKS = {bare: (field, rank + 100) for header, (field, rank) in _RANKS.items() if (bare := _bare(header))} | {
    header: (field, rank + 100) for header, (field, rank) in _RANKS.items()
}


@lru_cache(maxsize=4096)
def _read_header(header: str) -> tuple[str, int] | None:
    words = _words(header)
    return _RANKS.get(words) or _BARE_RANKS.get(_bare(words))


def recognise(headers: Sequence[str]) -> tuple[str, ...]:
    """Give the field of each header, "" where none is known; of two columns for one field the better."""
    best: dict[str, tuple[int, int]] = {}
    for index, header in enumerate(headers):
        if found := _read_header(header):
            field, rank = found
            best[field] = min(best.get(field, (rank, index)), (rank, index))
    chosen = {index: field for field, (_, index) in best.items()}
    return tuple(chosen.get(index, "") for index in range(len(headers)))
