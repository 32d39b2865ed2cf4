"""The 30-second pitch: how long it takes to say, and what it must hold (domain.md 4.2)."""

import re
from dataclasses import dataclass

FEWEST, MOST = 65, 85  # words
PER_MINUTE = 150  # words, said to somebody who listens

_WORD = re.compile(r"[^\W_]+(?:[’'.\-][^\W_]+)*")
_AFTER = re.compile(
    r"\b(?:after|once|when|following)\b[^.!?]*\b(?:finish|conclud|complet|end|over|done|discharg|releas|clear)", re.I
)
_METHOD = re.compile(r"\b(?:assess|measur|plan|report|test|progress|record)\w*", re.I)
_SENTENCE = re.compile(r"[.!?]+(?:\s+|$)")
LONGEST_SENTENCE = 30  # words; what is longer runs out of breath


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the pitch is checked for, whether it holds, and what to do where it does not."""

    title: str
    met: bool
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pitch is: its words, its seconds, and the points it meets."""

    words: int
    seconds: int
    points: tuple[Point, ...]

    @property
    def passes(self) -> bool:
        """Say whether every point holds."""
        return all(point.met for point in self.points)


def word_count(text: str) -> int:
    """Count the words a person says: "30-day" is one, a dash is none."""
    return len(_WORD.findall(text))


def read(text: str, *, role: str, conditions: tuple[str, ...], blocked: int) -> Reading:
    """Check a pitch: `role` is what the person is, `conditions` words of the niche, `blocked` counts scope blocks."""
    words = word_count(text)
    lowered = text.lower()
    longest = max((word_count(part) for part in _SENTENCE.split(text)), default=0)
    return Reading(
        words=words,
        seconds=round(words * 60 / PER_MINUTE),
        points=(
            Point("65 to 85 words", FEWEST <= words <= MOST, _length_hint(words)),
            Point("Who you are", bool(role) and role.lower() in lowered, f"Say what you are: {role}." if role else
                  "Write what you are on the practice page first."),
            Point("Whom you do it for", any(word.lower() in lowered for word in conditions),
                  "Name a condition of your niche."),
            Point("After which care", bool(_AFTER.search(text)), "Say after which care: “after therapy has ended”."),
            Point("How you do it", bool(_METHOD.search(text)), "Say how: assess, measure, plan, report."),
            Point("Sentences of one breath", longest <= LONGEST_SENTENCE, "Part the longest sentence in two."),
            Point("Nothing that sounds like therapy", blocked == 0, "Change what the scope check marks."),
        ),
    )  # fmt: skip


def _length_hint(words: int) -> str:
    if words < FEWEST:
        return f"{FEWEST - words} more words."
    return f"{words - MOST} words too many." if words > MOST else ""
