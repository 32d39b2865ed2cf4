"""Find by words: fold names into terms, a query into words, and a prefix into a range of terms."""

import unicodedata
from collections.abc import Iterable

TERM_LENGTH = 40
QUERY_LENGTH = 100
QUERY_WORDS = 6
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_JOINED = str.maketrans("", "", "'’‘`´.")  # O'Brien is found as obrien, M.D. as md
_LAST = {"9": "a", "z": ""}  # what follows in digits, then letters; nothing follows z


def fold(text: str) -> str:
    """Give `text` in lower case without accents: "Núñez" -> "nunez"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).translate(_LETTERS)


def _words(text: str) -> Iterable[str]:
    folded = fold(text).translate(_JOINED)
    return "".join(char if char.isalnum() else " " for char in folded).split()


def terms_of(*texts: str | None) -> list[str]:
    """Return the words something is found by, each once, in order."""
    return sorted({word[:TERM_LENGTH] for text in texts if text for word in _words(text)})


def words_of(query: str) -> list[str]:
    """Return the words of a query, longest first, since the longest narrows most."""
    words = dict.fromkeys(word[:TERM_LENGTH] for word in _words(query[:QUERY_LENGTH]))
    return sorted(words, key=lambda word: (-len(word), word))[:QUERY_WORDS]


def range_of(prefix: str) -> tuple[str, str | None]:
    """Return where the terms that begin with `prefix` start and before which they end: "mar" -> ("mar", "mas").

    None: nothing ends them. The end is built of digits and letters only, which every collation sorts alike.
    """
    end = prefix
    while end:
        last = end[-1]
        after = _LAST.get(last, chr(ord(last) + 1))
        if after:
            return prefix, end[:-1] + after
        end = end[:-1]
    return prefix, None


def code_prefix(query: str) -> str:
    """Return how a client's code begins if `query` may mean one: "c-01" or "142", else ""."""
    text = query.strip().upper().replace(" ", "")
    digits = text.removeprefix("C").removeprefix("-")
    if digits and digits.isascii() and digits.isdigit() and len(digits) <= 6:
        return f"C-{digits}"
    return "C-" if text in {"C-"} else ""
