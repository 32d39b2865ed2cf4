"""Today: what cannot wait, what is late, what is next, each with its reason."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from crm.keeping import keeping_views as keeping
from crm.outreach import agenda, agenda_queries, outbox_queries, today_queries
from crm.outreach.day_words import near_day
from crm.outreach.task_views import row_of
from crm.outreach.week_plan import OFFERED_ABOVE
from crm.outreach.workdays import Workdays, calendar_of
from crm.text import row_id

URGENT_DAYS = 3
FIRST, MORE = 40, 50
NO_STEP = 5
SUNDAY = 6
STRUCK_THROUGH = timedelta(minutes=10)  # a row that is done stays where it was for so long


def practice_days() -> Workdays:
    """Return the business calendar of the practice that asks."""
    return calendar_of(g.practice.closed_days)


def today() -> ResponseReturnValue:
    urgent_until = practice_days().count(g.today, URGENT_DAYS)
    end_of_week = g.today + timedelta(days=6 - g.today.weekday())
    counts = today_queries.counts(g.practice.id, today=g.today, end_of_week=end_of_week, urgent_until=urgent_until)
    listed = [
        *(today_queries.urgent(g.practice.id, urgent_until, FIRST) if counts.get("urgent") else []),
        *(today_queries.overdue(g.practice.id, g.today, urgent_until, FIRST) if counts.get("overdue") else []),
        *today_queries.ahead(g.practice.id, g.today, urgent_until, FIRST),
    ]
    finished = today_queries.finished_since(g.practice.id, _midnight(), FIRST)
    struck = [task for task in finished if task.item.done_at and task.item.done_at > g.now - STRUCK_THROUGH]
    found = agenda.group([task.item for task in [*listed, *struck]], g.today, urgent_until=urgent_until)
    rows = {task.item.key: row_of(task) for task in [*listed, *struck]}
    ahead = next((item for part in found.groups for item in part.items if item.is_open and item.due > g.today), None)
    first, rest = agenda.opening(
        urgent=counts.get("urgent", 0),
        overdue=counts.get("overdue", 0),
        today=found.of("today"),
        finished=len(finished),
        following=f"{rows[ahead.key].title}, {near_day(ahead.due, g.today)}" if ahead else "",
    )
    without_step = agenda_queries.sources_without_step(g.practice.id, NO_STEP)
    return render_template(
        "outreach/today.html",
        safety=keeping.safety(),
        groups=[(group, [rows[item.key] for item in group.items]) for group in found.groups],
        counts=_with_tomorrow(counts, found),
        shown=len(listed),
        total=sum(counts.values()),
        first=first,
        rest=rest,
        without_step=without_step,
        without_step_count=_count_without_step(len(without_step)),
        waiting=outbox_queries.messages(g.practice.id, states=outbox_queries.NEEDS_A_PERSON, limit=NO_STEP),
        more_url="/today/more?offset=" + str(FIRST),
        many_overdue=counts.get("overdue", 0) > FIRST,
        offers_week=counts.get("overdue", 0) > OFFERED_ABOVE,
    )


def _with_tomorrow(counts: dict[str, int], found: agenda.Agenda) -> dict[str, int]:
    """Take tomorrow out of its week; on a Sunday it is the first of what comes later."""
    tomorrow = len([item for item in found.of("tomorrow") if item.is_open])
    rest = "later" if g.today.weekday() == SUNDAY else "week"
    return counts | {"tomorrow": tomorrow, rest: counts.get(rest, 0) - tomorrow}


def _count_without_step(shown: int) -> int:
    return shown if shown < NO_STEP else agenda_queries.count_without_step(g.practice.id)


def more() -> ResponseReturnValue:
    """Fetch the next rows of "Later"."""
    offset = row_id(request.args.get("offset")) or 0
    urgent_until = practice_days().count(g.today, URGENT_DAYS)
    listed = today_queries.ahead(g.practice.id, g.today, urgent_until, MORE, offset)
    next_url = f"/today/more?offset={offset + MORE}" if len(listed) == MORE else None
    return render_template("outreach/_more.html", rows=[row_of(task) for task in listed], next_url=next_url)


def call_sheet() -> ResponseReturnValue:
    """Show today's calls as a sheet to print."""
    urgent_until = practice_days().count(g.today, URGENT_DAYS)
    listed = [
        *today_queries.urgent(g.practice.id, urgent_until, FIRST),
        *today_queries.overdue(g.practice.id, g.today, urgent_until, FIRST),
        *(t for t in today_queries.ahead(g.practice.id, g.today, urgent_until, FIRST) if t.item.due == g.today),
    ]
    calls = [task for task in listed if task.item.channel == "phone"]
    phones = agenda_queries.phones_of({task.item.source_id for task in calls if task.item.source_id})
    return render_template(
        "outreach/call_sheet.html", calls=[(row_of(task), phones.get(task.item.source_id or 0)) for task in calls]
    )


def _midnight() -> datetime:
    return datetime.combine(g.today, time(), ZoneInfo(g.practice.time_zone)).astimezone(UTC)
