"""Sentences a writer may insert, by group, as config/phrases.toml has them."""

import tomllib
from dataclasses import dataclass

from crm.documents.letters import ROOT


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """Sentences that belong together."""

    title: str
    phrases: tuple[str, ...]


def _load() -> tuple[PhraseGroup, ...]:
    rows = tomllib.loads((ROOT / "config" / "phrases.toml").read_text(encoding="utf-8"))["group"]
    return tuple(PhraseGroup(row["title"], tuple(row["phrases"])) for row in rows)


PHRASES = _load()
