"""A trend laid out: where its points, bands and lines lie, and where their words find room."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from crm.clients.chart_room import AIR, ASCENT, DESCENT, Box, Frame, Label, Line, Place, Room, segments, spread
from crm.clients.chart_words import Trend, is_over_a_year, short_day, shown_like, target_said

PAGE = Frame(width=380, line=154, top=8, head=28, foot=30, pad=30, text=12.5, figure=14, dot=5)
PRINT = Frame(
    width=188, line=88, top=2, head=19, foot=19, pad=18, text=10, figure=10.5, dot=3.2, narrow=0.86, aside=260
)  # fmt: skip
ALL_VALUES = 12  # with more points only the ends, the best and the worst carry their value
ASKEW = 5  # with more points a value stands straight above or below its point
GUTTER = 10.0  # for the bracket of the norm
GAP = 8.0  # between two dates


@dataclass(frozen=True, slots=True)
class Plot:
    """Where everything lies. Bands are (top, bottom), lines one y; what a trend does not have is None."""

    frame: Frame
    dots: tuple[Place, ...]
    radius: float
    baseline: float
    meaningful: float | None
    noise: tuple[float, float] | None
    band: tuple[float, float] | None
    norm: tuple[float, float] | None
    target: float | None

    @property
    def path(self) -> list[Line]:
        """Return the line through the points."""
        return segments(self.dots)


@dataclass(slots=True)
class Words:
    """The texts of a chart: values, words at bands and lines, dates; `key` is what found no room in the plot."""

    values: list[Label] = field(default_factory=list)
    marks: list[Label] = field(default_factory=list)
    dates: list[Label] = field(default_factory=list)
    key: list[tuple[str, str]] = field(default_factory=list)  # kind, text


def laid_out(trend: Trend, frame: Frame) -> tuple[Plot, Words]:
    """Lay out a trend. The ends always carry value and date; words without room go into the key."""
    plot = plotted(trend, frame, wide=False)
    room, ends = _with_ends(trend, plot)
    if len(ends) < min(2, len(trend.points)):
        plot = plotted(trend, frame, wide=True)
        room, ends = _with_ends(trend, plot)
    words = Words(values=ends, dates=_dates(trend, plot))
    words.values += _between(trend, plot, room)
    for kind, text in _mark_words(trend, plot):
        if label := room.take(_beside(plot, kind, text)):
            words.marks.append(label)
        else:
            words.key.append((kind, text))
    return plot, words


def plotted(trend: Trend, frame: Frame, *, wide: bool) -> Plot:
    """Place points, bands and lines; a `wide` plot leaves room for a value left of the first and right of the last."""
    scale = Scale.of(trend, frame)
    radius = _radius(len(trend.points), frame)
    base = scale(trend.baseline.value)
    measurable = base if trend.measurable_from is None else scale(trend.measurable_from)
    return Plot(
        frame=frame,
        dots=tuple(
            (x, scale(point.value)) for x, point in zip(_along(trend, frame, wide=wide), trend.points, strict=True)
        ),
        radius=radius,
        baseline=base,
        meaningful=None if trend.meaningful_from is None else scale(trend.meaningful_from),
        noise=None if measurable == base else (min(base, measurable), max(base, measurable)),
        band=None if trend.meaningful_from is None else _beyond(trend, scale, trend.meaningful_from),
        norm=_norm(trend, scale),
        target=None if trend.target is None else scale(trend.target),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to y: everything a trend names lies between head and foot, so that a band always has some height."""

    frame: Frame
    low: float
    high: float

    @classmethod
    def of(cls, trend: Trend, frame: Frame) -> "Scale":
        """Take in points, bands, norm and target."""
        named = (trend.measurable_from, trend.meaningful_from, trend.target, *(trend.norm or ()))
        values = [point.value for point in trend.points] + [value for value in named if value is not None]
        return cls(frame, min(values), max(values))

    def __call__(self, value: float) -> float:
        """Return the y of a value; where there is but one value it lies in the middle."""
        top, bottom = self.frame.top + self.frame.head, self.frame.line - self.frame.foot
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.5
        return bottom - share * (bottom - top)


