"""Lunch-and-learns of a source: which is agreed, which were held, and the trust one is offered on (H8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crm.pipeline.evidence import Facts
from crm.pipeline.signs import Sign

AGREED, HELD, CANCELLED = "agreed", "held", "cancelled"
ENDS = {"ll_held": HELD, "ll_cancelled": CANCELLED}


@dataclass(frozen=True, slots=True)
class Lunch:
    """One lunch-and-learn as it stands."""

    id: str
    event_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing trust is read from, whether it is there, and how far it has come."""

    text: str
    met: bool
    detail: str


def fold(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Lunch]:
    """Return the lunches of a source, newest first, from their entries in order, undone ones left out."""
    found: dict[str, Lunch] = {}
    for kind, payload in entries:
        if kind == "ll_scheduled":
            found[payload["id"]] = Lunch(payload["id"], date.fromisoformat(payload["event_on"]), AGREED)
        elif kind in ENDS and payload["id"] in found:
            found[payload["id"]] = replace(found[payload["id"]], state=ENDS[kind])
    return list(reversed(found.values()))


def agreed(lunches: Iterable[Lunch]) -> Lunch | None:
    """Return the one that is to come, if there is one."""
    return next((lunch for lunch in lunches if lunch.state == AGREED), None)


def next_id(used: Iterable[str]) -> str:
    """Return the id of the next lunch of a source; one that was taken back is not used again."""
    numbers = [int(name[1:]) for name in used if name[1:].isdigit()]
    return f"l{max(numbers, default=0) + 1}"


def trust(facts: Facts) -> tuple[Evidence, ...]:
    """Return what a lunch-and-learn is offered on (C50): a referral, reports on time, a call."""
    referrals, calls = facts.counts.get(Sign.REFERRAL, 0), facts.counts.get(Sign.CALL, 0)
    reports, closed = facts.on_time.get(Sign.REPORT, 0), facts.counts.get(Sign.DISCHARGE_SUMMARY, 0)
    return (
        Evidence("A referral", referrals > 0, "done" if referrals else "not yet"),
        Evidence(
            "Two reports on time, or a discharge summary",
            reports >= 2 or closed > 0,
            "done" if reports >= 2 or closed else f"{reports} of 2",
        ),
        Evidence("A provider call", calls > 0, "done" if calls else "not yet"),
    )
