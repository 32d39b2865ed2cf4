"""Map the words and taxonomy codes of provider lists to our own short specialty names."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "specialties.toml"
_CODE = re.compile(r"\d{3}[0-9A-Z]{6}X")


@dataclass(frozen=True, slots=True)
class Specialty:
    name: str
    profession: str = ""  # the engine credential of a profession whose specialty already says it


_NOTHING = Specialty("")


def _words(value: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", value.lower().replace("aedic", "edic").replace("aediatric", "ediatric"))
    return " ".join(word for word in text.split() if word != "and")


def _read_config() -> tuple[dict[str, Specialty], dict[str, Specialty]]:
    words: dict[str, Specialty] = {}
    codes: dict[str, Specialty] = {}
    for entry in tomllib.loads(_CONFIG.read_text("utf-8"))["specialty"]:
        specialty = Specialty(entry["name"], entry.get("profession", ""))
        words.update((_words(text), specialty) for text in (entry["name"], *entry["words"]))
        codes.update((code, specialty) for code in entry["codes"])
    return words, codes


_BY_WORDS, _BY_CODE = _read_config()


def known_specialties() -> tuple[str, ...]:
    """Give the names of our own list, in alphabetical order."""
    return tuple(sorted({specialty.name for specialty in _BY_WORDS.values()}))


@lru_cache(maxsize=2048)
def read_specialty(value: str) -> Specialty:
    """Find the specialty that words, a taxonomy path or a taxonomy code mean; unknown words are kept.

    Of "Internal Medicine, Rheumatology" the narrower part counts; of "Physical Therapist, Orthopedic" the
    profession, or every therapist would turn into a surgeon.
    """
    text = " ".join(value.split()).strip(" ,;/|-")
    if found := _BY_WORDS.get(_words(text)):
        return found
    code = _CODE.search(text.upper())
    if code:
        return _by_code(code.group()) or read_specialty(_CODE.sub(" ", text.upper()))
    parts = [part.strip() for part in re.split(r"[,/;|>:]+|\s-\s|\(|\)", text) if part.strip()]
    found_parts = [found for part in parts if (found := _BY_WORDS.get(_words(part)))]
    for specialty in found_parts:
        if specialty.profession:
            return specialty
    if found_parts:
        return found_parts[-1]
    return Specialty(_sentence_case(text)) if text else _NOTHING


def _by_code(code: str) -> Specialty | None:
    for length in range(len(code) - 1, 3, -1):
        if found := _BY_CODE.get(code[:length]):
            return found
    return None


def _sentence_case(text: str) -> str:
    if text.upper() != text and text.lower() != text:
        return text
    return text.lower().capitalize()
