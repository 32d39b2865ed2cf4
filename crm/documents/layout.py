"""How plain text becomes the blocks of a page: paragraphs, lists, rows, fields to fill in, the closing.

Nothing here is markup: the blocks are data, and typst sets their strings as they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
Run = str | dict[str, Any]

_BULLET = re.compile(r"[-*\u2022\u25e6\u25aa\u2023\u00b7\u2013\u2014] +(?=\S)")
_TICK = re.compile(r"\[( |x|X)\] *")
_ROW = re.compile(r"([A-Z][^:_\n]{0,27}):\s+(?=\S)")
_FILL = re.compile(r"_{3,}")
_LONG = re.compile(r"\S{60,}")
_CHART = re.compile(r"\[chart: ([a-z0-9-]+(?: left| right)?)\]")
_RUNS = re.compile(r"_{3,}|\[(?: |x|X)\] ?")
_SMALL = re.compile(r"(?:Enclosures?|Enclosed|Encl\.|Attached|Copy)\b", re.IGNORECASE)
_CLOSING = re.compile(r"(?!Dear\b)[A-Z][^.!?:\n]{3,40},")
ROW_FRAMES = frozenset({"report", "paper", "sheet"})


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing for the page, as SVG, what stands beside it, and what it shows in words."""

    svg: str
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the practice, the lines below its name, and those on the right."""

    name: str
    lines: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a page. Every value is plain text and is set as it is."""

    title: str
    blocks: Sequence[dict[str, Any]]
    author: str = ""
    date: str = ""
    address: tuple[str, ...] = ()
    letterhead: Letterhead | None = None
    draft: bool = False
    qr: str = ""  # an SVG


def blocks(text: str, frame: str) -> list[Block]:
    """Return the blocks of a text in order.

    A blank line parts paragraphs; a line break stays one. A line alone that ends with a colon is a
    heading. `- ` opens a list item, `[ ] ` a box to tick, `____` a line to write on. In reports and
    papers a paragraph of `Label: value` lines becomes rows. A line such as "With kind regards," is the
    closing, with room to sign below. `[chart: chair-stand-30s]` alone is the chart of that measure.
    """
    made: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip("\n")):
        made += _paragraph([line.rstrip() for line in paragraph.split("\n") if line.strip()], frame)
    return made


def _paragraph(lines: list[str], frame: str) -> list[Block]:
    if not lines:
        return []
    if _is_head(lines[0]):
        return [_head(lines[0]), *_paragraph(lines[1:], frame)]
    block = _of_one_kind(lines, frame)
    return [block] if block else _mixed(lines, frame)


def _of_one_kind(lines: list[str], frame: str) -> Block | None:
    """Return the block of a paragraph all of whose lines are alike, None for another."""
    block: Block | None = None
    if len(lines) == 1 and (chart := _CHART.fullmatch(lines[0])):
        block = {"kind": "chart", "name": chart[1]}
    elif len(lines) == 1 and _CLOSING.fullmatch(lines[0]):
        block = {"kind": "closing", "lines": [runs(lines[0])]}
    elif _SMALL.match(lines[0]) and frame == "letter":
        block = {"kind": "small", "lines": [runs(line) for line in lines]}
    elif all(_BULLET.match(line) for line in lines):
        block = {"kind": "list", "items": [runs(_BULLET.sub("", line, count=1)) for line in lines]}
    elif any(_FILL.search(line) for line in lines):
        block = {"kind": "fields", "rows": [_cells(line) for line in lines]}
    elif all(_TICK.match(line) for line in lines):
        block = {"kind": "ticks", "items": [runs(line) for line in lines]}
    elif frame in ROW_FRAMES and all(_ROW.match(line) for line in lines):
        block = {"kind": "rows", "rows": [_row(line) for line in lines]}
    return block


def _mixed(lines: list[str], frame: str) -> list[Block]:
    """Part a paragraph whose lines are not of one kind: a list keeps its own lines, the rest is running text."""
    at = next((n for n, line in enumerate(lines) if _BULLET.match(line)), None)
    if at:
        return [{"kind": "lines", "lines": [runs(line) for line in lines[:at]]}, *_paragraph(lines[at:], frame)]
    if at == 0:
        end = next(n for n, line in enumerate(lines) if not _BULLET.match(line))
        return [*_paragraph(lines[:end], frame), {"kind": "lines", "lines": [runs(line) for line in lines[end:]]}]
    return [{"kind": "lines", "lines": [runs(line) for line in lines]}]


def _is_head(line: str) -> bool:
    return line.endswith(":") and len(line) <= 60 and not _BULLET.match(line)


def _head(line: str) -> Block:
    return {"kind": "head", "text": line.removesuffix(":")}


def _row(line: str) -> dict[str, list[Run]]:
    found = _ROW.match(line)
    assert found is not None  # noqa: S101 - the caller looked
    return {"label": runs(found[1]), "value": runs(line[found.end() :])}


def _cells(line: str) -> list[list[Run]]:
    """Part a line of fields where two blanks or more stand between them."""
    return [runs(cell) for cell in re.split(r" {2,}", line.strip())]


def runs(line: str) -> list[Run]:
    """Part a line into strings, lines to write on and boxes to tick; a word longer than a line may break."""
    line = _LONG.sub(_breakable, line) if not _FILL.search(line) else line
    made: list[Run] = []
    at = 0
    for found in _RUNS.finditer(line):
        if found.start() > at:
            made.append(line[at : found.start()])
        made.append({"box": found[0][1] in "xX"} if found[0][0] == "[" else {"fill": len(found[0])})
        at = found.end()
    if at < len(line):
        made.append(line[at:])
    return made


def _breakable(found: re.Match[str]) -> str:
    """Let a very long word break after every 40 characters, or it would run off the page unseen."""
    word = found[0]
    return "\u200b".join(word[at : at + 40] for at in range(0, len(word), 40))
