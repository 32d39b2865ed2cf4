"""The niches: whom a practice serves, which specialties see those people first, and the words that tell them."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "niches.toml"


@dataclass(frozen=True, slots=True)
class Niche:
    """One niche, as config/niches.toml has it."""

    key: str
    title: str
    words: tuple[str, ...]
    battery: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    contact: str
    group: str
    condition: str
    care: str
    problem: str
    outcome: str


def _load() -> dict[str, Niche]:
    found = {}
    for key, told in tomllib.loads(_CONFIG.read_text(encoding="utf-8")).items():
        lists = {name: tuple(told[name]) for name in ("words", "first", "second")}
        found[key] = Niche(key=key, **({"condition": told["title"].lower()} | told | lists))
    return found


NICHES = _load()


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def told_by(text: str) -> list[str]:
    """Return the keys of the niches whose words stand in a text, in the order of the file."""
    return [key for key, niche in NICHES.items() if _pattern(niche.words).search(text)]
