"""What a calendar address shows, how far it reaches, and when it is asked whether anybody still needs it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.outreach import kinds
from crm.outreach.agenda import AgendaItem
from crm.outreach.appointments import What
from crm.outreach.models import FeedKind


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of address as people choose it."""

    label: str
    holds: str


WORDS = {
    FeedKind.ALL: Words("Everything", "all tasks and the agreed lunch-and-learns"),
    FeedKind.REPORTS: Words("Reports", "reports due, and the medical visits they are for, by code"),
    FeedKind.CALLS: Words("Calls", "calls to offices and clients"),
    FeedKind.LUNCHES: Words("Lunch-and-learns", "the agreed days, what prepares them and what follows"),
}
# A client's medical visit is nobody's own appointment: it stands only where reports were asked for (domain.md 12.6).
SHOWN = {
    FeedKind.ALL: frozenset({What.LUNCH}),
    FeedKind.REPORTS: frozenset({What.VISIT}),
    FeedKind.CALLS: frozenset[What](),
    FeedKind.LUNCHES: frozenset({What.LUNCH}),
}
LUNCH_RULES = frozenset({"C50", "C51a", "C51b", "C51c", "C51d", "C52a", "C52b", "C52c"})
BACK = {7: "One week", 30: "One month", 90: "Three months"}
AHEAD = {30: "One month", 90: "Three months", 370: "A year"}
ASK_AFTER = timedelta(days=90)


def shows(kind: FeedKind, item: AgendaItem) -> bool:
    """Say whether an address of this kind shows a task."""
    match kind:
        case FeedKind.ALL:
            return True
        case FeedKind.LUNCHES:
            return item.rule in LUNCH_RULES
        case _:
            verb = kinds.verb(item.rule, item.manual_kind)
            return verb == ("report" if kind is FeedKind.REPORTS else "call")


def is_idle(created_at: datetime, fetched_at: datetime | None, now: datetime) -> bool:
    """Say whether nobody has fetched an address for so long that one should ask."""
    return now - (fetched_at or created_at) >= ASK_AFTER
