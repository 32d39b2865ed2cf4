"""Capitalised names in a passage: organisations, streets (E3)."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from crm.documents.scope import words
from crm.documents.scope.passage import Passage

RUN = re.compile(
    r"(?<![^\W_])[A-Z][\w'.&-]{0,40}(?:(?: {1,4}(?:of|for|of the|for the|&))? {1,4}(?:[A-Z][\w'&-]{0,40}|& )){0,12}"
)
STREET_WORD = (
    r"(?:Road|Rd|Street|St|Avenue|Ave|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Parkway|Pkwy|Highway|Hwy"
    r"|Circle|Cir|Terrace|Square|Plaza|Trail|Pike|ROAD|STREET|AVENUE|BOULEVARD|LANE|DRIVE|COURT|WAY|PLACE|PARKWAY)"
)
STREET = re.compile(
    rf"(?<![^\W_])(?:\d{{1,6}}[A-Za-z]? {{1,2}}(?:[A-Z0-9][\w'.-]{{0,30}} {{1,2}}){{1,4}}{STREET_WORD}"
    rf"|(?:[A-Z][\w'-]{{0,30}} {{1,2}}){{1,4}}{STREET_WORD}\.?,? {{1,2}}\d{{1,6}})(?![^\W_])"
)
HOUSE = re.compile(
    r"(?:\d{1,6}[A-Za-z]? {1,2}(?!(?:Weeks?|Minutes?|Sessions?|Years?|Days?|Months?|Units?|Reps|Sets"
    r"|Visits?|Percent)\b)"
    r"[A-Z0-9][\w'.-]*(?: [A-Z0-9#][\w'.#-]*){0,6},?(?: .*)?|(?:Suite|Ste\.?|Attn|Attention|P\.? ?O\.? Box)\b.*)\Z",
)
# Capitalised at the head of a sentence, but no part of a name.
OPENERS = words.set_of(
    "visit see call contact meet join welcome ask try choose thank thanks dear please book come go attend"
)
LEADERS = frozenset({"at", "from", "with", "by", "to", "of", "and", "via", "named"})
NEVER = re.compile(
    r"(?:\b(?:our|my)(?: [a-z-]{1,20})?|\b(?:we are|we're|i am|i'm|welcome to|called)(?: (?:the|a|an))?"
    r"|\b(?:we|us) at(?: the)?)\W{0,3}\Z"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of capitalised words in a passage, without function words in front."""

    start: int
    end: int
    words: tuple[str, ...]


class Names:
    """Knows organisation words and service words, and where the names of a passage are."""

    def __init__(self, organisation: Collection[str], service: Collection[str]) -> None:
        self._organisation, self._service = organisation, service

    def run_around(self, passage: Passage, start: int, end: int) -> Run | None:
        """Return the run of capitalised words a stretch lies in."""
        if self not in passage.memo:
            found = [trimmed for place in RUN.finditer(passage.text) if (trimmed := _trimmed(place))]
            passage.memo[self] = [run.start for run in found], found
        starts, runs = passage.memo[self]
        place = bisect_right(starts, start) - 1
        run: Run | None = runs[place] if place >= 0 else None
        return run if run and end <= run.end else None

    def is_organisation(self, passage: Passage, run: Run) -> bool:
        """Say whether a run has an organisation word and one that is no service word.

        "Lakeside Orthopedics and Rehab Institute" is one name: its first half is one, its second half has the word.
        """
        if not any(word in self._organisation for word in run.words):
            return False
        if self.is_name(run):
            return True
        before = passage.low[max(0, run.start - 5) : run.start]
        first = self.run_around(passage, run.start - 6, run.start - 5) if before == " and " else None
        return first is not None and first.end == run.start - 5 and self.is_name(first)

    def is_name(self, run: Run) -> bool:
        """Say whether one word of a run tells it from a service: "Medical Exercise Therapy Center" has none."""
        return any(word not in self._organisation and word not in self._service for word in run.words)

    def begins_at(self, passage: Passage, token: int) -> bool:
        """Say whether a third party's name begins at a token or behind its article."""
        if token < len(passage.words) and passage.words[token] in {"the", "her", "his", "their", "your"}:
            token += 1
        if token >= len(passage.words) or not passage.text[passage.starts[token]].isupper():
            return False
        run = self.run_around(passage, passage.starts[token], passage.ends[token])
        return run is not None and run.start == passage.starts[token] and self.is_name(run)


def _trimmed(found: re.Match[str]) -> Run | None:
    """Take function words off the front: "The Lakeside Clinic", "At Mercy Hospital"."""
    start = found.start()
    tokens = list(re.finditer(r"[^\W_]+(?:['&][^\W_]+)*", found[0]))
    while tokens and _is_function(tokens[0][0].lower()):
        tokens.pop(0)
    if not tokens:
        return None
    low = tuple(token[0].lower() for token in tokens if not _is_function(token[0].lower()))
    return Run(start + tokens[0].start(), start + tokens[-1].end(), low)


def _is_function(word: str) -> bool:
    return (
        word in OPENERS
        or word in words.OWN
        or word in words.PREPOSITIONS
        or word in words.JOINERS
        or word in words.ARTICLES
        or bool(words.PERSONAL.match(word))
    )


def in_street(text: str, start: int, end: int) -> bool:
    """Say whether a stretch lies in a street name with its house number."""
    left, right = max(0, start - 120), min(len(text), end + 120)
    return any(found.start() <= start and end <= found.end() for found in STREET.finditer(text, left, right))


def is_after(low: str, start: int, leaders: Collection[str] = LEADERS) -> bool:
    """Say whether one of the words that lead to a name stands directly before, an article aside."""
    before = low[max(0, start - 40) : start].split()
    if before and before[-1] == "the":
        before.pop()
    return bool(before) and before[-1] in leaders


def is_never_third_party(low: str, start: int) -> bool:
    """Say whether a run is the practice's own: behind our, my, we are, I am, welcome to, called."""
    return NEVER.search(low, max(0, start - 60), start) is not None


def places_of(names: Sequence[str], flat: str) -> list[tuple[int, int]]:
    """Return where names of the source table stand in the flat text."""
    low = flat.lower()
    found: list[tuple[int, int]] = []
    for name in names:
        parts = name.lower().split()
        if not parts or parts[0] not in low or parts[-1] not in low:
            continue
        pattern = r" {1,4}".join(re.escape(part) for part in parts)
        found += [place.span() for place in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", flat, re.IGNORECASE)]
    return sorted(found)
