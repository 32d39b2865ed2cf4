"""The lines of a support packet, each made from rows on file: referral, days of sessions, measures, goals, plan.

A packet is a record for the client's own use. It is no bill, holds no billing code and promises nothing (H11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from crm.documents.report_words import Line, OnFile, every_measure, lines

SHARED = frozenset({"goals", "plan"})  # what a report says of these, a packet says too


@dataclass(frozen=True, slots=True)
class ReferralOnFile:
    """The written referral the sessions rest on; `row` is its id."""

    row: int
    by: str
    received_on: date
    requested: str = ""


def packet_lines(
    on_file: OnFile, sessions: Sequence[tuple[int, date]], referral: ReferralOnFile | None
) -> tuple[Line, ...]:
    """Return what the desk can say by itself. `sessions`: row and day of each session whose log is written."""
    found = [line for line in lines(on_file) if line.placeholder in SHARED]
    found += [every_measure(on_file.series), _days(sessions)]
    if referral is not None:
        found.append(_referred(referral))
    return tuple(line for line in found if line.text)


def _days(sessions: Sequence[tuple[int, date]]) -> Line:
    """Return the days by month: "- March 2026: 3, 5, 10 (3 sessions)"."""
    ordered = sorted(sessions, key=lambda session: (session[1], session[0]))
    told = []
    for (year, month), group in groupby((on for _row, on in ordered), key=lambda on: (on.year, on.month)):
        days = [str(on.day) for on in group]
        count = "1 session" if len(days) == 1 else f"{len(days)} sessions"
        told.append(f"- {date(year, month, 1):%B %Y}: {', '.join(days)} ({count})")
    return Line("session_days", "\n".join(told), tuple(f"session_log:{row}" for row, _on in ordered))


def _referred(referral: ReferralOnFile) -> Line:
    on = f"{referral.received_on:%B} {referral.received_on.day}, {referral.received_on.year}"
    asked = f", for {referral.requested}" if referral.requested else ""
    return Line("referral", f"{referral.by}, received in writing on {on}{asked}", (f"referral:{referral.row}",))
