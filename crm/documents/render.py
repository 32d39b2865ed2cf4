"""The only user of typst: a sheet of data becomes one page, as SVG to look at and as PDF to send."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from crm.documents.layout import Sheet
from crm.documents.letters import ROOT, SOURCES

FONTS = ROOT / "crm" / "fonts"
LINES_ON_A_PAGE = 40


class NoFonts(Exception):  # noqa: N818
    """The faces are not installed."""

    def __init__(self) -> None:
        super().__init__("The fonts of the letters are not installed; run: npm ci && npm run assets")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text fits its page: pages it takes, and lines left (below zero: too many)."""

    pages: int
    lines_free: int

    @property
    def fits(self) -> bool:
        """Say whether it is one page."""
        return self.pages == 1


def to_svg(key: str, sheet: Sheet) -> tuple[list[bytes], Fit]:
    """Return the pages as SVG and how the text fits."""
    compiler = _compiler(key, sheet)
    made = compiler.compile(format="svg")
    pages = made if isinstance(made, list) else [made or b""]
    return pages, _fit(compiler)


def to_pdf(key: str, sheet: Sheet, *, at: datetime) -> tuple[bytes, Fit]:
    """Return the page as PDF and how the text fits; what leaves is tagged for reading aloud (PDF/UA).

    The same sheet at the same moment gives the same bytes. PDF/UA takes no character without a face, which a
    draft may still hold.
    """
    compiler = _compiler(key, sheet)
    made = compiler.compile(format="pdf", pdf_standards=None if sheet.draft else "ua-1", timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101 - a PDF holds all pages
    return made, _fit(compiler)


def to_paper(name: str, rows: dict[str, Any], *, at: datetime) -> bytes:
    """Return envelopes, card backs or labels: `name` is a source in the folder `pile`."""
    compiler = typst.Compiler(
        str(SOURCES / "pile" / f"{name}.typ"), root=str(SOURCES), font_paths=_fonts(), sys_inputs=_inputs(rows)
    )
    made = compiler.compile(format="pdf", timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)  # noqa: S101 - a PDF holds all pages
    return made


def unprintable(text: str) -> list[tuple[int, str]]:
    """Return the characters no font has, with their places: typst would print an empty box in silence."""
    known = _coverage()
    return [(at, char) for at, char in enumerate(text) if ord(char) not in known and char not in "\n\t"]


def _compiler(key: str, sheet: Sheet) -> typst.Compiler:
    values = asdict(sheet)
    if sheet.letterhead is None:
        del values["letterhead"]
    return typst.Compiler(
        str(SOURCES / f"{key}.typ"), root=str(SOURCES), font_paths=_fonts(), sys_inputs=_inputs(values)
    )


def _inputs(values: dict[str, Any]) -> dict[str, str]:
    return {"sheet": json.dumps(values, ensure_ascii=False)}


def _fit(compiler: typst.Compiler) -> Fit:
    ended = json.loads(compiler.query("<ended>", field="value", one=True))
    free = (ended["bottom"] - ended["y"]) / ended["line"]  # inches from the top of the sheet
    over = (ended["pages"] - 1) * LINES_ON_A_PAGE
    return Fit(ended["pages"], int(free) if not over else -max(1, round(over - free)))


@cache
def _fonts() -> typst.Fonts:
    if not any(FONTS.glob("*.ttf")):
        raise NoFonts
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _coverage() -> frozenset[int]:
    """Return every character one of the faces has; reading them takes half a second, once a process."""
    files = sorted(FONTS.glob("*.ttf"))
    if not files:
        raise NoFonts
    return frozenset().union(*(_characters(path) for path in files))


def _characters(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())
