"""Lines as a reader sees them: blank, heading, list item (section 4)."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from crm.documents.scope.words import set_of

BULLET = re.compile(r" {0,40}(?:[-*+•◦▪●‣·–—☐☑☒□]|\[ ?[xX]?\]|\d{1,3}[.)]|\(\d{1,3}\)|[a-z][.)]|\([a-z]\))(?: +|$)")
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
HEADING_LENGTH = 60
# A line that ends with one of these goes on.
FUNCTION_WORDS = set_of(
    "a an the of by to with from for at in on and or nor but as is are was were be after before dr mr mrs "
    "ms prof into "
    "through via per her his their our my your its that which who if than under over about between during "
    "since until "
    "not do does did we i you he she they it no"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the folded text; `body` is where its words begin, behind a bullet."""

    start: int
    end: int
    body: int
    text: str  # from body on, without white space around it
    is_item: bool

    @property
    def is_blank(self) -> bool:
        return not self.is_item and not self.text

    @property
    def indent(self) -> int:
        """How far in a bullet stands (nested lists)."""
        return self.body - self.start


class Page:
    """The folded text in lines. `flat` is the same text with every line break a space."""

    def __init__(self, text: str) -> None:
        self.flat = text.replace("\n", " ")
        self.low = lowered(self.flat)
        self.lines = _lines(text)
        self._starts = [line.start for line in self.lines]

    def line_number(self, place: int) -> int:
        """Return which line a place of the text is in."""
        return max(0, bisect_right(self._starts, place) - 1)

    def line_at(self, place: int) -> Line:
        """Return the line a place of the text is in."""
        return self.lines[self.line_number(place)]

    def line_below(self, place: int) -> Line | None:
        """Return the line directly below."""
        below = self.line_number(place) + 1
        return self.lines[below] if below < len(self.lines) else None


def lowered(text: str) -> str:
    """Return a text in lower case, every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower()[:1] for char in text)


def _lines(text: str) -> list[Line]:
    lines = []
    start = 0
    for row in text.split("\n"):
        mark = BULLET.match(row)
        body = start + (mark.end() if mark else len(row) - len(row.lstrip()))
        lines.append(Line(start, start + len(row), body, row[body - start :].strip(), mark is not None))
        start += len(row) + 1
    return lines


def is_title_case(text: str) -> bool:
    """Say whether a line has the shape of a heading, whatever stands below it."""
    if not text or len(text) > HEADING_LENGTH or text[-1] in ".!?,":
        return False
    words = WORD.findall(text)
    if not words or not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    if words[-1].lower() in FUNCTION_WORDS and text.upper() != text:
        return _ends_in_verb(words)
    return all(word[0].isupper() or not word[0].isalpha() for word in words if len(word) >= 4)


def _ends_in_verb(words: Sequence[str]) -> bool:
    """Let "What I Do Not Do" be a heading: its last word is capitalised, so it is no word that goes on."""
    return words[-1].lower() in {"do", "does", "did", "not"} and all(w[0].isupper() for w in words if len(w) >= 2)


def ends_unit(line: Line, below: Line) -> bool:
    """Say whether a line break after `line` is more than a space: it is a heading or ends with a colon."""
    if line.text.endswith(":"):
        return True
    first = below.text[:1]
    return is_title_case(line.text) and (first.isupper() or first.isdigit())


def is_lead_in(line: Line) -> bool:
    """Say whether a line can lead a list in: it ends with a colon or is a heading."""
    return line.text.endswith(":") or is_title_case(line.text)


def lines_with(lines: Sequence[Line], *patterns: re.Pattern[str]) -> bool:
    """Say whether one line satisfies all patterns."""
    return any(all(pattern.search(line.text) for pattern in patterns) for line in lines)
