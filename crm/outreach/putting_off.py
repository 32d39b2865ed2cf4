"""Putting a task off: to which day by default, and why it may not be."""

from datetime import date

from crm.outreach.agenda import URGENT_RULES, VISIT_REPORT
from crm.outreach.day_words import day
from crm.outreach.workdays import Workdays

WITHOUT_REASON = 2
TWICE = "This was put off twice before. Say why this time."


def one_day_on(due: date, today: date, calendar: Workdays) -> date:
    """Return the business day after a task's day, or after today where that is past."""
    return calendar.count(max(due, today), 1)


def why_not(rule: str, due: date, to: date, *, today: date) -> str:
    """Say why the engine left a task where it was."""
    if rule in URGENT_RULES:
        return "A change in status cannot wait. Call the office, or skip it with a reason."
    if to <= today or to <= due:
        return f"It is due {day(due, today)}; choose a later day."
    if rule == VISIT_REPORT:
        return "The report has to be in the chart before the visit; it cannot wait that long."
    return "It cannot wait that long."