def _radius(count: int, frame: Frame) -> float:
    return frame.dot * (1 if count <= ALL_VALUES else 0.7 if count <= 2 * ALL_VALUES else 0.5)


def _along(trend: Trend, frame: Frame, *, wide: bool) -> list[float]:
    """Return the x of every point, to scale by date."""
    left, right = _pads(trend, frame, wide=wide)
    days = [(point.on - trend.baseline.on).days for point in trend.points]
    if days[-1] == 0:
        return [left if len(days) == 1 else frame.width / 2] * len(days)
    return [left + (frame.width - left - right) * day / days[-1] for day in days]


def _pads(trend: Trend, frame: Frame, *, wide: bool) -> tuple[float, float]:
    gutter = GUTTER if trend.norm else 0.0
    beside = _radius(len(trend.points), frame) + 4 + 2 * AIR
    left, right = (
        max(frame.pad, (width + beside) if wide else (width / 2 + AIR + 1))
        for width in (frame.width_of(_figure(trend, at, frame), frame.figure) for at in (0, -1))
    )
    return left + gutter, right


def _figure(trend: Trend, at: int, frame: Frame) -> str:
    return frame.cut(trend.points[at].shown, frame.figure, frame.width / 3)


def _beyond(trend: Trend, scale: Scale, edge: float) -> tuple[float, float]:
    """Return the band from an edge to the end of the plot."""
    return (scale.frame.top, scale(edge)) if trend.rises_to(edge) else (scale(edge), scale.frame.line)


def _norm(trend: Trend, scale: Scale) -> tuple[float, float] | None:
    low, high = trend.norm or (None, None)
    if low is None and high is None:
        return None
    top = scale.frame.top if high is None else scale(high)
    bottom = scale.frame.line if low is None else scale(low)
    return (top, bottom) if bottom - top >= 2 else (top - 1, bottom + 1)


def _with_ends(trend: Trend, plot: Plot) -> tuple[Room, list[Label]]:
    """Place the first and the last value; fewer come back than there are ends where one found no room."""
    frame, reach = plot.frame, plot.radius + 1
    taken = [Box(x - reach, y - reach, x + reach, y + reach) for x, y in plot.dots]
    if plot.norm:
        taken.append(Box(0, plot.norm[0] - 2, GUTTER - 4, plot.norm[1] + 2))
    straight = [plot.baseline] + ([] if plot.target is None else [plot.target])
    lines = [((plot.dots[0][0] if n == 0 else 0.0, y), (frame.width, y)) for n, y in enumerate(straight)]
    room = Room(Box(0, frame.top - 2, frame.width, frame.line), taken, plot.path, lines)
    ends = spread(len(trend.points))[:2]
    placed = [room.take(_at_point(trend, plot, at), over_lines=True) for at in ends]
    return room, [label for label in placed if label is not None]


def _at_point(trend: Trend, plot: Plot, at: int) -> Iterator[Label]:
    """Yield where the value of a point may stand: above, below, at the ends also outside."""
    frame, radius, (x, y) = plot.frame, plot.radius, plot.dots[at]
    text, size = _figure(trend, at, frame), frame.figure
    width = frame.width_of(text, size)
    yield Label(text, x, y - radius - 3 - DESCENT * size, size, width)
    yield Label(text, x, y + radius + 3 + ASCENT * size, size, width)
    if at == 0:
        yield Label(text, x - radius - 4, y + 0.36 * size, size, width, "end")
    if at == len(plot.dots) - 1:
        yield Label(text, x + radius + 4, y + 0.36 * size, size, width, "start")


def _askew(trend: Trend, plot: Plot, at: int) -> Iterator[Label]:
    """Yield places off a steep course; among many points they would be read as the value of the next one."""
    if len(plot.dots) > ASKEW:
        return
    aside = plot.radius / 2 + 1
    for label in [*_at_point(trend, plot, at)][:2]:
        yield replace(label, x=label.x - aside, anchor="end")
        yield replace(label, x=label.x + aside, anchor="start")


