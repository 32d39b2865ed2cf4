"""What stands on cards and lane heads, and what a move by hand comes to."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from crm.journal.acts import SourceParked, SourceWoken, StepOverridden
from crm.journal.events import OptOut, SourceAdded, SourceDeclined
from crm.outreach.day_words import NBSP
from crm.pipeline import board, moves, steps
from crm.pipeline.board import Filters, Place, Tally
from crm.pipeline.steps import Fact, Side, Step
from crm.sources.models import Grade, Lane, Source

TODAY = date(2026, 5, 6)


@dataclass
class Row:
    lane: Lane
    step_since: date | None
    sources: int = 1
    worked: int = 1
    idle: int = 0
    loose: int = 0


@dataclass
class Task:
    due: date
    rule: str = "C30"
    manual_kind: str = ""


def ago(days):
    return TODAY - timedelta(days)


def source(**values):
    return Source(**{"id": 7, "lane": Lane.FIRST_CONTACT, "side": "", "added_on": ago(30), **values})


def card(task=None, **values):
    made = source(next_due_on=task.due if task else None, **values)
    return board.cards([made], {7: task} if task else {}, TODAY)[7]


@pytest.mark.parametrize(
    ("task", "values", "kind", "word"),
    [
        pytest.param(Task(ago(2)), {}, "late", "2 days late: call", id="two days late"),
        pytest.param(Task(ago(1)), {}, "late", "1 day late: call", id="one day late"),
        pytest.param(Task(TODAY), {}, "now", "Today: call", id="today"),
        pytest.param(Task(ago(-1)), {}, "later", "Tomorrow: call", id="tomorrow"),
        pytest.param(Task(date(2026, 5, 11)), {}, "later", "Mon 11 May: call", id="later"),
        pytest.param(Task(date(2027, 1, 4)), {}, "later", "Mon 4 Jan 2027: call", id="another year is named"),
        pytest.param(Task(TODAY, "manual", "email"), {}, "now", "Today: e-mail", id="typed in by hand"),
        pytest.param(Task(TODAY, "manual", "other"), {}, "now", "Today: task", id="typed in, of no kind"),
        pytest.param(None, {}, "ask", "Nothing planned", id="nothing planned"),
        pytest.param(None, {"added_on": None}, "later", "Only listed", id="only listed"),
        pytest.param(
            None,
            {"lane": Lane.PARKED, "side": "nurture", "wake_on": date(2026, 8, 3)},
            "later",
            "Nurture, next look Mon 3 Aug",
            id="parked",
        ),
        pytest.param(
            None, {"lane": Lane.PARKED, "side": "do_not_contact"}, "later", "Do not contact", id="not to be contacted"
        ),
        pytest.param(
            Task(TODAY, "C15"),
            {"lane": Lane.PARKED, "side": "declined", "wake_on": date(2027, 5, 6)},
            "now",
            "Today: closing note",
            id="parked with something due",
        ),
        pytest.param(
            Task(ago(-3), "C14"),
            {"lane": Lane.PARKED, "side": "nurture", "wake_on": ago(-3)},
            "later",
            "Nurture, next look Sat 9 May",
            id="parked with something to come",
        ),
    ],
)
def test_a_card_says_what_comes_next_in_words(task, values, kind, word):
    made = card(task, **values)
    assert (made.state_kind, made.state_word.replace(NBSP, " ")) == (kind, word)


@pytest.mark.parametrize(
    ("task", "since", "pace"),
    [
        pytest.param(None, ago(13), "", id="in time"),
        pytest.param(None, ago(14), "slow", id="slow"),
        pytest.param(None, ago(21), "stuck", id="stuck"),
        pytest.param(Task(TODAY), ago(21), "", id="a touch planned for today holds the clock"),
        pytest.param(Task(ago(1)), ago(21), "stuck", id="one that is late does not"),
        pytest.param(None, None, "", id="only listed"),
    ],
)
def test_a_card_says_when_it_stays_too_long(task, since, pace):
    assert card(task, step_since=since).pace == pace


def test_a_card_counts_days_here_and_since_contact():
    made = card(step_since=ago(5), last_contact_on=ago(2))
    assert (made.days, made.contact_days) == (5, 2)
    assert card(step_since=ago(5), lane=Lane.PARKED, side="nurture").days is None


def test_a_lane_adds_its_days_up():
    rows = [
        Row(Lane.FIRST_CONTACT, ago(4), sources=3, worked=3, idle=1),
        Row(Lane.FIRST_CONTACT, ago(24), loose=1),
        Row(Lane.FIRST_CONTACT, ago(25), loose=0),
        Row(Lane.IDENTIFIED, None, sources=900, worked=0),
    ]
    by_lane = board.tallies(rows, TODAY)
    assert by_lane[Lane.FIRST_CONTACT] == Tally(sources=5, worked=5, idle=1, stuck=1, average_days=12)
    assert by_lane[Lane.IDENTIFIED] == Tally(sources=900)
    assert by_lane[Lane.PARKED] == Tally()


@pytest.mark.parametrize(
    ("tallies", "words"),
    [
        pytest.param({}, ("Nobody is here.", ""), id="nobody"),
        pytest.param({Lane.IDENTIFIED: Tally(sources=988)}, ("988 sources listed, none started.", ""), id="a list"),
        pytest.param(
            {Lane.FIRST_CONTACT: Tally(12, 12, 2, 1), Lane.PARKED: Tally(2, 2, 1)},
            ("14 sources, twelve on the move.", "Two have nothing planned and one has stayed too long."),
            id="both troubles, those parked left out",
        ),
        pytest.param(
            {Lane.FIRST_CONTACT: Tally(1, 1, 1, 0)},
            ("One source, one on the move.", "One has nothing planned."),
            id="one trouble",
        ),
        pytest.param(
            {Lane.FIRST_CONTACT: Tally(3, 3, 0, 2)},
            ("Three sources, three on the move.", "Two have stayed too long."),
            id="the other trouble",
        ),
        pytest.param(
            {Lane.IDENTIFIED: Tally(1001, 1), Lane.PARKED: Tally(1, 1)},
            ("Two sources, one on the move.", "Each has a next step. 1,000 more are only listed."),
            id="no trouble, and a list",
        ),
        pytest.param(
            {Lane.IDENTIFIED: Tally(2, 1)},
            ("One source, one on the move.", "Each has a next step. One more is only listed."),
            id="one listed",
        ),
    ],
)
def test_the_sentence_above_the_board(tallies, words):
    assert board.opening(tallies) == words


@pytest.mark.parametrize(
    ("lane", "note"),
    [
        pytest.param(Lane.FIRST_CONTACT, "1 day on average", id="a step"),
        pytest.param(Lane.LUNCH_AND_LEARN, "stays here", id="the last step"),
        pytest.param(Lane.PARKED, "until a date", id="parked"),
    ],
)
def test_a_lane_has_a_note(lane, note):
    assert board.LaneView(lane, Tally(sources=1, average_days=1)).note == note
    assert board.LaneView(Lane.IDENTIFIED, Tally()).note == ""


def test_a_lane_shows_its_limit_and_knows_where_it_goes_on():
    places = [Place(0, TODAY, n) for n in (1, 2, 3)]
    shown = {n: object() for n in (1, 2, 3)}
    view = board.lane_view(Lane.PHONE_CALL, Tally(sources=3), places, shown, 2)
    assert (len(view.cards), view.more, view.key, view.title, view.number) == (2, places[1], "3", "Phone call", 3)
    assert board.lane_view(Lane.PARKED, Tally(), places, shown, 3).more is None


@pytest.mark.parametrize("place", [Place(0, TODAY, 3), Place(1, TODAY, 3), Place(2, None, 3)])
def test_a_place_is_read_as_it_was_written(place):
    assert board.read_place(str(place)) == place


@pytest.mark.parametrize(
    "text", ["", "0", "0..7", "2.2026-05-06.7", "3..7", "0.2026-13-01.7", "0.2026-05-06.x", "2..0", f"2..{2**31}"]
)
def test_a_place_that_cannot_be_is_refused(text):
    with pytest.raises(board.BadCursor):
        board.read_place(text)


def test_no_filter_is_none():
    assert not Filters()
    assert Filters(grade=Grade.A)
    assert Filters(specialty="Neurology")
    assert Filters(niche="joint")
    assert Filters(miles=10)


# --- moves


def facts(*types):
    return steps.fold(Fact(kind, TODAY - timedelta(3), fields) for kind, fields in types)


REPLIED = ("reply_received", {"source": "s7"})
PARKED = ("source_parked", {"source": "s7", "side": "dormant", "wake_on": "2026-09-01"})
GONE = ("opt_out", {"source": "s7"})


def moved(known, target, *, listed=False, reason=""):
    return moves.move("s7", known, target, today=TODAY, listed=listed, reason=reason)


def test_a_move_to_where_it_stands_records_nothing():
    assert moved(facts(REPLIED), Step.REINFORCEMENT) == []


def test_a_move_against_the_evidence_needs_a_reason():
    with pytest.raises(moves.ReasonNeeded) as needed:
        moved(facts(REPLIED), Step.DOCUMENTATION, reason="  ")
    assert needed.value.proven is Step.REINFORCEMENT
    with_reason = moved(facts(REPLIED), Step.DOCUMENTATION, reason="They write every week.")
    assert with_reason == [StepOverridden(source="s7", to=4)]


def test_a_move_back_to_the_evidence_needs_none():
    known = facts(REPLIED, ("step_overridden", {"source": "s7", "to": 4}))
    assert moved(known, Step.REINFORCEMENT) == [StepOverridden(source="s7", to=2)]


def test_a_parked_source_put_into_its_step_is_woken():
    assert moved(facts(REPLIED, PARKED), Step.REINFORCEMENT) == [SourceWoken(source="s7")]


def test_a_listed_source_becomes_a_relationship_by_its_first_move():
    assert moved(facts(), Step.FIRST_CONTACT, listed=True, reason="Met at the clinic.") == [
        SourceAdded(source="s7"),
        StepOverridden(source="s7", to=1),
    ]


@pytest.mark.parametrize(
    ("side", "wake_on", "event"),
    [
        pytest.param(
            Side.NURTURE,
            date(2026, 8, 3),
            SourceParked(source="s7", side="nurture", wake_on="2026-08-03"),
            id="no answer",
        ),
        pytest.param(Side.DECLINED, None, SourceDeclined(source="s7"), id="a decline plans its closing note"),
        pytest.param(Side.DO_NOT_CONTACT, date(2026, 8, 3), OptOut(source="s7"), id="an opt-out has no date"),
    ],
)
def test_parking_records_why(side, wake_on, event):
    assert moves.park("s7", facts(), side, wake_on, today=TODAY) == [event]


@pytest.mark.parametrize("wake_on", [None, TODAY, date(2020, 1, 1), date(2032, 1, 1)])
def test_a_wake_up_date_lies_ahead(wake_on):
    with pytest.raises(moves.BadWakeDate):
        moves.park("s7", facts(), Side.DORMANT, wake_on, today=TODAY)


def test_parking_asks_why():
    with pytest.raises(moves.SideNeeded):
        moves.park("s7", facts(), None, None, today=TODAY)


def test_waking_who_is_awake_records_nothing():
    assert moves.wake("s7", facts(REPLIED), today=TODAY) == []
    assert moves.wake("s7", facts(REPLIED, PARKED), today=TODAY) == [SourceWoken(source="s7")]


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(lambda known: moved(known, Step.FIRST_CONTACT, reason="why not"), id="moved"),
        pytest.param(lambda known: moves.park("s7", known, Side.NURTURE, date(2026, 9, 1), today=TODAY), id="parked"),
        pytest.param(lambda known: moves.wake("s7", known, today=TODAY), id="woken"),
    ],
)
def test_who_is_not_to_be_contacted_is_not_moved_by_hand(attempt):
    with pytest.raises(moves.MoveRefused, match="asked not to be contacted"):
        attempt(facts(GONE))
