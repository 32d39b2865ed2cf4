"""The calendar feed: one cached VEVENT block a task or appointment, joined into a calendar any client reads.

All-day events only; a stable UID, and SEQUENCE, LAST-MODIFIED and DTSTAMP from the row, so that the same task
gives the same bytes until it changes. Titles come from `kinds` and `appointments`, which are given no client name (H2).
What is done or called off is not in the next fetch; a subscribed calendar then drops it.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from icalendar import Event

from crm.outreach import appointments, kinds
from crm.outreach.agenda import AgendaItem
from crm.outreach.appointments import Appointment
from crm.text import clean_line

PRODID = "-//Handoff//Referral desk//EN"
TEXT_LIMIT, LINK_LIMIT = 200, 1_000
REFRESH = "PT1H"
END = b"END:VEVENT\r\n"
SAME = b"STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\nCLASS:PRIVATE\r\n"  # of every event, so not made five thousand times


def event_block(item: AgendaItem | Appointment, *, calendar_id: str, host: str, url: str, hide_sources: bool) -> bytes:
    """Return one task or appointment as a VEVENT. `calendar_id` is the practice's uuid, which makes the UID ours.

    One that cannot be told becomes a placeholder on its day, and one whose day cannot be told is left out (empty
    bytes), so that one bad row never breaks the feed.
    """
    uid = clean_line(f"{item.key}.{calendar_id}", TEXT_LIMIT) + f"@{host}"
    try:
        return _block(item, _title(item, hide_sources=hide_sources), uid=uid, url=url)
    except Exception:
        return _placeholder(item, uid=uid, url=url)


def _title(item: AgendaItem | Appointment, *, hide_sources: bool) -> str:
    if isinstance(item, Appointment):
        return appointments.outside_title(item, hide_sources=hide_sources)
    return kinds.outside_title(
        item.rule,
        source=item.source_name,
        client=item.client_code,
        manual_kind=item.manual_kind,
        hide_sources=hide_sources,
    )


def _placeholder(item: AgendaItem | Appointment, *, uid: str, url: str) -> bytes:
    try:
        return _block(item, kinds.UNKNOWN.outside, uid=uid, url=url)
    except Exception:
        return b""


def _block(item: AgendaItem | Appointment, title: str, *, uid: str, url: str) -> bytes:
    on = item.on if isinstance(item, Appointment) else item.due
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", item.changed_at)
    event.add("last-modified", item.changed_at)
    event.add("sequence", item.revision)
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("summary", clean_line(title, TEXT_LIMIT))
    event.add("description", clean_line(f"Open it in Handoff: {url}", LINK_LIMIT))
    return bytes(event.to_ical()).removesuffix(END) + SAME + END


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
