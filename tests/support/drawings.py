"""Charts to try and how to read them: every shape of a course that went wrong somewhere, and boxes of texts."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from crm.clients.chart import Point, Trend

ROOT = Path(__file__).resolve().parents[2]
INTER = ROOT / "crm" / "static" / "vendor" / "inter" / "files" / "inter-latin-opsz-normal.woff2"
SERIF = ROOT / "crm" / "fonts" / "LibertinusSerif_600SemiBold.ttf"
BEGIN = date(2026, 3, 13)
SVG = "{http://www.w3.org/2000/svg}"


def points(values: Sequence[float], days: Sequence[int] | None = None, *, decimals: int = 0) -> tuple[Point, ...]:
    """Return measurements, every 30 days unless the days are said."""
    days = days or [30 * n for n in range(len(values))]
    return tuple(
        Point(BEGIN + timedelta(day), value, f"{value:.{decimals}f}") for value, day in zip(values, days, strict=True)
    )


CHAIR = Trend("30-second chair stand, C-0142", "stands", points([8, 10, 13], [0, 31, 52]), "higher", 9, 10)
GAIT = Trend("Gait speed, C-0142", "m/s", points([0.92, 0.95, 0.99], [0, 31, 52], decimals=2), "higher", 0.97, 1.02)
TUG = Trend("Timed Up and Go", "s", points([14.2, 13.1, 12.4, 10.9], decimals=1), "lower", 13.1, 11.7)
ZIGZAG = [120 + 18 * math.sin(n * 2.3) + n * 0.3 for n in range(40)]

SHAPES = {
    "one point": points([320]),
    "one zero": points([0]),
    "two on days next to each other": points([5, 9], [0, 1]),
    "two next to each other, then a long while": points([5.5, 9.1, 7], [0, 1, 200], decimals=1),
    "a long while, then two next to each other": points([5.5, 9.1, 7], [0, 199, 200], decimals=1),
    "two on one day": points([4, 6], [0, 0]),
    "two alike on one day": points([4, 4], [0, 0]),
    "three on two days": points([4, 6, 5], [0, 0, 9]),
    "all equal": points([8, 8, 8]),
    "all zero": points([0, 0]),
    "falling": points([48, 45, 42]),
    "twelve": points([300, 310, 305, 330, 325, 340, 350, 338, 360, 372, 380, 390]),
    "thirteen in a fortnight": points([n * n for n in range(13)], [*range(13)]),
    "forty": points(ZIGZAG, [3 * n for n in range(40)]),
    "forty and days of nothing": points(ZIGZAG, [*range(39), 900]),
    "over years": points([300, 310, 420], [0, 200, 800]),
    "huge": points([1, 123456789, 5e8], [0, 10, 300]),
    "tiny": points([1e-6, 1.2e-6, 1.1e-6], [0, 10, 30], decimals=7),
    "below zero": points([-12, -3, 4]),
    "far apart": points([1e-9, 1e12]),
    "very long figures": tuple(replace(point, shown="1234567890" * 4) for point in points([1, 2, 3])),
}
AIMS: dict[str, Callable[[float, float], dict[str, Any]]] = {
    "bare": lambda _base, _step: {},
    "higher": lambda base, step: {"measurable_from": base + step, "meaningful_from": base + 2 * step},
    "both edges in one": lambda base, step: {"measurable_from": base + step, "meaningful_from": base + step},
    "lower": lambda base, step: {
        "better": "lower",
        "measurable_from": base - step,
        "meaningful_from": base - 2 * step,
    },
    "all": lambda base, step: {
        "measurable_from": base + step / 9,
        "meaningful_from": base + step / 2,
        "norm": (base + step, base + 2 * step),
        "norm_words": "average for women of 70 to 74",
        "target": base + 1.5 * step,
        "target_words": "goal by Wed 13 May: twice around the lake without a rest, in any weather",
    },
    "norm without an end": lambda base, _step: {"norm": (None, base), "norm_words": "usual", "target": base},
}


@cache
def advances(path: Path) -> dict[str, float]:
    """Return how wide every character of a face is, in ems."""
    font = TTFont(path)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": 600, "opsz": 14})
    em, glyphs = font["head"].unitsPerEm, font["hmtx"]
    return {chr(code): glyphs[name][0] / em for code, name in font.getBestCmap().items()}


@dataclass(frozen=True)
class Box:
    """The room a text takes."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Say whether two texts share room."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def drawn(svg: str) -> ET.Element:
    """Return the drawing as a tree; what is not well-formed raises."""
    return ET.fromstring(svg)  # noqa: S314 - our own


def size_of(root: ET.Element) -> list[float]:
    """Return width and height of the view."""
    return [float(side) for side in root.attrib["viewBox"].split()[2:]]


def number(element: ET.Element, name: str) -> float:
    """Return an attribute as a number."""
    return float(element.attrib[name])


def boxes(root: ET.Element) -> list[Box]:
    """Return the room of every text, by the figures of the face it is set in."""
    known = advances(SERIF if root.get("font-family") == "Libertinus Serif" else INTER)
    found = []
    for text in root.iter(f"{SVG}text"):
        size = float(text.get("font-size") or root.attrib["font-size"])
        width = sum(known[char] for char in text.text or "") * size
        left = number(text, "x") - width * {"start": 0, "middle": 0.5, "end": 1}[text.attrib["text-anchor"]]
        y = number(text, "y")
        found.append(Box(text.text or "", left, y - 0.74 * size, left + width, y + 0.2 * size))
    return found


def dots(root: ET.Element) -> list[tuple[float, float]]:
    """Return where the points are."""
    return [(number(dot, "cx"), number(dot, "cy")) for dot in root.iter(f"{SVG}circle")]


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of exactly this class."""
    return [element for element in root.iter() if element.get("class") == name]


def words(root: ET.Element) -> list[str]:
    """Return every text that is seen."""
    return [text.text or "" for text in root.iter(f"{SVG}text")]
