"""Read a task typed in one line: "call Dr Lee Tue 10am re knee". The hour stays among the words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

VERBS = {
    "call": "call", "phone": "call", "ring": "call",
    "write": "letter", "letter": "letter", "send": "letter", "fax": "letter", "card": "letter",
    "email": "email", "e-mail": "email", "mail": "email",
    "visit": "visit", "meet": "visit", "see": "visit",
}  # fmt: skip
OTHER = "other"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TITLES = {"dr", "dr.", "doctor", "mr", "ms", "mrs"}
STOP = {"re", "about", "on", "at", "by", "for", "next", "in", "to", "the", "and", "with"}
DAY_NAME = r"(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}"
MONTH_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"


@dataclass(frozen=True, slots=True)
class QuickLine:
    """What a line was read as. `who` are the words a source may be found by."""

    kind: str
    due: date | None
    who: tuple[str, ...]

    @property
    def has_verb(self) -> bool:
        """Say whether the line begins with a word that says what kind of task it is."""
        return self.kind != OTHER


def read(line: str, today: date) -> QuickLine:
    """Read kind, day and person out of a line; a day in the past means its next time."""
    words = line.split()
    kind = next((VERBS[w.lower()] for w in words[:1] if w.lower() in VERBS), OTHER)
    due, used = _find_day(words, today)
    rest = [word for number, word in enumerate(words) if number not in used]
    return QuickLine(kind, due, _who(rest[1:] if kind != OTHER else rest))


def _find_day(words: list[str], today: date) -> tuple[date | None, set[int]]:
    for start in range(len(words)):
        for length in (3, 2, 1):
            part = words[start : start + length]
            if len(part) == length and (found := _day(" ".join(part).lower().strip(",."), today)):
                return found, set(range(start, start + length))
    return None, set()


def _day(text: str, today: date) -> date | None:
    """Read a day in any of the ways people write one."""
    for pattern, meaning in WAYS:
        if match := pattern.fullmatch(text):
            return meaning(match, today)
    return None


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(month: int, day: int, today: date) -> date | None:
    this_year = _on(today.year, month, day)
    return this_year if this_year and this_year >= today else _on(today.year + 1, month, day)


def _who(words: list[str]) -> tuple[str, ...]:
    """Return the name: the words after a title, else the first words with a capital."""
    for number, word in enumerate(words):
        if word.lower() in TITLES:
            return tuple(_name_words(words[number + 1 :]))
    return tuple(_name_words(words))


def _name_words(words: list[str]) -> list[str]:
    name: list[str] = []
    for word in words:
        bare = word.strip(",.;:")
        if not bare or bare.lower() in STOP or not bare[0].isupper() or len(name) == 3:
            break
        name.append(bare)
    return name


def _weekday(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=(WEEKDAYS.index(match[1]) - today.weekday()) % 7 or 7)


def _in(match: re.Match[str], today: date) -> date:
    return today + timedelta(days=int(match[1]) * (7 if match[2] == "week" else 1))


Meaning = Callable[[re.Match[str], date], date | None]
WAYS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (re.compile("today|tonight"), lambda _m, today: today),
    (re.compile("tomorrow"), lambda _m, today: today + timedelta(days=1)),
    (re.compile("next week"), lambda _m, today: today + timedelta(days=7 - today.weekday())),
    (re.compile(r"in (\d{1,3}) (day|week)s?"), _in),
    (re.compile(r"(?:next |on )?" + DAY_NAME), _weekday),
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), lambda m, _today: _on(int(m[1]), int(m[2]), int(m[3]))),
    (re.compile(r"(\d{1,2})/(\d{1,2})"), lambda m, today: _next(int(m[1]), int(m[2]), today)),
    (re.compile(r"(\d{1,2})\.? " + MONTH_NAME), lambda m, today: _next(MONTHS.index(m[2]) + 1, int(m[1]), today)),
    (
        re.compile(MONTH_NAME + r" (\d{1,2})(?:st|nd|rd|th)?"),
        lambda m, today: _next(MONTHS.index(m[1]) + 1, int(m[2]), today),
    ),
)
