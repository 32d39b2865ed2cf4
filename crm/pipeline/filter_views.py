"""What the board is limited to: read from its address, and offered in menus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

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


def values(filters: Filters) -> dict[str, str | int | None]:
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
    grades = {None: "All grades"} | {grade: f"Grade {grade.value}" for grade in Grade}
    niches = {"": "All niches"} | {key: niche.title for key, niche in NICHES.items()}
    trades = {"": "All specialties"} | {name: name for name in specialties(g.practice.id)}
    miles = {0: "Any distance"} | {far: f"Within {far} miles" for far in MILES}
    found = [
        Menu("grade", grades[filters.grade], _links(filters, ((w, replace(filters, grade=v)) for v, w in grades.items()))),
        Menu("niche", niches[filters.niche], _links(filters, ((w, replace(filters, niche=v)) for v, w in niches.items()))),
        Menu("specialty", filters.specialty or trades[""],
             _links(filters, ((w, replace(filters, specialty=v)) for v, w in trades.items()))),
    ]  # fmt: skip
    if g.practice.zip:
        ways = ((w, replace(filters, miles=v)) for v, w in miles.items())
        found.append(Menu("miles", miles[filters.miles], _links(filters, ways)))
    return found


def _links(filters: Filters, choices: Iterable[tuple[str, Filters]]) -> list[tuple[str, str, bool]]:
    return [(address(chosen), words, chosen == filters) for words, chosen in choices]
