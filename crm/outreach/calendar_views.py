"""The calendar page: a month or an agenda of tasks, medical visits and lunch-and-learns."""

from collections import Counter, defaultdict
from datetime import date

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from crm.outreach import calendar_queries, month
from crm.outreach.appointments import What
from crm.outreach.day_words import exact
from crm.outreach.month import Day, Entry
from crm.web import is_htmx

IN_A_CELL, IN_THE_AGENDA, ON_ONE_DAY = 3, 6, 200
VIEWS = ("month", "agenda")


def calendar() -> ResponseReturnValue:
    """Show a month; without `view` it is a grid on a wide screen and a list of its days on a narrow one."""
    first, view = month.read_month(request.args.get("month", ""), g.today), request.args.get("view", "")
    if view == "agenda":
        shown, held = _days(month.agenda_days(first, g.today), IN_THE_AGENDA)
    else:
        shown, held = _days(month.month_days(first), IN_A_CELL)
    inside = [on for on in held if view == "agenda" or on.month == first.month]
    tasks, visits, lunches = (sum(held[on][what] for on in inside) for what in ("task", *What))
    when = "from today on" if view == "agenda" and shown[0].on == g.today else f"in {month.MONTHS[first.month - 1]}"
    opening, rest = month.opening(tasks, visits, lunches, when)
    return render_template(
        "outreach/_calendar.html" if is_htmx() else "outreach/calendar.html",
        first=first,
        title=f"{month.MONTHS[first.month - 1]} {first.year}",
        view=view if view in VIEWS else "",
        days=shown,
        opening=opening,
        rest=rest,
        before=month.beside(first, -1),
        after=month.beside(first, 1),
    )


def one_day(on: str) -> ResponseReturnValue:
    """Show all that stands on one day."""
    found = month.read_day(on) or abort(404)
    shown, _held = _days([found], ON_ONE_DAY)
    return render_template("outreach/calendar_day.html", day=shown[0], title=exact(found))


def _days(shown: list[date], a_day: int) -> tuple[list[Day], dict[date, Counter[str]]]:
    """Return days with what stands on them, and how much of what each holds."""
    tasks = calendar_queries.tasks_between(g.practice.id, shown[0], shown[-1], a_day=a_day)
    entries: dict[date, list[Entry]] = defaultdict(list)
    held: dict[date, Counter[str]] = defaultdict(Counter)
    for one in calendar_queries.appointments_between(g.practice.id, shown[0], shown[-1]):
        entries[one.on].append(month.appointment_entry(one))
        held[one.on][one.what] += 1
    for on, of_day in tasks.items():
        entries[on] += [month.task_entry(item, g.today) for item in of_day.items]
        held[on]["task"] = of_day.count
    counts = {on: number.total() for on, number in held.items()}
    closed = frozenset(date.fromisoformat(day) for day in g.practice.closed_days)
    return month.days(shown, entries, counts, closed_days=closed, a_day=a_day), held
