"""What the board is limited to: read from its address, and offered in menus."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g, request, url_for

from crm.pipeline.board import Filters
from crm.readiness.niches import NICHES
from crm.sources.list_queries import specialties
from crm.sources.models import Grade
from crm.text import row_id

MILES = (5, 10, 25, 50)


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu: what it limits to now, and (address, words, is the present one) of each choice."""

    key: str
    words: str
    links: list[tuple[str, str, bool]]


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters of an address; a word that names nothing is no filter."""
    grade, niche, miles = args.get("grade", ""), args.get("niche", ""), row_id(args.get("miles")) or 0
    return Filters(
        Grade(grade) if grade in set(Grade) else None,
        args.get("specialty", "")[:80],
        niche if niche in NICHES else "",
        miles if miles in MILES and g.practice.zip else 0,
    )


def values(filters: Filters) -> dict[str, Any]:
    """Return what an address says of the filters."""
    return {
        "grade": filters.grade,
        "specialty": filters.specialty or None,
        "niche": filters.niche or None,
        "miles": filters.miles or None,
    }


def address(filters: Filters, *, compact: bool | None = None) -> str:
    """Return the board's address with these filters, its cards as they are now unless said."""
    compact = is_compact() if compact is None else compact
    return url_for("pipeline.board", **values(filters), compact=1 if compact else None)


def is_compact() -> bool:
    """Say whether the cards are asked for in short."""
    return "compact" in request.args


def menus(filters: Filters) -> list[Menu]:
    """Return the menus of the board; distance needs the practice's own ZIP code."""
    grades = [("All grades", replace(filters, grade=None))]
    grades += [(f"Grade {grade.value}", replace(filters, grade=grade)) for grade in Grade]
    niches = [("All niches", replace(filters, niche=""))]
    niches += [(niche.title, replace(filters, niche=key)) for key, niche in NICHES.items()]
    trades = [("All specialties", replace(filters, specialty=""))]
    trades += [(name, replace(filters, specialty=name)) for name in specialties(g.practice.id)]
    found = [_menu("grade", filters, grades), _menu("niche", filters, niches), _menu("specialty", filters, trades)]
    if g.practice.zip:
        ways = [("Any distance", replace(filters, miles=0))]
        ways += [(f"Within {far} miles", replace(filters, miles=far)) for far in MILES]
        found.append(_menu("miles", filters, ways))
    return found


def _menu(key: str, filters: Filters, choices: list[tuple[str, Filters]]) -> Menu:
    """Make a menu; its words are those of the present choice, of the first where that is not among them."""
    words = next((words for words, chosen in choices if chosen == filters), choices[0][0])
    return Menu(key, words, [(address(chosen), words, chosen == filters) for words, chosen in choices])
