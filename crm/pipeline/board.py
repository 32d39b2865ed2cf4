"""What the board shows: lanes, cards and the sentence above them, worked out from rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crm.outreach import kinds
from crm.outreach.day_words import NBSP, count_of, day, due_words, number, sentence
from crm.pipeline import steps
from crm.pipeline.signs import Side, Step
from crm.sources.models import Grade, Lane, Source

LANES = tuple(Lane)
STANDING = {Lane.PARKED: "until a date", Lane.LUNCH_AND_LEARN: "stays here"}


class BadCursor(ValueError):  # noqa: N818
    """An address asks for cards after a place that cannot be."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which sources the board is limited to; `niche` by its key, `miles` from the practice's ZIP code, 0 for any."""

    grade: Grade | None = None
    specialty: str = ""
    niche: str = ""
    miles: int = 0

    def __bool__(self) -> bool:
        return bool(self.grade or self.specialty or self.niche or self.miles)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card lies in its lane: with a task by its date, then without one by age, then only listed."""

    bucket: int
    on: date | None
    id: int

    def __str__(self) -> str:
        return f"{self.bucket}.{self.on.isoformat() if self.on else ''}.{self.id}"


def read_place(text: str) -> Place:
    """Read a place from an address; raises BadCursor."""
    bucket, _dot, rest = text.partition(".")
    on, _dot, source_id = rest.partition(".")
    try:
        place = Place(int(bucket), date.fromisoformat(on) if on else None, int(source_id))
    except ValueError as error:
        raise BadCursor(text) from error
    if (place.bucket, place.on is None) not in {(0, False), (1, False), (2, True)} or not 0 < place.id < 2**31:
        raise BadCursor(text)
    return place


class TallyRow(Protocol):
    """How many sources of one lane came there on one day, and what they lack."""

    lane: Lane
    step_since: date | None
    sources: int
    worked: int
    idle: int
    loose: int


class NextTask(Protocol):
    """The earliest open task of a source."""

    due: date
    rule: str
    manual_kind: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of a lane: how many, how many of them worked, without a task, too long here."""

    sources: int = 0
    worked: int = 0
    idle: int = 0
    stuck: int = 0
    average_days: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One source on the board; `state_kind` is late, now, later or ask, and `state_word` says the same in words."""

    source: Source
    state_kind: str
    state_word: str
    days: int | None
    pace: str
    contact_days: int | None


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane with the cards shown; `more` is where the next ones begin."""

    lane: Lane
    tally: Tally
    cards: tuple[Card, ...] = ()
    more: Place | None = None

    @property
    def key(self) -> str:
        return self.lane.value

    @property
    def title(self) -> str:
        return label_of(self.lane)

    @property
    def number(self) -> int | None:
        step = step_of(self.lane)
        return int(step) if step else None

    @property
    def count(self) -> int:
        return self.tally.sources

    @property
    def note(self) -> str:
        """Return the line under the lane's name."""
        if self.lane in STANDING:
            return STANDING[self.lane]
        days = self.tally.average_days
        return "" if days is None else f"{days} {'day' if days == 1 else 'days'} on average"


def step_of(lane: Lane) -> Step | None:
    """Return the step a lane stands for; None for the parked."""
    return None if lane is Lane.PARKED else Step(int(lane.value))


def label_of(lane: Lane) -> str:
    """Return a lane's name."""
    step = step_of(lane)
    return steps.PARKED_LABEL if step is None else steps.STEP_LABELS[step]


def tallies(rows: Iterable[TallyRow], today: date) -> dict[Lane, Tally]:
    """Add the rows of each day up to one tally a lane. The average counts those who are worked."""
    by_lane: dict[Lane, list[TallyRow]] = {lane: [] for lane in LANES}
    for row in rows:
        by_lane[row.lane].append(row)
    return {lane: _tally(lane, of, today) for lane, of in by_lane.items()}


