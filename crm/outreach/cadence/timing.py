"""The dates of a task: offset, roll, window, preference, client clock and snooze (cadence.md 3 and 7)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from crm.outreach.cadence.desk import Dates, Desk, Task
from crm.outreach.cadence.rules import Rule
from crm.outreach.workdays import Workdays

TUESDAY_TO_THURSDAY = range(1, 4)
CHART_LEAD = {"portal": 1, "email": 1, "fax": 2, "letter": 7}
ONE_DAY = timedelta(days=1)


def dates_of(desk: Desk, task: Task) -> Dates:
    """The dates of an open task with everything known now; a finished one keeps those it had (`task.frozen`)."""
    dates = _visit_report(desk, task) if task.rule.id == "C43" else _by_rule(desk, task)
    if task.snoozed_to is not None:
        due = snoozed_due(desk, task, task.snoozed_to)
        return Dates(due, dates.window_end, dates.channel, "snoozed")
    return dates


def snoozed_due(desk: Desk, task: Task, to: date) -> date:
    """A task put off to `to`, never beyond its limit (D33)."""
    due = to if task.rule.roll == "none" else desk.days_for(task.rule, task.source).on_or_after(to)
    limit = snooze_limit(desk, task)
    return due if limit is None else min(due, limit)


def snooze_limit(desk: Desk, task: Task) -> date | None:
    """A report may be put off until the day before the visit, or five days past its own day."""
    if task.rule.id == "C43":
        return desk.days.count(task.anchor, -1)
    if task.rule.id == "C42":
        return desk.days.on_or_before(_report_day(desk, task, clock_anchor(desk, task)) + timedelta(days=5))
    return None


def clock_anchor(desk: Desk, task: Task) -> date:
    """The anchor, moved later by the days the client was paused (R7, D28)."""
    if not task.rule.clock or task.client is None:
        return task.anchor
    pauses = desk.clients[task.client].pauses
    lost = sum(max(0, (resumed - max(paused, task.anchor)).days) for paused, resumed in pauses)
    return task.anchor + timedelta(days=lost)


def channel_of(desk: Desk, rule: Rule, source: str | None) -> str:
    if rule.channel != "doc":
        return rule.channel
    return "none" if source is None else desk.sources[source].source.channel


def _by_rule(desk: Desk, task: Task) -> Dates:
    rule, days = task.rule, desk.days_for(task.rule, task.source)
    anchor = clock_anchor(desk, task)
    raw = RAW_DATES.get(rule.id, _offset_date)(desk, task, anchor)
    due, window_end = _settled(rule, raw, Bounds(anchor, task.trigger.on), days, desk.days)
    return Dates(due, window_end, channel_of(desk, rule, task.source))


class Bounds(NamedTuple):
    """Where the window counts from, and the day before which nothing is due."""

    anchor: date
    trigger_on: date


@lru_cache(maxsize=1 << 16)
def _settled(rule: Rule, raw: date, bounds: Bounds, days: Workdays, practice_days: Workdays) -> tuple[date, date]:
    """Roll, window and preference; remembered, since an office is replayed again with every event."""
    due = _not_before(bounds.trigger_on, _rolled(rule, days, raw), rule, days)
    window_end = max(rule.window.end(bounds.anchor, due, practice_days), due)
    if rule.prefer:
        due = _midweek(days, due, window_end)
    return due, window_end


def _rolled(rule: Rule, days: Workdays, day: date) -> date:
    match rule.roll:
        case "forward":
            return days.on_or_after(day)
        case "back":
            return days.on_or_before(day)
        case _:
            return day


def _not_before(trigger_on: date, due: date, rule: Rule, days: Workdays) -> date:
    """Never before the trigger: what is already late is due at once."""
    if due >= trigger_on:
        return due
    return trigger_on if rule.roll == "none" else days.on_or_after(trigger_on)


def _midweek(days: Workdays, due: date, window_end: date) -> date:
    """Calls reach people from Tuesday to Thursday (R11, D16)."""
    day = due
    while day <= window_end:
        if day.weekday() in TUESDAY_TO_THURSDAY and days.is_open(day):
            return day
        day += ONE_DAY
    return due


def _offset_date(desk: Desk, task: Task, anchor: date) -> date:
    """The offset from the anchor; after the cut-off time a same-day task is for tomorrow (D6)."""
    if task.rule.cutoff and task.offset.is_same_day and desk.days.is_open(anchor):
        late = task.trigger.stamp.time() >= desk.practice.cutoff
        return desk.days.count(anchor, 1) if late else anchor
    return task.offset.from_(anchor, desk.days)


def _assessment_form_date(desk: Desk, task: Task, anchor: date) -> date:
    """C40: by day ten, or on the day of the third session if that is earlier (D19)."""
    day_ten = task.offset.from_(anchor, desk.days)
    sessions = desk.clients[task.client or ""].sessions
    return min(day_ten, sessions[2]) if len(sessions) >= 3 else day_ten


def _provider_call_date(desk: Desk, task: Task, anchor: date) -> date:
    """C33: sixty days on, but ten days after the last report (D17)."""
    day_sixty = task.offset.from_(anchor, desk.days)
    reports = desk.clients[task.client or ""].reports_sent
    sent_on = [report.finished_by.on for report in reports if report.finished_by is not None]
    return max(day_sixty, max(sent_on) + timedelta(days=10)) if sent_on else day_sixty


def _report_day(desk: Desk, task: Task, anchor: date) -> date:
    """C42: the source's own number of days after the last report or baseline (R8)."""
    source = desk.sources[task.source or ""].source
    return anchor + timedelta(days=source.report_days)


def _visit_question_date(desk: Desk, task: Task, anchor: date) -> date:
    """C44: no question while a visit is on file."""
    asked_on = task.offset.from_(anchor, desk.days)
    visits = [visit.on for visit in desk.clients[task.client or ""].visits.values() if visit.stands]
    return max(asked_on, max(visits) + timedelta(days=14)) if visits else asked_on


def _next_touch_date(desk: Desk, task: Task, _anchor: date) -> date:
    """C60: 45 days after the last touch, 90 after the last referral, whichever is earlier (D37)."""
    file = desk.sources[task.source or ""]
    touched = max(filter(None, (file.added_on, file.answered_on, file.touched_on, file.looked_after_on)))
    referred = max(filter(None, (file.added_on, file.referred_on, file.looked_after_on)))
    return min(task.offset.from_(touched, desk.days), referred + timedelta(days=90))


RawDate = Callable[[Desk, Task, date], date]
RAW_DATES: Mapping[str, RawDate] = {
    "C33": _provider_call_date,
    "C40": _assessment_form_date,
    "C42": _report_day,
    "C44": _visit_question_date,
    "C60": _next_touch_date,
}


def _visit_report(desk: Desk, task: Task) -> Dates:
    """C43: three business days before the visit, seven by mail; what is late goes now, by fax (D21 to D23)."""
    visit_on, trigger_on = task.anchor, task.trigger.on
    channel = channel_of(desk, task.rule, task.source)
    due = desk.days.count(visit_on, -7) if channel == "letter" else task.offset.from_(visit_on, desk.days)
    reason = ""
    if due < trigger_on:
        due, reason = desk.days.on_or_after(trigger_on), "send-now"
        channel = "fax" if channel == "letter" else channel
    last_good_day = desk.days.count(visit_on, -CHART_LEAD[channel])
    return Dates(due, max(due, last_good_day), channel, reason)
