"""The pages on which a practice says what it is: their fields as data, and how fields become a text."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from crm.readiness.niches import NICHES

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "practice_texts.toml"
LINE_LIMIT = 160


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    TICK = "tick"
    URL = "url"
    NICHES = "niches"
    MEASURES = "measures"
    FORMS = "forms"

    @property
    def is_words(self) -> bool:
        """Say whether somebody types words into it, which become part of the text."""
        return self in {FieldKind.LINE, FieldKind.TEXT}

    @property
    def is_many(self) -> bool:
        """Say whether it holds several choices."""
        return self in {FieldKind.NICHES, FieldKind.MEASURES, FieldKind.FORMS}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a page."""

    name: str
    label: str
    kind: FieldKind
    help: str = ""
    limit: int = LINE_LIMIT
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """What of a page flows into letters: the placeholder it fills, and what stands there while it is not written."""

    name: str
    page: str
    what: str
    words: str = ""
    list: bool = False
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the practice: its words, its fields, and what the scope check would replace."""

    text: str = ""
    slots: Mapping[str, object] = field(default_factory=dict)
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page, as config/practice_texts.toml has it."""

    slug: str
    title: str
    group: str
    opening: str
    why: str
    check: bool
    fields: tuple[Field, ...]
    sentence: str = ""
    facts: tuple[Fact, ...] = ()
    shown_at: str = ""  # the page that carries it, and the words on the way there
    shown_as: str = ""


def _load() -> dict[str, Page]:
    told = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))
    pages = {}
    for slug, page in told.items():
        fields = tuple(Field(**(row | {"kind": FieldKind(row["kind"])})) for row in page.pop("fields"))
        facts = tuple(Fact(page=slug, **fact) for fact in page.pop("facts", ()))
        pages[slug] = Page(slug=slug, fields=fields, facts=facts, **page)
    return pages


PAGES = _load()
FACTS = {fact.name: fact for page in PAGES.values() for fact in page.facts}


def compose(page: Page, slots: Mapping[str, Any]) -> str:
    """Return the text of a page from its fields; empty where a sentence lacks one of them."""
    told = {field.name: str(slots.get(field.name) or "").strip() for field in page.fields if field.kind.is_words}
    if not page.sentence:
        return "\n\n".join(filter(None, told.values()))
    needed = re.findall(r"\{(\w+)\}", page.sentence)
    if not all(told.get(name) for name in needed):
        return ""
    return page.sentence.format(**{name: told[name].rstrip(".") for name in needed})


def filled(slots: Mapping[str, Any]) -> dict[str, Any]:
    """Return the niche's fields with what is empty filled from the first niche chosen."""
    chosen = [NICHES[key] for key in slots.get("niches") or () if key in NICHES]
    if not chosen:
        return dict(slots)
    ours = {name: getattr(chosen[0], name) for name in ("group", "condition", "care", "problem", "outcome")}
    return dict(slots) | {name: slots.get(name) or words for name, words in ours.items()}


def is_complete(page: Page, slots: Mapping[str, Any]) -> bool:
    """Say whether every field of a page is filled in; several choices need one at least."""
    return all(bool(slots.get(field.name)) for field in page.fields)


def facts_of(texts: Mapping[str, Written]) -> dict[str, str]:
    """Return what the practice's texts, by page, put into letters.

    A fact of a page with something left to replace is not there, nor is one that is not written and has nothing of
    ours to stand for it; one that may be left out is empty.
    """
    found = {}
    for name, fact in FACTS.items():
        told = texts.get(fact.page, Written())
        words = _words(fact, told)
        if words and not told.blocked:
            found[name] = words
        elif not words and fact.otherwise is not None:
            found[name] = fact.otherwise.strip()
    return found


def _words(fact: Fact, told: Written) -> str:
    """Return the words of a fact; none where one of the fields it is made of is empty."""
    if not fact.words:
        return told.text.strip()
    needed = {name: str(told.slots.get(name) or "").strip() for name in re.findall(r"\{(\w+)\}", fact.words)}
    if not all(needed.values()):
        return ""
    made = fact.words.strip().format(**needed)
    if not fact.list:
        return made
    lines = (line.strip().lstrip("-*\u2022 ") for line in made.splitlines())
    return "\n".join(f"- {line}" for line in lines if line)
