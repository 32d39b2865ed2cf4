"""The press: a text with its letterhead and address becomes pages, to look at or to freeze.

It touches no database: typesetting takes tens of milliseconds, and no transaction is held meanwhile.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import segno

from crm.documents import letters, render
from crm.documents.facts import Facts, Writer, letterhead, long_date
from crm.documents.layout import Block, Sheet, blocks
from crm.documents.letters import Kind


@dataclass(frozen=True, slots=True)
class Page:
    """A text as it will print: its pages as SVG, how it fits, and the characters no face has."""

    pages: list[bytes]
    fit: render.Fit
    unprintable: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Typeset:
    """A letter and what is enclosed, ready to be frozen: keys and PDFs, the letter first; and how its text fits."""

    files: tuple[tuple[str, bytes], ...]
    pages: int
    lines_free: int
    unprintable: tuple[tuple[int, str], ...] = ()


class NoFace(Exception):  # noqa: N818
    """A character outside the text cannot be printed; `where` says whose it is."""

    def __init__(self, where: str, char: str) -> None:
        super().__init__(where)
        self.where, self.char = where, char


def sheet_of(kind: Kind, facts: Facts, text: str, *, draft: bool = False) -> Sheet:
    """Return the page of a text as data."""
    addressed = facts.recipient.address if facts.recipient and kind.frame in {"letter", "report"} else ()
    return Sheet(
        title=kind.title,
        blocks=_with_charts(blocks(text, kind.frame), facts),
        author=facts.writer.practice,
        date=long_date(facts.today),
        address=addressed,
        letterhead=letterhead(facts.writer),
        draft=draft,
        qr=way_back(facts.writer) if kind.key == "referral-form" else "",
    )


def _with_charts(found: list[Block], facts: Facts) -> list[Block]:
    """Put the drawings where a text asks for them; one of a measure that has none leaves no trace."""
    charts = facts.reported.charts if facts.reported else {}
    drawn = [block | asdict(charts[block["name"]]) if block.get("name") in charts else block for block in found]
    return [block for block in drawn if block["kind"] != "chart" or "svg" in block]


def picture(kind: Kind, facts: Facts, text: str) -> Page:
    """Return the page of a draft."""
    pages, fit = render.to_svg(kind.key, sheet_of(kind, facts, text))
    return Page(pages, fit, render.unprintable(text))


def test_print(kind: Kind, facts: Facts, text: str, *, at: datetime) -> bytes:
    """Return a draft as PDF, marked as a draft where it would leave the house."""
    sheet = sheet_of(kind, facts, text, draft=kind.leaves or bool(render.unprintable(text)))
    return render.to_pdf(kind.key, sheet, at=at)[0]


def typeset(kind: Kind, facts: Facts, text: str, enclosed: Sequence[tuple[str, str]], *, at: datetime) -> Typeset:
    """Return a letter and its enclosures as they will be frozen; no files where a character of the text has no face.

    Raises NoFace for one in the address, the letterhead or a paper that leaves with it.
    """
    head = letterhead(facts.writer)
    _must_print("letterhead", " ".join((head.name, *head.lines, *head.right)))
    _must_print("address", " ".join(facts.recipient.address) if facts.recipient else "")
    for key, words in enclosed:
        _must_print(key, words)
    if odd := render.unprintable(text):  # a PDF for reading aloud cannot hold it
        return Typeset((), 1, 0, tuple(odd))
    pdf, fit = render.to_pdf(kind.key, sheet_of(kind, facts, text), at=at)
    files = [(kind.key, pdf)]
    for key, words in enclosed:
        paper = letters.kind_of(key)
        files.append((key, render.to_pdf(key, sheet_of(paper, facts, words), at=at)[0]))
    return Typeset(tuple(files), fit.pages, fit.lines_free)


def _must_print(where: str, text: str) -> None:
    if odd := render.unprintable(text):
        raise NoFace(where, odd[0][1])


def way_back(writer: Writer) -> str:
    """Return a QR code that leads back to the practice, as SVG; empty where no phone or e-mail is on file."""
    if not (writer.phone or writer.email):
        return ""
    parts = {"N": writer.practice, "TEL": writer.phone, "EMAIL": writer.email}
    card = "".join(f"{name}:{_escaped(value)};" for name, value in parts.items() if value)
    code: str = segno.make(f"MECARD:{card};", error="m").svg_inline(border=0)
    return code.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,").replace(":", r"\:")
