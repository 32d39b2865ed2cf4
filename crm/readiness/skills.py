"""The skills of the profession, and what on the desk speaks for each: counts against what makes them count as shown.

Two marks stand side by side and never for each other: what is counted here, and what somebody says of themself.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm.outreach.day_words import number

_CONFIG = Path(__file__).resolve().parents[2] / "config" / "skills.toml"
Asked = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is counted: its title, its words behind one and many, and what makes the first of it."""

    key: str
    title: str
    one: str
    many: str
    none: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A stage of the profession, and what speaks for the whole of it."""

    key: str
    title: str
    span: str
    opening: str
    least: Asked


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: what one can do, which figures speak for it from how many on; `own` where none can."""

    key: str
    tier: str
    title: str
    shows: str
    least: Asked
    own: str


@dataclass(frozen=True, slots=True)
class Need:
    """A figure as it stands against what is asked of it."""

    figure: Figure
    have: int
    least: int

    @property
    def met(self) -> bool:
        """Say whether enough is there."""
        return self.have >= self.least

    @property
    def words(self) -> str:
        """Say what is there: "3 of 10 assessments finished"; beyond what is asked, the count alone."""
        if not self.met:
            return f"{self.have} of {self.least} {self.figure.many}"
        return f"{self.have} {self.figure.one if self.have == 1 else self.figure.many}"

    @property
    def missing(self) -> str:
        """Say what is missing: "seven more assessments finished"; empty where enough is there."""
        more = self.least - self.have
        if more <= 0:
            return ""
        return f"{number(more)} more {self.figure.one if more == 1 else self.figure.many}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the desk has for one skill or tier."""

    needs: tuple[Need, ...]

    @property
    def counted(self) -> bool:
        """Say whether anything on the desk can speak for it."""
        return bool(self.needs)

    @property
    def shown(self) -> bool:
        """Say whether all that is asked is there; never where nothing can be counted."""
        return self.counted and all(need.met for need in self.needs)

    @property
    def missing(self) -> str:
        """Say all that is missing; empty where nothing is."""
        return "; ".join(need.missing for need in self.needs if not need.met)


def _load() -> tuple[dict[str, Figure], dict[str, Tier], dict[str, Skill]]:
    told = tomllib.loads(_CONFIG.read_text(encoding="utf-8"))
    figures = {key: Figure(key, **row) for key, row in told["figure"].items()}
    tiers = {
        key: Tier(key, row["title"], row["span"], row["opening"], tuple(row["least"].items()))
        for key, row in told["tier"].items()
    }
    skills = {
        key: Skill(
            key, row["tier"], row["title"], row["shows"], tuple(row.get("least", {}).items()), row.get("own", "")
        )
        for key, row in told["skill"].items()
    }
    return figures, tiers, skills


FIGURES, TIERS, SKILLS = _load()


def evidence(asked: Asked, counts: Mapping[str, int]) -> Evidence:
    """Hold counts against what is asked; a figure nobody counted is 0."""
    return Evidence(tuple(Need(FIGURES[key], counts.get(key, 0), least) for key, least in asked))


@dataclass(frozen=True, slots=True)
class Standing:
    """How many skills of a tier are ticked, and how many the desk shows."""

    ticked: int
    shown: int
    total: int


def standing(tier: str, ticked: Iterable[str], counts: Mapping[str, int]) -> Standing:
    """Count the marks of one tier; a tick of a skill that is no more counts for nothing."""
    there = [skill for skill in SKILLS.values() if skill.tier == tier]
    marked = set(ticked)
    return Standing(
        ticked=sum(skill.key in marked for skill in there),
        shown=sum(evidence(skill.least, counts).shown for skill in there),
        total=len(there),
    )
