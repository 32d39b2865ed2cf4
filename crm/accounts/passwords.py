"""Which passwords are refused: too short or long, or among the first that anybody would try."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

SHORTEST, LONGEST = 12, 128  # characters
FEW = 4  # different characters, or letters left unexplained: too few to be a secret
WORDS_FILE = Path(__file__).resolve().parents[2] / "config" / "common_passwords.txt"
LENGTH = "A password has 12 to 128 characters."
COMMON = (
    "This is among the first that are tried. Take a sentence of your own, or a few words that do not belong together."
)
ABOUT_YOU = "Do not build it from your name, your address or the practice’s name: they are tried first."
LOOKS_LIKE = str.maketrans("@04135$7!", "aoaiessti")
ROWS = (
    "qwertyuiopasdfghjklzxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)  # fmt: skip
WALKS = tuple(walk for row in ROWS for walk in (row, row[::-1]))
MOST_WORDS = 2
GAP = "\0"
STEPS = 4  # neighbouring keys in a row that are taken as a walk


def refusal(password: str, about: Iterable[str] = ()) -> str | None:
    """Say why a password cannot be used, in words for its owner; None where it can.

    `about`: the person's name, e-mail address and practice. A sentence may hold common words and the
    person's own; what is refused is a password that holds next to nothing else.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        return LENGTH
    if _is_explained(password, frozenset()):
        return COMMON
    own = frozenset(word for text in about for word in re.findall(r"[^\W_]{3,}", text.casefold()))
    return ABOUT_YOU if own and _is_explained(password, own) else None


def _is_explained(password: str, own: frozenset[str]) -> bool:
    folded = password.casefold()
    if len(set(folded)) <= FEW or re.fullmatch(r"(.{1,6}?)\1{2,}.{0,5}", folded, re.DOTALL):
        return True
    return any(_holds_little_else(folded, read, own) for read in {folded, folded.translate(LOOKS_LIKE)})


def _holds_little_else(text: str, read: str, own: frozenset[str]) -> bool:
    """Say whether at most two common words and walks leave next to no letters over; `read` is `text` as it is meant."""
    walks = _walks(text)
    for walk in walks:
        read = read[: walk.start] + GAP * len(walk) + read[walk.stop :]
    words = list(_pattern(own).finditer(read))
    covered = {at for walk in walks for at in walk} | {at for word in words for at in range(*word.span())}
    rest = [sign for at, sign in enumerate(text) if at not in covered and (sign.isalpha() or not sign.isascii())]
    return bool(words or walks) and len({word[0] for word in words} - own) <= MOST_WORDS and len(rest) < FEW


def _walks(text: str) -> list[range]:
    """Return where a text goes from key to neighbouring key."""
    found, at = [], 0
    while at + STEPS <= len(text):
        length = STEPS
        while at + length <= len(text) and any(text[at : at + length] in walk for walk in WALKS):
            length += 1
        if length > STEPS:
            found.append(range(at, at + length - 1))
            at += length - 1
        else:
            at += 1
    return found


@cache
def _common() -> frozenset[str]:
    lines = WORDS_FILE.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split() if len(word) > 2)


@lru_cache(maxsize=8)
def _pattern(own: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(_common() | own, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))