def _tally(lane: Lane, rows: list[TallyRow], today: date) -> Tally:
    step = step_of(lane)
    expected = None if step is None else steps.EXPECTED_DAYS.get(step)
    dated = [((today - row.step_since).days, row) for row in rows if row.step_since is not None]
    there = sum(row.sources for _days, row in dated)
    return Tally(
        sources=sum(row.sources for row in rows),
        worked=sum(row.worked for row in rows),
        idle=sum(row.idle for row in rows),
        stuck=sum(row.loose for days, row in dated if steps.pace(days, expected, planned_touch=False) == "stuck"),
        average_days=round(sum(days * row.sources for days, row in dated) / there) if there else None,
    )


def cards(sources: Iterable[Source], tasks: Mapping[int, NextTask], today: date) -> dict[int, Card]:
    """Return the card of each source, by id."""
    return {source.id: _card(source, tasks.get(source.id), today) for source in sources}


def _card(source: Source, task: NextTask | None, today: date) -> Card:
    step = step_of(source.lane)
    days = None if source.step_since is None or step is None else (today - source.step_since).days
    planned = source.next_due_on is not None and source.next_due_on >= today
    kind, word = _state(source, task, today)
    return Card(
        source=source,
        state_kind=kind,
        state_word=word,
        days=days,
        pace=""
        if days is None or step is None
        else steps.pace(days, steps.EXPECTED_DAYS.get(step), planned_touch=planned),
        contact_days=None if source.last_contact_on is None else (today - source.last_contact_on).days,
    )


def _state(source: Source, task: NextTask | None, today: date) -> tuple[str, str]:
    """Return the dot and the words: what is due comes before why a source is parked, that before what is planned."""
    if source.side and (task is None or task.due > today):
        label = steps.SIDE_LABELS[Side(source.side)]
        if source.wake_on is None:
            return "later", label
        # The lane is narrow: this date may break.
        return "later", f"{label}, next look {day(source.wake_on, today).replace(NBSP, ' ')}"
    if task is None:
        return ("later", "Only listed") if source.added_on is None else ("ask", "Nothing planned")
    kind = "late" if task.due < today else "now" if task.due == today else "later"
    return kind, f"{due_words(task.due, today)}: {kinds.short(task.rule, task.manual_kind)}"


def lane_view(lane: Lane, tally: Tally, places: Sequence[Place], shown: Mapping[int, Card], limit: int) -> LaneView:
    """Put one lane together; `places` holds one more than `limit` where there is more to load."""
    kept = tuple(shown[place.id] for place in places[:limit] if place.id in shown)
    return LaneView(lane, tally, kept, places[limit - 1] if len(places) > limit else None)


def opening(by_lane: Mapping[Lane, Tally]) -> tuple[str, str]:
    """Return the sentence above the board, its first part said louder."""
    worked = sum(tally.worked for tally in by_lane.values())
    listed = sum(tally.sources for tally in by_lane.values()) - worked
    moving = [tally for lane, tally in by_lane.items() if lane is not Lane.PARKED]
    if not worked:
        return (f"{sentence(_sources(listed))} listed, none started." if listed else "Nobody is here."), ""
    loud = f"{sentence(_sources(worked))}, {number(sum(tally.worked for tally in moving))} on the move."
    rest = _troubles(sum(tally.idle for tally in moving), sum(tally.stuck for tally in moving))
    if listed:
        rest += f" {sentence(number(listed))} more {'is' if listed == 1 else 'are'} only listed."
    return loud, rest


def _troubles(idle: int, stuck: int) -> str:
    planned = f"{number(idle)} {'has' if idle == 1 else 'have'} nothing planned" if idle else ""
    stayed = f"{number(stuck)} {'has' if stuck == 1 else 'have'} stayed too long" if stuck else ""
    said = " and ".join(filter(None, (planned, stayed)))
    return f"{sentence(said)}." if said else "Each has a next step."


def _sources(count: int) -> str:
    return count_of(count, "source", "sources")
