"""Cut a page into sentences, each list item with the lead-in above its list (section 4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm.documents.scope.layout import Line, Page, ends_unit, is_lead_in
from crm.documents.scope.words import OWN_SUBJECTS, set_of

END = re.compile(r"[.!?]{1,10}[\"')\]]{0,4}(?=\s|\Z)")
WORD_BEFORE = re.compile(r"[^\W\d_](?:[\w.]{0,14}[^\W_])?\Z")
OPENERS = "\"'([{#*+-—•◦▪●‣·☐☑☒□"
ABBREVIATIONS = set_of(
    "dr drs mr mrs ms prof st ave rd blvd ste dept inc jr sr vs e.g i.e approx fig ext tel min max wk hr sec reps "
    "m.d d.o p.t n.p p.a r.n ph.d"
)
WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the flat text; `lead` is the lead-in it is judged with, `unit` its paragraph, heading or item."""

    start: int
    end: int
    lead: str = ""
    unit: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Unit:
    """Lines that read on as one: a paragraph, a heading, a list item."""

    start: int
    end: int
    lead: str = ""


def sentences(page: Page) -> Iterator[Sentence]:
    """Yield the sentences of a page in order.

    A list item of several sentences gives its lead-in to each of them, except one that says anew what "we" do.
    """
    for unit in _units(page):
        for start, end in cut(page.flat, unit.start, unit.end):
            lead = "" if _speaks_anew(page.flat, unit, start, end) else unit.lead
            yield Sentence(start, end, lead, (unit.start, unit.end))


def _speaks_anew(flat: str, unit: _Unit, start: int, end: int) -> bool:
    if not unit.lead or start == unit.start:
        return False
    return any(word.lower() in OWN_SUBJECTS for word in WORDS.findall(flat[start : min(end, start + 400)]))


def cut(flat: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the sentences of one unit stand, without the white space around them."""
    begin = start
    for stop in END.finditer(flat, start, end):
        if _is_end(flat, stop, end):
            if place := _trimmed(flat, begin, stop.end()):
                yield place
            begin = stop.end()
    if place := _trimmed(flat, begin, end):
        yield place


def _trimmed(flat: str, start: int, end: int) -> tuple[int, int] | None:
    piece = flat[start:end]
    kept = piece.strip()
    first = start + len(piece) - len(piece.lstrip())
    return (first, first + len(kept)) if kept else None


def _is_end(flat: str, stop: re.Match[str], end: int) -> bool:
    """Judge one dot, question or exclamation mark by what follows and by the word it belongs to."""
    rest = flat[stop.end() : min(end, stop.end() + 60)].lstrip()
    if rest and not (rest[0].isupper() or rest[0].isdigit() or rest[0] in OPENERS):
        return False
    if not rest or stop[0][0] != ".":
        return True
    found = WORD_BEFORE.search(flat, max(0, stop.start() - 16), stop.start())
    before = found[0] if found else ""
    return not _is_abbreviation(before, rest)


def _is_abbreviation(word: str, rest: str) -> bool:
    """Say whether the dot belongs to the word. "No." is one before a number only: "No. We do not." is an answer."""
    low = word.lower()
    if low == "no":
        return rest[0].isdigit() or rest[0] == "#"
    if low == "i":  # "so do I. We ..." ends; "I. Newton" does not
        first = WORDS.match(rest)
        return first is not None and first[0].lower() not in OWN_SUBJECTS
    return low in ABBREVIATIONS or (len(word) == 1 and word.isupper())


def _units(page: Page) -> list[_Unit]:
    reader = _Reader(page)
    for line in page.lines:
        reader.take(line)
    return reader.units


class _Reader:
    """Reads line after line and remembers what a list would be led in by."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.units: list[_Unit] = []
        self.above: Line | None = None  # the last line with words
        self.blanks = 0
        self.leads: list[tuple[int, str]] = []  # of lists that are open: indent of their items, lead-in

    def take(self, line: Line) -> None:
        """Add one line to what was read."""
        if line.is_blank:
            self.blanks += 1
            return
        if line.is_item:
            self._item(line)
        elif self._continues(line):
            self.units[-1].end = line.end
        else:
            self.leads = []
            self.units.append(_Unit(line.body, line.end))
        self.above, self.blanks = line, 0

    def _continues(self, line: Line) -> bool:
        if self.above is None or self.blanks:
            return False
        if self.leads or self.above.is_item:  # a list is open
            return line.text[:1].islower()
        return not ends_unit(self.above, line)

    def _item(self, line: Line) -> None:
        """Begin a list item; one blank line may stand above it, more end the list."""
        if self.blanks > 1:
            self.leads = []
            self.above = None
        if not self.leads:
            self.leads = [(line.indent, self._lead())]
        elif line.indent > self.leads[-1][0] and self.above is not None and self.above.text.endswith(":"):
            self.leads.append((line.indent, f"{self.leads[-1][1]} {self._last_words()}".strip()))
        while len(self.leads) > 1 and line.indent < self.leads[-1][0]:
            self.leads.pop()
        self.units.append(_Unit(line.body, line.end, self.leads[-1][1]))

    def _lead(self) -> str:
        if self.above is None or self.above.is_item or not is_lead_in(self.above):
            return ""
        return self._last_words()

    def _last_words(self) -> str:
        """Return the last sentence above a list; a lead-in may run over more than its last line."""
        unit = self.units[-1]
        found = list(cut(self.page.flat, max(unit.start, unit.end - 400), unit.end))
        return self.page.flat[slice(*found[-1])] if found else ""
