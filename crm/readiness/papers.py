"""Papers of the practice that run out: when to say so, and what the desk wants done about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm.outreach.manual import Wanted

RULE = "X01"


@dataclass(frozen=True, slots=True)
class Held:
    """A paper and when it ends; `remind_days` before that day the desk says so."""

    id: int
    expires_on: date | None
    remind_days: int


def wanted(papers: Iterable[Held]) -> list[Wanted]:
    """Return the tasks of papers that end: one for each end, on the day of the reminder.

    A renewed paper has a new end and with it a new task; the old one goes.
    """
    return [
        Wanted(f"{paper.id}:{paper.expires_on.isoformat()}", RULE, paper.expires_on - timedelta(days=paper.remind_days))
        for paper in papers
        if paper.expires_on is not None
    ]


def words(expires_on: date | None, today: date) -> tuple[str, str]:
    """Return the kind of state and its word: "late" and "Over", "now" and "Soon over", "done" and "Current"."""
    if expires_on is None:
        return "later", "No end"
    if expires_on < today:
        return "late", "Over"
    return ("now", "Soon over") if expires_on <= today + timedelta(days=60) else ("done", "Current")
