"""The board, its lanes as they are scrolled, and moving a source by hand."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.journal import service as journal
from crm.journal.events import Event
from crm.journal.models import JournalEntry
from crm.outreach.day_words import day
from crm.pipeline import board as boards
from crm.pipeline import filter_views, moves, queries, service, steps
from crm.pipeline.board import Filters, LaneView, Place
from crm.pipeline.forms import WAKE, MoveForm
from crm.sources.models import Lane, Source
from crm.sources.queries import get_source
from crm.web import commit, invalid, is_htmx, sealer, way_back

bp = Blueprint("pipeline", __name__)
SHOWN = 25  # cards of a lane at a time: seven full lanes stay well under 300 kB


@bp.get("/pipeline")
def board() -> ResponseReturnValue:
    filters = filter_views.read(request.args)
    meant = queries.meant_by(g.practice, filters)
    tallies = _tallies(meant)
    return _board_page(filters, tallies, _lanes(meant, tallies, Lane))


@bp.get("/pipeline/lanes/<key>")
def lane(key: str) -> ResponseReturnValue:
    """Answer what follows in one lane: to htmx the cards, else the board with that lane alone."""
    if key not in set(Lane):
        abort(404)
    try:
        after = boards.read_place(request.args.get("after", ""))
    except boards.BadCursor:
        abort(400)
    filters = filter_views.read(request.args)
    meant = queries.meant_by(g.practice, filters)
    if is_htmx():
        view = _lanes(meant, {}, [Lane(key)], after)[0]
        return render_template("pipeline/_cards.html", lane=_shown(view, filters))
    tallies = _tallies(meant)
    return _board_page(filters, tallies, _lanes(meant, tallies, [Lane(key)], after))


@bp.get("/pipeline/<int:source_id>/move")
def choose(source_id: int) -> ResponseReturnValue:
    """Ask where a source goes: the way without a board, from its own page or without a script."""
    source = get_source(g.practice.id, source_id)
    return _ask(source, MoveForm(formdata=None, step=request.args.get("step")), _facts(source))


@bp.post("/pipeline/<int:source_id>/move")
def move(source_id: int) -> ResponseReturnValue:
    source = get_source(g.practice.id, source_id)
    form, facts, before = MoveForm(), _facts(source), source.lane
    events = _events(source, form, facts) if form.validate_on_submit() else None
    if events is None:
        return invalid(_ask(source, form, facts))
    entry = _record(source, events, form.reason.data or "")
    commit()
    if entry is not None:
        flash(f"{_short_name(source)} {_what_happened(source)}.", f"undo:{url_for('outreach.undo', seq=entry.seq)}")
    return _moved(source, {before, source.lane}) if is_htmx() else redirect(way_back(), 303)


def _events(source: Source, form: MoveForm, facts: steps.Facts) -> list[Event] | None:
    """Return what the move comes to; None where something is missing, which the form then names."""
    try:
        return _wanted(source, form, facts)
    except moves.ReasonNeeded as needed:
        _name(form, "reason", f"The evidence says {steps.STEP_LABELS[needed.proven]}. Say why it is otherwise.")
    except moves.SideNeeded:
        _name(form, "side", "Choose why the source is parked.")
    except moves.BadWakeDate as bad:
        _name(form, "wake_on", str(bad))
    except moves.MoveRefused as refused:
        form.step.errors = [str(refused)]
    return None


def _wanted(source: Source, form: MoveForm, facts: steps.Facts) -> list[Event]:
    ref, lane = f"s{source.id}", form.lane
    if lane is None:
        return moves.wake(ref, facts, today=g.today)
    step = boards.step_of(lane)
    if step is None:
        return moves.park(ref, facts, form.chosen_side, form.wake_on.data, today=g.today)
    listed = source.added_on is None
    return moves.move(ref, facts, step, today=g.today, listed=listed, reason=form.reason.data or "")


def _name(form: MoveForm, field: str, error: str) -> None:
    """Name what is missing, unless it is only now being asked for."""
    if form.asked.data:
        form[field].errors = [error]


def _record(source: Source, events: list[Event], reason: str) -> JournalEntry | None:
    """Write the move down, its reason sealed beside it; nothing where the source stands there already."""
    if not events:
        service.apply(g.practice, {source.id}, today=g.today)  # the card may be as old as yesterday
        return None
    happenings = [journal.Happening(event, at=g.now) for event in events]
    entry = journal.record_all(g.practice, happenings, now=g.now, actor=g.user.id)[-1]
    if reason.strip():
        journal.add_note(entry, reason, sealer())
    return entry


def _facts(source: Source) -> steps.Facts:
    return service.facts_of(g.practice, {source.id})[source.id]


def _tallies(meant: queries.Wanted) -> dict[Lane, boards.Tally]:
    return boards.tallies(queries.tally(g.practice.id, meant, g.today), g.today)


def _lanes(
    meant: queries.Wanted, tallies: dict[Lane, boards.Tally], lanes: Iterable[Lane], after: Place | None = None
) -> list[LaneView]:
    places = queries.places(g.practice.id, lanes, meant, limit=SHOWN + 1, after=after)
    ids = [place.id for of in places.values() for place in of[:SHOWN]]
    tasks = queries.next_tasks(g.practice.id, ids)
    shown = boards.cards(queries.sources(g.practice.id, ids), tasks, g.today)
    return [boards.lane_view(lane, tallies.get(lane, boards.Tally()), of, shown, SHOWN) for lane, of in places.items()]


def _board_page(filters: Filters, tallies: dict[Lane, boards.Tally], lanes: list[LaneView]) -> str:
    opening, rest = boards.opening(tallies)
    return render_template(
        "pipeline/board.html",
        lanes=[_shown(lane, filters) for lane in lanes],
        opening=opening,
        rest=rest,
        is_empty=not filters and not any(tally.sources for tally in tallies.values()),
        menus=filter_views.menus(filters),
        compact=filter_views.is_compact(),
        compact_url=filter_views.address(filters, compact=not filter_views.is_compact()),
    )


def _shown(view: LaneView, filters: Filters) -> dict[str, Any]:
    """Give a lane with its addresses, as macros/board.html wants it."""
    more = None
    if view.more is not None:
        more = url_for("pipeline.lane", key=view.key, after=str(view.more), **filter_views.values(filters))
    return {
        "key": view.key,
        "number": view.number,
        "title": view.title,
        "count": view.count,
        "note": view.note,
        "cards": [_slip(card) for card in view.cards],
        "more_url": more,
    }


def _slip(card: boards.Card) -> dict[str, Any]:
    source = card.source
    return {
        "id": source.id,
        "name": source.display_name,
        "url": url_for("sources.show", source_id=source.id),
        "office": source.office.name if source.office else "",
        "grade": source.grade,
        "state_kind": card.state_kind,
        "state_word": card.state_word,
        "days": card.days,
        "pace": card.pace,
        "contact_days": card.contact_days,
        "move_url": url_for("pipeline.move", source_id=source.id),
        "touch_url": url_for("sources.touch", source_id=source.id),
    }


def _moved(source: Source, lanes: set[Lane]) -> str:
    """Answer a move on the board: the card as it is now, and the heads of the lanes it touched."""
    filters = filter_views.read(dict(parse_qsl(_page_of_htmx().query)))
    tallies = _tallies(queries.meant_by(g.practice, filters))
    tasks = queries.next_tasks(g.practice.id, [source.id])
    return render_template(
        "pipeline/_moved.html",
        card=_slip(boards.cards([source], tasks, g.today)[source.id]),
        lanes=[_shown(LaneView(lane, tallies[lane]), filters) for lane in sorted(lanes)],
    )


def _ask(source: Source, form: MoveForm, facts: steps.Facts) -> str:
    """Show the question a move raises: where to, why against the evidence, or until when it rests."""
    placed = steps.next_step(facts, g.today)
    target = form.step.data if form.step.data in set(Lane) else None
    question = "park" if target == Lane.PARKED else "reason" if target and not form.step.errors else "where"
    if question == "park" and not form.asked.data:
        form.wake_on.data = g.today + timedelta(steps.PARK_REASONS[0].days or 0)
    form.step.choices = [
        (value, label)
        for value, label in form.step.choices
        if placed.side or value not in {WAKE, str(int(placed.step))}
    ]
    return render_template(
        "pipeline/_move_layer.html" if is_htmx() else "pipeline/move.html",
        source=source,
        name=_short_name(source),
        form=form,
        question=question,
        target=boards.label_of(Lane(target)) if target else "",
        proven=steps.STEP_LABELS[facts.proven],
        reasons=steps.PARK_REASONS,
        back=request.form.get("back") or _page_asked_from(),
    )


def _what_happened(source: Source) -> str:
    if source.lane is not Lane.PARKED:
        return f"moved to {boards.label_of(source.lane)}"
    until = f" until {day(source.wake_on, g.today)}" if source.wake_on else ""
    return f"parked{until}: {steps.SIDE_LABELS[steps.Side(source.side)].lower()}"


def _short_name(source: Source) -> str:
    return source.display_name.partition(",")[0]


def _page_of_htmx() -> SplitResult:
    """Return the address in the browser's bar, as htmx tells it."""
    return urlsplit(request.headers.get("HX-Current-URL", ""))


def _page_asked_from() -> str:
    """Return the page the question was asked on, to come back to: as htmx tells it, else the board."""
    page = _page_of_htmx()
    return f"{page.path}?{page.query}" if page.path else url_for("pipeline.board")
