"""Where things stand in a chart: how wide words are, what meets what, and which place is free.

All lengths are units of the view box; y grows downwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# The advance of a character in ems, from above: Inter at weight 600. Libertinus Serif is a seventh narrower.
_NARROW, _SLIM, _WIDE = frozenset("ijlI .,:;'’|!"), frozenset("frt-/()1°"), frozenset("mwMW%—…")
SERIF = 0.86
ASCENT, DESCENT = 0.77, 0.22
AIR = 2.0  # between a text and whatever stands beside it
Place = tuple[float, float]  # x, y
Line = tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of one drawing: `line` is the y of the axis, `pad` the least room left and right of the points."""

    width: float
    line: float
    top: float
    head: float  # between the top and the highest value: room for a value and a word
    foot: float
    pad: float
    text: float
    figure: float  # size of the values at the points
    dot: float
    narrow: float = 1.0
    aside: float = 0.0  # room right of the drawing for words that have none in it; none: they stand below

    def width_of(self, text: str, size: float) -> float:
        """Return how wide a text is at most."""
        return sum(_advance(char) for char in text) * size * self.narrow

    def cut(self, text: str, size: float, room: float) -> str:
        """Return as much of a text as the room takes."""
        if self.width_of(text, size) <= room:
            return text
        fitting = (text[:end].rstrip() + "…" for end in range(len(text), 0, -1))
        return next((part for part in fitting if self.width_of(part, size) <= room), "…")


def _advance(char: str) -> float:
    if char in _NARROW:
        return 0.34
    if char in _SLIM:
        return 0.48
    if char in _WIDE or not char.isascii():
        return 1.03
    return 0.79 if char.isupper() else 0.68


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle no other text may enter."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Say whether two boxes share room."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def is_in(self, other: "Box") -> bool:
        """Say whether it lies wholly within another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def is_crossed(self, line: Line) -> bool:
        """Say whether a straight line runs through it (Liang and Barsky's clipping)."""
        (x1, y1), (x2, y2) = line
        enter, leave = 0.0, 1.0
        for step, room_before, room_after in (
            (x2 - x1, self.left - x1, self.right - x1),
            (y2 - y1, self.top - y1, self.bottom - y1),
        ):
            if step == 0:
                if room_before >= 0 or room_after <= 0:
                    return False
                continue
            ends = sorted((room_before / step, room_after / step))
            enter, leave = max(enter, ends[0]), min(leave, ends[1])
        return enter < leave


@dataclass(frozen=True, slots=True)
class Label:
    """A text at its place; `anchor` says which end of it x is."""

    text: str
    x: float
    y: float
    size: float
    width: float
    anchor: str = "middle"  # start, middle, end

    @property
    def box(self) -> Box:
        """Return the room it takes."""
        left = self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        return Box(left - AIR, self.y - ASCENT * self.size, left + self.width + AIR, self.y + DESCENT * self.size)


@dataclass(slots=True)
class Room:
    """What is taken already: texts and dots, the path, and straight lines right across."""

    inside: Box
    taken: list[Box]
    path: Sequence[Line]
    lines: Sequence[Line]

    def is_free(self, label: Label) -> bool:
        """Say whether a label stands there without touching anything."""
        box = label.box
        return (
            self._has_room(box)
            and not any(box.is_crossed(line) for line in self.path)
            and not any(box.is_crossed(line) for line in self.lines)
        )

    def take(self, candidates: Iterable[Label], *, over_lines: bool = False) -> Label | None:
        """Take the first place that is free; `over_lines` allows one that only a straight line runs through."""
        places = list(candidates)
        found = next((label for label in places if self.is_free(label)), None)
        if found is None and over_lines:
            clear = (label for label in places if self._has_room(label.box))
            found = next((label for label in clear if not any(label.box.is_crossed(line) for line in self.path)), None)
        if found is not None:
            self.taken.append(found.box)
        return found

    def _has_room(self, box: Box) -> bool:
        return box.is_in(self.inside) and not any(box.meets(other) for other in self.taken)


def segments(places: Sequence[Place]) -> list[Line]:
    """Return the straight parts of a path."""
    return list(pairwise(places))


def pieces(start: Place, right: float, boxes: Iterable[Box]) -> list[Line]:
    """Return a level line from `start` to x `right`, broken where it would run through a box."""
    left, y = start
    found: list[Line] = []
    for box in sorted((box for box in boxes if box.top < y < box.bottom), key=lambda box: box.left):
        if box.left > left:
            found.append(((left, y), (min(box.left, right), y)))
        left = max(left, box.right)
    return [*found, ((left, y), (right, y))] if left < right else found


def spread(count: int) -> list[int]:
    """Return 0 .. count - 1, the ends first, then the middles of what is left: who comes first keeps its place."""
    order = [0, count - 1] if count > 1 else [0]
    gaps = [(0, count - 1)]
    while gaps:
        low, high = gaps.pop(0)
        if high - low > 1:
            middle = (low + high) // 2
            order.append(middle)
            gaps += [(low, middle), (middle, high)]
    return order


def side_by_side(frame: Frame, texts: Sequence[str], places: Sequence[float], *, y: float, size: float) -> list[Label]:
    """Place one or two texts in a row, each as near to its x as the other and the ends of the row allow."""
    widths = [frame.width_of(text, size) for text in texts]
    wanted = [min(max(x - w / 2, AIR), frame.width - AIR - w) for x, w in zip(places, widths, strict=True)]
    if len(wanted) == 2:
        near, far = (0, 1) if places[0] <= places[1] else (1, 0)
        over = max(0.0, wanted[near] + widths[near] + 4 * AIR - wanted[far])
        wanted[near] = max(AIR, wanted[near] - over / 2)
        wanted[far] = max(wanted[far], min(wanted[near] + widths[near] + 4 * AIR, frame.width - AIR - widths[far]))
        wanted[near] = min(wanted[near], wanted[far] - 4 * AIR - widths[near])
    return [
        Label(text, left + width / 2, y, size, width) for text, left, width in zip(texts, wanted, widths, strict=True)
    ]