def _between(trend: Trend, plot: Plot, room: Room) -> list[Label]:
    """Place the values between the ends as far as there is room; of many points only the best and the worst."""
    order = spread(len(trend.points))[2:]
    if len(trend.points) > ALL_VALUES:
        values = [point.value for point in trend.points]
        order = [at for at in (values.index(max(values)), values.index(min(values))) if at in order]
    placed = [
        room.take(_at_point(trend, plot, at), over_lines=True) or room.take(_askew(trend, plot, at), over_lines=True)
        for at in order
    ]
    return [label for label in placed if label is not None]


def _dates(trend: Trend, plot: Plot) -> list[Label]:
    """Place the dates below the axis: the ends always, those between where there is room."""
    frame, placed = plot.frame, list[Label]()
    year = is_over_a_year(trend.points)
    for at in spread(len(trend.points)):
        text = short_day(trend.points[at].on, year=year)
        half = frame.width_of(text, frame.text) / 2
        x = min(max(plot.dots[at][0], half + AIR), frame.width - half - AIR)
        label = Label(text, x, frame.line + 4 + frame.text, frame.text, 2 * half)
        room = Box(label.box.left - GAP, label.box.top, label.box.right + GAP, label.box.bottom)
        if not any(room.meets(other.box) for other in placed):
            placed.append(label)
    return placed


def _mark_words(trend: Trend, plot: Plot) -> Iterator[tuple[str, str]]:
    """Yield what the bands and lines are called, the most telling first."""
    if trend.meaningful_from is not None:
        yield "band", f"meaningful from {shown_like(trend.points, trend.meaningful_from)}"
    if plot.target is not None:
        yield "target", target_said(trend)
    if plot.norm:
        yield "norm", trend.norm_words or "usual"
    if plot.noise:
        yield "noise", "no measurable change"
    yield "baseline", "baseline"


def _beside(plot: Plot, kind: str, text: str) -> Iterator[Label]:
    """Yield where the words of a band or line may stand, the best place first."""
    frame = plot.frame
    words = frame.cut(text, frame.text, frame.width - 3 * GUTTER)
    width = frame.width_of(words, frame.text)
    left = GUTTER + 1 if plot.norm else 7.0
    for y in _heights(plot, kind):
        if kind == "norm":
            yield Label(words, left, y, frame.text, width, "start")
            continue
        right = Label(words, frame.width - 7, y, frame.text, width, "end")
        if kind == "baseline":
            yield right
        yield Label(words, left, y, frame.text, width, "start")
        yield right
        for part in (3, 4, 2, 5, 6):
            yield Label(words, frame.width * part / 8, y, frame.text, width)


def _heights(plot: Plot, kind: str) -> Iterator[float]:
    """Yield the y a word may have: within its band, beside its line, along its bracket."""
    size = plot.frame.text
    above, below = 3 + DESCENT * size, 2.5 + ASCENT * size
    if kind == "baseline":
        down = plot.noise is not None and plot.noise[1] > plot.baseline
        yield from sorted((plot.baseline - above, plot.baseline + below), reverse=not down)
    elif kind == "target" and plot.target is not None:
        yield from (plot.target - above, plot.target + below)
    elif kind == "norm" and plot.norm:
        top, bottom = plot.norm
        yield from ((top + bottom) / 2 + 0.3 * size, top + ASCENT * size, bottom - DESCENT * size)
    elif (span := plot.band if kind == "band" else plot.noise) and span[1] - span[0] >= size + 2:
        near_top, middle, near_line = span[0] + below, (span[0] + span[1]) / 2 + 0.3 * size, span[1] - above
        if kind == "noise":
            yield from (middle, near_line, near_top)
        else:
            yield from (near_line, middle, near_top) if span[0] == plot.frame.top else (near_top, middle, near_line)
