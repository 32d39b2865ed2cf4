"""Fold a text for matching and keep for every folded character its place in the original (section 3)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from crm.documents.scope.words import set_of

BOM = "\ufeff"
SOFT_HYPHEN = "\u00ad"
DASH = "—"  # every dash that bounds a clause becomes this one
UNDECIDED = "–"  # hyphen between letters or digits, else dash
LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"

ODD = re.compile(r"\r\n?|[^\n -_a-~]")  # the backtick is odd: it stands for an apostrophe
BETWEEN = re.compile(rf"(?<=[^\W_]){UNDECIDED}(?=[^\W_])")
BROKEN = re.compile(r"(?<![^\W_])([^\W\d_]{1,40})(- {0,20}\n {0,20})(?=[a-z])")
SPELT = re.compile(r"(?<![^\W_])[^\W\d_]([ .\-_*])[^\W\d_](?:\1[^\W\d_]){2,}(?![^\W_])")
# "I t r e a t" and "a t h e r a p y": the pronoun or article before a spelt word is no letter of it.
LOOSE_FIRST = re.compile(r"I (?=[a-z] )|a (?=[^dlvqc] )")
# After these a hyphen at the line end belongs to the word.
PREFIXES = set_of("post pre re non self soft follow in on off co ex e x six well cross anti out up multi")

_SIGNS = {
    "'": "\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u02bd\u2032\u0060\u00b4\uff07\u2035",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u301d\u301e\uff02",
    "-": "\u2010\u2011",
    UNDECIDED: "\u2012\u2013\u2212",
    DASH: "\u2014\u2015",
    "\n": LINE_BREAKS,
}
SIGNS = {odd: plain for plain, odds in _SIGNS.items() for odd in odds}


@dataclass(frozen=True, slots=True)
class Normal:
    """A folded text: character `i` stands for `starts[i]` to `ends[i]` of the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the folded text stands in the original."""
        return self.starts[start], self.ends[end - 1]


def normalise(text: str, lookalikes: Mapping[str, str]) -> Normal:
    """Fold `text`, which has no byte-order mark any more."""
    folded, starts, ends = _fold(text, lookalikes)
    if UNDECIDED in folded:
        folded = BETWEEN.sub("-", folded).replace(UNDECIDED, DASH)
    normal = Normal(folded, starts, ends)
    normal = _without(normal, [_line_end(found) for found in BROKEN.finditer(normal.text)])
    return _joined_letters(normal)


def _fold(text: str, lookalikes: Mapping[str, str]) -> tuple[str, list[int], list[int]]:
    """Fold characters one at a time; plain stretches between odd ones are taken over whole."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for odd in ODD.finditer(text):
        start, end = odd.span()
        parts.append(text[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        at = end
        plain = "-" if odd[0] == SOFT_HYPHEN and _ends_line(text, end) else fold_character(odd[0][0])
        if not plain and ends and unicodedata.category(odd[0]).startswith("M"):
            ends[-1] = end  # an accent belongs to the letter before it
        plain = "".join(lookalikes.get(char, char) for char in plain)
        parts.append(plain)
        starts.extend([start] * len(plain))
        ends.extend([end] * len(plain))
    parts.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return "".join(parts), starts, ends


@lru_cache(maxsize=4096)
def fold_character(char: str) -> str:
    """Return the plain form of one character, which may be several or none."""
    if char in SIGNS:
        return SIGNS[char]
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category in {"Zs", "Cc"}:
        return " "
    return "".join(_plain(part) for part in unicodedata.normalize("NFKD", char))


def _plain(part: str) -> str:
    return "" if unicodedata.category(part) in {"Mn", "Me", "Cf"} else SIGNS.get(part, part)


def _ends_line(text: str, at: int) -> bool:
    return text[at : at + 20].lstrip(" ")[:1] in {"\n", "\r"}


def _line_end(broken: re.Match[str]) -> tuple[int, int]:
    """Return what to leave out of a word broken at a line end: the hyphen stays after a prefix."""
    keeps_hyphen = broken[1].lower() in PREFIXES
    return broken.start(2) + keeps_hyphen, broken.end(2)


def _without(normal: Normal, gaps: Iterable[tuple[int, int]]) -> Normal:
    """Leave stretches of the folded text out."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end in gaps:
        text.append(normal.text[at:start])
        starts += normal.starts[at:start]
        ends += normal.ends[at:start]
        at = end
    if not at:
        return normal
    return Normal("".join([*text, normal.text[at:]]), starts + normal.starts[at:], ends + normal.ends[at:])


def _joined_letters(normal: Normal) -> Normal:
    """Join four or more letters set apart by the same sign; each of them stands for the whole run."""
    gaps: list[tuple[int, int]] = []
    for run in SPELT.finditer(normal.text):
        start, end = run.span()
        if loose := LOOSE_FIRST.match(normal.text, start):
            start = loose.end()
        if end - start < 7:
            continue
        whole = normal.span(start, end)
        for place in range(start, end, 2):
            normal.starts[place], normal.ends[place] = whole
        gaps += [(place, place + 1) for place in range(start + 1, end, 2)]
    return _without(normal, gaps)
