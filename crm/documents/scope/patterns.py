"""The pattern language of the rules file: lists, bounded white space, word edges (section 3 and 10)."""

import re
from collections.abc import Iterable, Mapping, Sequence

from crm.documents.scope.records import BrokenRules

SPACE = "(?:[ ]{1,4})"  # line breaks are spaces by the time a sentence is matched
EDGE_BEFORE, EDGE_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{([a-z_]+)\}| ")
UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")
CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]")
GROUP_OPENING = re.compile(r"\((?:\?(?:P<\w+>|:|-i:|(?P<look>=|!|<=|<!)))?")
REPEAT = re.compile(r"\?|\{(\d+)(?:,\d*)?\}")
ANY = frozenset("*")


def expand(pattern: str, lists: Mapping[str, Sequence[str]]) -> str:
    """Put the lists in and let every space match one to four white-space characters."""

    def piece(found: re.Match[str]) -> str:
        if found[0] == " ":
            return SPACE
        if found[0] == "[- ]":
            return f"(?:-|{SPACE})"
        if (name := found[1]) is None:
            return found[0]
        if name not in lists:
            raise BrokenRules(f"there is no list {name}")
        return f"(?:{'|'.join(expand(entry, lists) for entry in lists[name])})"

    return PIECE.sub(piece, pattern)


def compiled(pattern: str, lists: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Compile one pattern with its word edges. Raises BrokenRules with the reason."""
    full = expand(pattern, lists)
    if UNBOUNDED.search(CLASS.sub("x", full)):
        raise BrokenRules(f"a repeat without a bound in {pattern!r}")
    try:
        re.compile(full)  # by itself: the edges must not mend it
        made = re.compile(f"{EDGE_BEFORE}(?:{full}){EDGE_AFTER}", re.IGNORECASE)
    except re.error as error:
        raise BrokenRules(f"{pattern!r} is no pattern: {error}") from error
    if made.match(""):
        raise BrokenRules(f"{pattern!r} matches nothing at all")
    if set(made.groupindex) - {"hit"}:
        raise BrokenRules(f"{pattern!r} names a group other than hit")
    return made


def any_of(made: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    """Return one pattern that matches, in lower-case text and at the start of a word, where any of these may.

    Written so that the engine can pass over an alternative by its first letter.
    """
    bodies = [pattern.pattern.removeprefix(EDGE_BEFORE).removesuffix(EDGE_AFTER) for pattern in made]
    either = "|".join(bodies).replace("(?P<hit>", "(?:").replace("(?-i:", "(?i:")
    return re.compile(f"(?:{either}){EDGE_AFTER}" if bodies else r"(?!)")


def first_letters(pattern: str, lists: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the characters a match can begin with, lower case; `{"*"}` where that cannot be read off.

    Only patterns that can begin with a word's first letter are tried at it: that makes the check fast.
    """
    letters, _ = _Reader(expand(pattern, lists)).alternatives()
    return ANY if "*" in letters else frozenset(letters)


class _Reader:
    """Reads a pattern from the left as far as its first character can lie."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def alternatives(self) -> tuple[set[str], bool]:
        """Return the first letters of `a|b|c` up to its closing bracket, and whether it can be empty."""
        letters, empty = self._sequence()
        while self._peek() == "|":
            self.at += 1
            more, also_empty = self._sequence()
            letters, empty = letters | more, empty or also_empty
        return letters, empty

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _sequence(self) -> tuple[set[str], bool]:
        letters: set[str] = set()
        open_ended = True
        while self._peek() not in {"", "|", ")"}:
            found, empty = self._atom()
            if repeat := REPEAT.match(self.pattern, self.at):
                self.at = repeat.end()
                empty = empty or repeat[0] == "?" or repeat[1] == "0"
            if open_ended:
                letters |= found
            open_ended = open_ended and empty
        return letters, open_ended

    def _atom(self) -> tuple[set[str], bool]:
        if group := GROUP_OPENING.match(self.pattern, self.at):
            self.at = group.end()
            found, empty = self.alternatives()
            self.at += 1
            return (set(), True) if group["look"] else (found, empty)
        if special := CLASS.match(self.pattern, self.at):
            self.at = special.end()
            return _of_class(special[0])
        self.at += 1
        return {self.pattern[self.at - 1].lower()}, False


def _of_class(text: str) -> tuple[set[str], bool]:
    if text in {r"\b", r"\Z", r"\A"}:
        return set(), True
    if text == r"\d":
        return set("0123456789"), False
    if text.startswith("\\") or not re.fullmatch(r"\[[ \w#'-]+\]", text) or "\\" in text or re.search(r"\w-\w", text):
        return {"*"}, False
    return set(text[1:-1].lower()), False
