"""The calendar feed: one cached VEVENT block a task, joined into a calendar any client reads.

All-day events only; a stable UID, and SEQUENCE, LAST-MODIFIED and DTSTAMP from the row, so that the same task
gives the same bytes until it changes. Titles come from `kinds`, which is given no client name (H2).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from icalendar import Event

from crm.outreach import kinds
from crm.outreach.agenda import AgendaItem
from crm.text import clean_line

PRODID = "-//Handoff//Referral desk//EN"
TEXT_LIMIT = 200
REFRESH = "PT1H"


def event_block(item: AgendaItem, *, calendar_id: str, host: str, url: str, hide_sources: bool) -> bytes:
    """Return one task as a VEVENT. `calendar_id` is the practice's uuid: it makes the UID ours and stable.

    A task that cannot be told becomes a placeholder on its day, so that one bad row never breaks the feed.
    """
    uid = hashlib.sha256(f"{calendar_id}|{item.key}".encode()).hexdigest()[:32]
    try:
        return _block(item, uid=f"{uid}@{host}", url=url, hide_sources=hide_sources)
    except Exception:
        plain = replace(item, rule="manual", manual_kind="other", source_name=None, client_code=None)
        return _block(plain, uid=f"{uid}@{host}", url=url, hide_sources=True)


def _block(item: AgendaItem, *, uid: str, url: str, hide_sources: bool) -> bytes:
    title = kinds.outside_title(
        item.rule,
        source=item.source_name,
        client=item.client_code,
        manual_kind=item.manual_kind,
        hide_sources=hide_sources,
    )
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", item.changed_at)
    event.add("last-modified", item.changed_at)
    event.add("sequence", item.revision)
    event.add("dtstart", item.due)
    event.add("dtend", item.due + timedelta(days=1))
    event.add("summary", clean_line(title, TEXT_LIMIT))
    event.add("description", f"Open it in Handoff: {url}")
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return bytes(event.to_ical())


def to_ics(blocks: Iterable[bytes], *, name: str) -> bytes:
    """Join event blocks into one calendar named `name`."""
    shown = clean_line(name, 60).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        _folded(f"X-WR-CALNAME:{shown}"),
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    )
    return "\r\n".join(head).encode() + b"\r\n" + b"".join(blocks) + b"END:VCALENDAR\r\n"


def _folded(line: str) -> str:
    """Fold a line at 75 octets, never inside a character (RFC 5545, 3.1)."""
    folded, octets = "", 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > 74:
            folded, octets = folded + "\r\n ", 1
        folded, octets = folded + letter, octets + size
    return folded


def revision(*changing: object) -> str:
    """Return a tag of all that may change a feed's bytes: whose it is, its tasks' revision, its names, the day."""
    return hashlib.sha256("|".join(map(str, changing)).encode()).hexdigest()[:24]
