"""The few words a card says about what comes next: one noun a task, and a date as people say it."""

from datetime import date

NOUNS = {
    "research": "research",
    "new-source": "new source",
    "intro-physician": "introduction",
    "intro-pt": "introduction",
    "intro-chiro": "introduction",
    "intro": "introduction",
    "receipt-check": "receipt check",
    "follow-up-letter": "second touch",
    "visit-sheet": "visit",
    "education-note": "note",
    "closing-note": "closing note",
    "client-intro": "introduction",
    "referral-ack": "acknowledge",
    "correction-request": "correction",
    "thank-you": "card",
    "no-contact-note": "not booked",
    "assessment-summary": "summary",
    "chart-check": "chart check",
    "call-sheet": "call",
    "message-note": "message",
    "call-confirmation": "confirmation",
    "status-call": "status call",
    "change-in-status": "status report",
    "assessment-form": "baseline",
    "measure-sheet": "measures",
    "progress-report": "report",
    "pre-visit-report": "report",
    "visit-question": "visit date",
    "visit-outcome": "visit outcome",
    "session-log": "session log",
    "goal-review": "goals",
    "client-check": "client check",
    "discontinuation-note": "note",
    "discharge-summary": "discharge",
    "closing-thanks": "card",
    "outcome-note": "outcome",
    "ll-invitation": "lunch offer",
    "ll-confirm": "lunch",
    "ll-headcount": "headcount",
    "ll-handouts": "handouts",
    "ll-order": "lunch order",
    "ll-thanks": "thanks",
    "ll-packet": "packet",
    "education-answer": "answer",
    "review-sheet": "review",
    "next-touch": "next touch",
    "outbound-letter": "letter",
    "outbound-call": "call",
    "release": "release",
}
BY_HAND = {"call": "call", "letter": "letter", "email": "e-mail", "visit": "visit"}


def noun(template: str, manual_kind: str) -> str:
    """Return the noun of a task: by its template, or by its kind when somebody typed it in."""
    return NOUNS.get(template) or BY_HAND.get(manual_kind, "task")


def when(due: date, today: date) -> str:
    """Say a due date: "2 days late", "Today", "Tomorrow", "Mon 11 May", with the year when it is another."""
    days = (due - today).days
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} late"
    return {0: "Today", 1: "Tomorrow"}.get(days) or day(due, today)


def day(on: date, today: date) -> str:
    """Say a date: "Mon 11 May", with the year when it is not this one."""
    return f"{on:%a} {on.day} {on:%b}" + (f" {on.year}" if on.year != today.year else "")
