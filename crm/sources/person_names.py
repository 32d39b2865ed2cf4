"""Write people's names in ordinary capitals and take a whole name apart."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crm.sources.credentials import DEGREES, is_credential

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "capitals.toml"
_PEOPLE = tomllib.loads(_CONFIG.read_text("utf-8"))["people"]
_PARTICLES = frozenset(_PEOPLE["particles"])
_MAC = frozenset(_PEOPLE["mac"])
_APOSTROPHE = frozenset(_PEOPLE["apostrophe"])
_ROLES = frozenset(_PEOPLE["roles"])
_AFTER_DE = {"la", "las", "los", "l'"}
_SUFFIXES = {
    "jr": "Jr.", "junior": "Jr.", "sr": "Sr.", "senior": "Sr.", "esq": "Esq.",
    "2nd": "II", "3rd": "III", "4th": "IV", "1st": "I",
    **{numeral.lower(): numeral for numeral in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")},
}  # fmt: skip
_TITLES = {"dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "rev", "sister"}
# Also family names, so they count as credentials only where the name is complete without them.
_AMBIGUOUS = {"do", "ma", "ba", "lac", "ng"}
_INITIALS = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2,3}")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class PersonName:
    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""
    credentials: str = ""


@lru_cache(maxsize=4096)
def family_name(value: str) -> str:
    """Write a last name in ordinary capitals: "DE LA CRUZ" -> "de la Cruz"; mixed case stays as typed."""
    if not _is_one_case(value):
        return value
    words = value.lower().split()
    cased = [_family_word(word) for word in words]
    for place, word in enumerate(words[:-1]):
        if word in _PARTICLES or (word in _AFTER_DE and place and words[place - 1] == "de"):
            cased[place] = word
        elif word == "st":
            cased[place] = "St."
    return " ".join(cased)


@lru_cache(maxsize=4096)
def given_name(value: str, *, middle: bool = False) -> str:
    """Write a first or middle name in ordinary capitals; "j." -> "J", "JP" stays "JP".

    Only a middle name may begin small: Maria "del Carmen".
    """
    if re.fullmatch(r"[^\W\d_]\.?", value):
        return value[0].upper()
    if not _is_one_case(value):
        return value
    words = value.lower().split()
    cased = [_given_word(word) for word in words]
    for place in range(0 if middle else 1, len(words) - 1):
        if words[place] in _PARTICLES or words[place] in _AFTER_DE:
            cased[place] = words[place]
    return " ".join(cased)


def name_suffix(value: str) -> str:
    """Write "JR", "Senior" or "3rd" as "Jr.", "Sr.", "III"; anything else in ordinary capitals."""
    return _SUFFIXES.get(value.lower().strip(" .,"), family_name(value))


def split_family_name(value: str) -> PersonName:
    """Take "SMITH JR" or "Smith, III, MD" from a last-name column apart."""
    head, *tail = [part.strip() for part in value.split(",")]
    suffix, credentials = _sort_tail(tail)
    words, found = _pop_credentials(head.split(), keep=1)
    if len(words) > 1 and not suffix and _is_suffix(words[-1]):
        suffix = name_suffix(words.pop())
    return PersonName(last=family_name(" ".join(words)), suffix=suffix, credentials=_joined(found, credentials))


def split_whole_name(value: str) -> PersonName:
    """Take one column apart: "Last, First M", "Dr. First Last, MD", "FIRST LAST MD, PHD".

    A name of one word is the last name.
    """
    text = re.sub(r"\([^()]*\)|\"[^\"]*\"", " ", value)
    parts = [" ".join(_without_titles(part.split())) for part in text.split(",")]
    head, *tail = [part for part in parts if part] or [""]
    if tail and _is_given(head, tail[0]):
        return _last_first(head, tail[0], tail[1:])
    suffix, credentials = _sort_tail(tail)
    words, found = _pop_credentials(head.split(), keep=1)
    if len(words) > 1 and _is_suffix(words[-1]):
        suffix = suffix or name_suffix(words.pop())
    start = _family_start(words)
    first, *middle = words[:start] or [""]
    return PersonName(
        last=family_name(" ".join(words[start:])),
        first=given_name(first),
        middle=given_name(" ".join(middle), middle=True),
        suffix=suffix,
        credentials=_joined(found, credentials),
    )


def is_surely_a_person(value: str) -> bool:
    """Answer whether a title stands before the name or a doctor's or therapist's letters behind it."""
    words = value.replace(",", " ").split()
    titled = bool(words) and _without_titles(words) != words
    return titled or (len(words) > 1 and words[-1].upper().replace(".", "") in DEGREES)


def _last_first(family: str, given: str, tail: list[str]) -> PersonName:
    suffix, credentials = _sort_tail(tail)
    words, found = _pop_credentials(given.split(), keep=1)
    last, last_found = _pop_credentials(family.split(), keep=1)
    for names in (words, last):
        if len(names) > 1 and not suffix and _is_suffix(names[-1], initials=names is words):
            suffix = name_suffix(names.pop())
    first, *middle = words
    return PersonName(
        last=family_name(" ".join(last)),
        first=given_name(first),
        middle=given_name(" ".join(middle), middle=True),
        suffix=suffix,
        credentials=_joined(last_found, _joined(found, credentials)),
    )


def _is_given(head: str, part: str) -> bool:
    """Answer whether the part behind the first comma is a first name and not "MD" or "Jr., MD"."""
    words = part.split()
    if _is_suffix(part) or all(is_credential(word) for word in words):
        # "Nguyen, Do" has nothing but the comma to tell, "Helen Marsh, DO" is complete without it.
        return len(head.split()) == 1 and words[0].lower() in _AMBIGUOUS
    return not any(word.lower() in _ROLES for word in words)


def _sort_tail(parts: list[str]) -> tuple[str, str]:
    suffix, credentials = "", []
    for part in parts:
        words = part.split()
        if words and not suffix and _is_suffix(words[0]):
            suffix = name_suffix(words.pop(0))
        if words:
            credentials.append(" ".join(words))
    return suffix, ", ".join(credentials)


def _pop_credentials(words: list[str], *, keep: int) -> tuple[list[str], str]:
    names, found = list(words), list[str]()
    while len(names) > keep and is_credential(names[-1]):
        if names[-1].lower() in _AMBIGUOUS and len(names) <= keep + 1:
            break
        found.insert(0, names.pop())
    return names, " ".join(found)


def _family_start(words: list[str]) -> int:
    start = max(len(words) - 1, 0)
    while start > 1 and words[start - 1].lower().strip(".") in _PARTICLES | _AFTER_DE | {"st", "mc"}:
        start -= 1
    return start


def _without_titles(words: list[str]) -> list[str]:
    while words and words[0].lower().rstrip(".") in _TITLES:
        words = words[1:]
    return words


def _is_suffix(word: str, *, initials: bool = False) -> bool:
    """A single I, V or X behind a first name is a middle initial."""
    bare = word.lower().strip(" .,")
    return bare in _SUFFIXES and not (initials and len(bare) == 1)


def _is_one_case(value: str) -> bool:
    return value.upper() == value or value.lower() == value


def _family_word(word: str) -> str:
    if word in _APOSTROPHE:
        return f"{word[0].upper()}'{word[1:].capitalize()}"
    return cased_word(word)


def _given_word(word: str) -> str:
    upper = word.upper()
    return upper if _INITIALS.fullmatch(upper) and upper not in {"NG", "WM"} else cased_word(word)


def cased_word(word: str) -> str:
    """Give one lower-case word its capitals: "o'brien" -> "O'Brien", "mccord" -> "McCord"."""
    return _LETTERS.sub(lambda run: _cased_run(run, word), word)


def _cased_run(run: re.Match[str], word: str) -> str:
    letters = run.group()
    before = word[run.start() - 1] if run.start() else ""
    if before in ("'", "’") and len(letters) < 3:
        return letters  # the s of "women's"
    if letters.startswith("mc") and len(letters) > 3:
        return f"Mc{letters[2:].capitalize()}"
    if letters in _MAC:
        return f"Mac{letters[3:].capitalize()}"
    return letters.capitalize()


def _joined(first: str, second: str) -> str:
    return ", ".join(part for part in (first, second) if part)
