"""Charts as SVG, the same for page and print: a trend, a small line, and baseline against now.

Every element carries a class, which the pages' style sheet colours by day and by night, and the attributes that
draw it on paper, where no style sheet is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from crm.clients.chart_plot import PAGE, PRINT, Plot, Words, laid_out
from crm.clients.chart_room import DESCENT, Frame, Label, Place, pieces, side_by_side
from crm.clients.chart_words import (
    Point,
    Trend,
    baseline_and_now,
    description,
    is_over_a_year,
    rows,
    short_day,
    shown_like,
    told,
)

__all__ = ["Point", "Trend", "before_after_svg", "description", "rows", "sparkline_svg", "trend_svg"]

INK, SOFT, SPRUCE, PAPER = "#1d1f1c", "#4b514b", "#1f5f4a", "#ffffff"
PAINT: Mapping[str, str] = {
    "band": 'fill="#deeee6"',
    "noise": 'fill="#f0eee8"',
    "edge": 'stroke="#8fb3a4" stroke-width="0.8"',
    "edge edge-noise": 'stroke="#c4bfb2" stroke-width="0.8"',
    "mark-line": f'stroke="{SOFT}" stroke-width="1.1" stroke-dasharray="3 4"',
    "mark-line mark-target": f'stroke="{SPRUCE}" stroke-width="1.1" stroke-dasharray="9 4"',
    "norm": 'fill="none" stroke="#8d877a" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"',
    "axis": 'stroke="#c9c4b8" stroke-width="1"',
    "path": f'fill="none" stroke="{SPRUCE}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"',
    "pt": f'fill="{PAPER}" stroke="{SPRUCE}" stroke-width="2"',
    "pt pt-last": f'fill="{SPRUCE}" stroke="{SPRUCE}" stroke-width="2"',
    "val": f'fill="{INK}" font-weight="600"',
}
FACES = {PAGE: "Inter Variable, system-ui, sans-serif", PRINT: "Libertinus Serif"}
SWATCH = 16.0
PAIR_PAD, PAIR_BAND, PAIR_DOTS, PAIR_LINE = 60.0, 20.0, 56.0, 74.0


def trend_svg(trend: Trend, *, ident: str, print: bool = False) -> str:  # noqa: A002 - what the caller does with it
    """Draw a measure over time. `ident` makes the ids of its title and description single on a page.

    In print the drawing is small and low, has its own size in points, and type of ten points.
    """
    plot, words = laid_out(trend, PRINT if print else PAGE)
    key, size = _key(words, plot.frame)
    texts = [
        *(_text(label) for label in [*words.marks, *words.dates]),
        *(_text(label, "val") for label in words.values),
    ]
    parts = [*_ground(plot, words.values), *_course(plot), *texts, *key]
    return _svg("trend", size, parts, names=(trend.title, description(trend)), ident=ident, frame=plot.frame)


def sparkline_svg(points: Iterable[Point], *, title: str, ident: str) -> str:
    """Draw the course alone, as small as a word."""
    course = tuple(points)
    values, days = [point.value for point in course], [(point.on - course[0].on).days for point in course]
    low, span, last = min(values), max(values) - min(values), days[-1] or 1
    places = [
        (5 + 86 * day / last, 20 - 16 * ((value - low) / span if span else 0.5))
        for day, value in zip(days, values, strict=True)
    ]
    parts = [_path(places), _dot(places[-1], 3, "pt pt-last")]
    return _svg("trend spark", (96, 24), parts, names=(title, told(course)), ident=ident, frame=PAGE)


def before_after_svg(trend: Trend, *, ident: str) -> str:
    """Draw baseline and now on one line of values, with the part that counts as meaningful."""
    pair = baseline_and_now(trend)
    values = [point.value for point in pair.points]
    named = values if pair.meaningful_from is None else [*values, pair.meaningful_from]
    low, span = min(named), max(named) - min(named)

    def along(value: float) -> float:
        return PAIR_PAD + (PAGE.width - 2 * PAIR_PAD) * ((value - low) / span if span > 0 else 0.5)

    parts = [] if pair.meaningful_from is None else _meaningful_part(pair, along(pair.meaningful_from))
    parts += [_line("axis", (0, PAIR_LINE), (PAGE.width, PAIR_LINE)), *_pair(pair, [along(value) for value in values])]
    size, names = (PAGE.width, PAIR_LINE + 24), (pair.title, description(pair))
    return _svg("trend pair", size, parts, names=names, ident=ident, frame=PAGE)


def _meaningful_part(pair: Trend, edge: float) -> list[str]:
    """Draw where change is meaningful, with its words above."""
    words = f"meaningful from {shown_like(pair.points, pair.meaningful_from or 0)}"
    width = PAGE.width_of(words, PAGE.text)
    rises = pair.rises_to(pair.meaningful_from or 0)
    left, right = (edge, PAGE.width) if rises else (0.0, edge)
    x, anchor = (min(edge, PAGE.width - width), "start") if rises else (max(edge, width), "end")
    return [
        _rect("band", left, PAIR_BAND, right - left, PAIR_LINE - PAIR_BAND),
        _line("edge", (edge, PAIR_BAND), (edge, PAIR_LINE)),
        _text(Label(words, x, PAIR_BAND - 6, PAGE.text, width, anchor)),
    ]


def _pair(pair: Trend, places: Sequence[float]) -> list[str]:
    """Draw the two points, joined, with their values above and their dates below."""
    year = is_over_a_year(pair.points)
    shown = [PAGE.cut(point.shown, PAGE.figure, PAGE.width / 3) for point in pair.points]
    spots = places
    if len(set(zip(shown, places, strict=True))) == 1:  # nothing changed: the value is said once
        shown, spots = shown[:1], places[:1]
    days = [short_day(point.on, year=year) for point in pair.points]
    days[0] = f"baseline {days[0]}"
    return [
        *([_path([(x, PAIR_DOTS) for x in places])] if len(places) > 1 else []),
        *(_dot((x, PAIR_DOTS), PAGE.dot, "pt pt-last" if at else "pt") for at, x in enumerate(places)),
        *(_text(label, "val") for label in side_by_side(PAGE, shown, spots, y=PAIR_DOTS - 13, size=PAGE.figure)),
        *(_text(label) for label in side_by_side(PAGE, days, places, y=PAIR_LINE + 17, size=PAGE.text)),
    ]


def _ground(plot: Plot, values: Sequence[Label]) -> list[str]:
    """Draw what lies behind the course: bands, the axis, the norm, and lines that make way for the values."""
    frame, parts = plot.frame, list[str]()
    for kind, span in (("band", plot.band), ("noise", plot.noise)):
        if span:
            parts.append(_rect(kind, 0, span[0], frame.width, span[1] - span[0]))
    parts.append(_line("axis", (0, frame.line), (frame.width, frame.line)))
    if plot.norm:
        parts.append(_bracket(2, *plot.norm))
    for kind, left, y in _straight(plot):
        parts += [_line(kind, *piece) for piece in pieces((left, y), frame.width, [label.box for label in values])]
    return parts


def _straight(plot: Plot) -> Iterator[tuple[str, float, float]]:
    """Yield every line right across: its kind, where it begins and its y."""
    if plot.noise:
        (far,) = (y for y in plot.noise if y != plot.baseline)
        if far != plot.meaningful:
            yield "edge edge-noise", 0, far
    if plot.meaningful is not None:
        yield "edge", 0, plot.meaningful
    yield "mark-line", plot.dots[0][0], plot.baseline
    if plot.target is not None:
        yield "mark-line mark-target", 0, plot.target


def _course(plot: Plot) -> list[str]:
    """Draw the line through the points and the points; the last one is full."""
    *before, last = plot.dots
    dots = [*(_dot(place, plot.radius, "pt") for place in before), _dot(last, plot.radius, "pt pt-last")]
    return [_path(plot.dots), *dots] if before else dots


def _key(words: Words, frame: Frame) -> tuple[list[str], tuple[float, float]]:
    """Draw the words that found no room in the plot, each beside a sample; return them and the size of it all."""
    row, below = frame.text + 5, frame.line + frame.text * (1 + DESCENT) + 7
    start, y = (frame.width + 16, frame.top + 4) if frame.aside else (0.0, below)
    parts, x, right = list[str](), start, frame.width
    for kind, said in words.key:
        text = frame.cut(said, frame.text, (frame.aside or frame.width) - SWATCH - 8)
        width = SWATCH + 6 + frame.width_of(text, frame.text)
        if x > start and (frame.aside or x + width > frame.width):
            x, y = start, y + row
        middle, after = y + row / 2, x + SWATCH + 6
        parts += _sample(kind, x, middle)
        parts.append(_text(Label(text, after, middle + 0.32 * frame.text, frame.text, width - SWATCH - 6, "start")))
        right = max(right, x + width)
        x += width + 14
    return parts, (right, max(below, y + row) if words.key else below)


def _sample(kind: str, x: float, y: float) -> list[str]:
    if kind == "norm":
        return [_bracket(x + SWATCH / 2, y - 5, y + 5)]
    if kind in {"band", "noise"}:
        edge = "edge" if kind == "band" else "edge edge-noise"
        return [_rect(kind, x, y - 5, SWATCH, 10), *(_line(edge, (x, at), (x + SWATCH, at)) for at in (y - 5, y + 5))]
    return [_line("mark-line" if kind == "baseline" else "mark-line mark-target", (x, y), (x + SWATCH, y))]


def _bracket(x: float, top: float, bottom: float) -> str:
    return _shape("path", "norm", f'd="M{_n(x + 4)} {_n(top)}H{_n(x)}V{_n(bottom)}H{_n(x + 4)}"')


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return _shape("rect", kind, f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"')


def _line(kind: str, start: Place, end: Place) -> str:
    return _shape("line", kind, f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"')


def _path(places: Iterable[Place]) -> str:
    return _shape("polyline", "path", 'points="' + " ".join(f"{_n(x)},{_n(y)}" for x, y in places) + '"')


def _dot(place: Place, radius: float, kind: str) -> str:
    return _shape("circle", kind, f'cx="{_n(place[0])}" cy="{_n(place[1])}" r="{_n(radius)}"')


def _shape(name: str, kind: str, geometry: str) -> str:
    return f'<{name} class="{kind}" {geometry} {PAINT[kind]}/>'


def _text(label: Label, kind: str = "") -> str:
    named = f'class="{kind}" {PAINT[kind]} font-size="{_n(label.size)}" ' if kind else ""
    return f'<text {named}x="{_n(label.x)}" y="{_n(label.y)}" text-anchor="{label.anchor}">{_said(label.text)}</text>'


def _svg(
    kind: str, size: tuple[float, float], parts: list[str], *, names: tuple[str, str], ident: str, frame: Frame
) -> str:
    """Wrap the parts, with a title and a description for those who do not see them."""
    width, height = (_n(side) for side in size)
    own = escape(ident, quote=True)
    face = f'font-family="{FACES[frame]}" font-size="{_n(frame.text)}" fill="{SOFT}"'
    set_size = f'width="{width}pt" height="{height}pt" ' if frame is PRINT else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width} {height}" {set_size}'
        f'role="img" aria-labelledby="{own}-t {own}-d" {face}>'
        f'<title id="{own}-t">{_said(names[0])}</title><desc id="{own}-d">{_said(names[1])}</desc>'
        + "".join(parts)
        + "</svg>"
    )


def _said(text: str) -> str:
    """Escape a text; what XML has no character for is left out."""
    return escape("".join(char for char in " ".join(text.split()) if char.isprintable()))


def _n(value: float) -> str:
    """Write a length with one decimal, and none where it is whole."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
