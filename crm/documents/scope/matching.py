"""Find where the patterns match in a sentence and settle which of overlapping matches stays (section 6)."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm.documents.scope.layout import Page
from crm.documents.scope.rules import Rule, Rulebook

WORD_START = re.compile(r"(?<![^\W_])[^\W_]|#")
AROUND = 120  # characters beside a match in which a not_here pattern can lie


@dataclass(frozen=True, slots=True)
class Match:
    """One match of one rule, in the flat text."""

    rule: Rule
    start: int
    end: int


def matches(page: Page, start: int, end: int, rules: Rulebook) -> list[Match]:
    """Return the matches of a sentence in order, after overlaps are settled."""
    return settled(_all(page, start, end, rules))


def _all(page: Page, start: int, end: int, rules: Rulebook) -> Iterator[Match]:
    flat, low = page.flat, page.low
    by_letter = rules.by_letter
    anywhere = by_letter["*"]
    for place in WORD_START.finditer(low, start, end):
        at = place.start()
        bucket = by_letter.get(place[0], anywhere)
        if not bucket.any.match(low, at, end):
            continue
        for pattern, rule in bucket.rows:
            if found := pattern.match(flat, at, end):
                hit = found.span("hit") if "hit" in pattern.groupindex else found.span()
                match = Match(rule, *hit)
                if not _is_excluded(flat, match, start, end):
                    yield match


def _is_excluded(flat: str, match: Match, start: int, end: int) -> bool:
    """Say whether a match lies inside a match of one of its rule's `not_here` patterns."""
    left, right = max(start, match.start - AROUND), min(end, match.end + AROUND)
    return any(
        found.start() <= match.start and match.end <= found.end()
        for pattern in match.rule.not_here
        for found in pattern.finditer(flat, left, right)
    )


def settled(found: Iterable[Match]) -> list[Match]:
    """Of overlapping matches keep one: the heavier in a letter, then the longer, then the earlier."""
    ranked = sorted(set(found), key=lambda m: (-m.rule.weight, m.start - m.end, m.start))
    starts: list[int] = []
    by_start: dict[int, Match] = {}
    for match in ranked:
        place = bisect_left(starts, match.end)
        if place and by_start[starts[place - 1]].end > match.start:
            continue
        insort(starts, match.start)
        by_start[match.start] = match
    return [by_start[start] for start in starts]
