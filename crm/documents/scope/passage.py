"""A sentence as the exceptions read it: lead-in and sentence, in tokens and clauses (section 5)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from crm.documents.scope.layout import lowered
from crm.documents.scope.words import OWN, OWN_SUBJECTS

REACH = 400  # characters looked at on either side of a match (section 11)
TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
SUBJECT = r"(?:i|we|you|he|she|they|it{})(?:'[a-z]+)?\b"
CUT = re.compile(
    rf"""
    (?P<sign> ; | — | (?<=\s)-(?=\s) | :(?=\s*{SUBJECT.format("")})
      | ,(?=\s*(?:which|who)\b) | [,(\[](?=\s*["']?{SUBJECT.format("|my|our")}) )
    | \b(?:but|yet|however|while|whereas|although|though|because|unless|instead(?!\s+of\b))\b
    | \b(?:and|so)\b(?=\s+["']?{SUBJECT.format("|my|our")})
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Passage:
    """Tokens of one sentence with its lead-in; everything is counted from the lead-in's first character."""

    def __init__(self, text: str, lead: str = "") -> None:
        self.text = f"{lead} {text}" if lead else text
        self.offset = len(self.text) - len(text)
        tokens = [found.span() for found in TOKEN.finditer(self.text)]
        self.starts = [start for start, _ in tokens]
        self.ends = [end for _, end in tokens]
        self.low = low = lowered(self.text)
        self.words = [low[start:end] for start, end in tokens]
        self.memo: dict[Any, Any] = {}  # what was worked out once for all matches of the sentence
        self.cuts = [found.end() if found["sign"] else found.start() for found in CUT.finditer(self.text)]

    @cached_property
    def own(self) -> list[int]:
        """Where the own words are."""
        return [place for place, word in enumerate(self.words) if word in OWN]

    @cached_property
    def own_subjects(self) -> list[int]:
        """Where I and we are."""
        return [place for place, word in enumerate(self.words) if word in OWN_SUBJECTS]

    def found(self, pattern: re.Pattern[str], start: int, end: int) -> Iterator[re.Match[str]]:
        """Yield what a pattern finds between two characters; the sentence is searched once."""
        if pattern not in self.memo:
            found = list(pattern.finditer(self.low))
            self.memo[pattern] = [place.start() for place in found], found
        starts, found = self.memo[pattern]
        for place in range(bisect_left(starts, start), bisect_left(starts, end)):
            if found[place].end() <= end:
                yield found[place]

    def token_at(self, place: int) -> int:
        """Return the token that begins at or is around a character."""
        return max(0, bisect_right(self.starts, place) - 1)

    def tokens_in(self, start: int, end: int) -> tuple[int, int]:
        """Return the first and the last token of a stretch of characters."""
        first = max(0, bisect_right(self.ends, start))
        return first, max(first, bisect_left(self.starts, end) - 1)

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the clause around a stretch, at most REACH on either side."""
        left, right = bisect_right(self.cuts, start), bisect_left(self.cuts, end)
        begin = self.cuts[left - 1] if left else 0
        stop = self.cuts[right] if right < len(self.cuts) else len(self.text)
        return max(begin, start - REACH), min(stop, end + REACH)

    def gap(self, token: int) -> str:
        """Return what stands between a token and the next one."""
        if token + 1 >= len(self.starts):
            return self.text[self.ends[token] :]
        return self.text[self.ends[token] : self.starts[token + 1]]

    def has_own(self, first: int, last: int) -> bool:
        """Say whether an own word is among the tokens from `first` up to, not including, `last`."""
        place = bisect_left(self.own, first)
        return place < len(self.own) and self.own[place] < last

    def own_subject_in(self, first: int, last: int) -> bool:
        """Say whether I or we is among the tokens from `first` up to, not including, `last`."""
        place = bisect_left(self.own_subjects, first)
        return place < len(self.own_subjects) and self.own_subjects[place] < last
