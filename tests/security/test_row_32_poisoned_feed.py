"""Row 32: a calendar with poisoned rows behind it is read all the same: the others stand, and no line is too long."""

import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator

import icalendar
import pytest
import vobject
from warm import ROOT

ALLOWED = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID",
    "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "TRANSP", "CLASS",
}  # fmt: skip
INJECTED = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nATTACH:http://evil.example/\r\n"
POISON = {
    "control characters": ("last_name", f"Marsh{INJECTED}\x01\x1b\x7f\x85\u2028"),
    "huge text": ("last_name", "\u00fcber" * 20_000),
    "signs of the format": ("last_name", 'a;b,c:d\\n"e"\\;'),
    "a direction override": ("last_name", "\u202eMarsh\u2066"),
}
FETCH = """
import sys
from app import app
assert not __debug__
for path in sys.stdin:
    answer = app.test_client().get(path.strip())
    sys.stdout.buffer.write(f"{answer.status_code} {len(answer.data)}\\n".encode() + answer.data)
    sys.stdout.buffer.flush()
"""


@pytest.fixture(scope="module")
def optimised(sample) -> Iterator[Callable[[str], tuple[int, bytes]]]:
    """Return what fetches an address in a program without asserts, on the same database."""
    usual = sample.product.environment | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-O", "-c", FETCH]
    with subprocess.Popen(command, cwd=ROOT, env=usual, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def fetch(path: str) -> tuple[int, bytes]:
            asked.write(f"{path}\n".encode())
            asked.flush()
            status, size = told.readline().split()
            return int(status), told.read(int(size))

        yield fetch
        asked.close()


def changed(product) -> None:
    """Say that tasks changed, as whatever writes one does: a feed is made anew."""
    product.sql("UPDATE task SET revision = revision + 1")
    product.sql("UPDATE practice SET task_revision = task_revision + 1")


def checked(feed: bytes) -> set[str]:
    """Read a calendar with two libraries and by its lines; return the UIDs."""
    lines = feed.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", feed.replace(b"\r\n", b""))
    names = {re.split(r"[:;]", line.decode())[0] for line in lines if line and not line.startswith(b" ")}
    assert names <= ALLOWED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = {event.uid.value for event in vobject.readOne(feed.decode()).vevent_list}
    assert {str(event["UID"]) for event in icalendar.Calendar.from_ical(feed).walk("VEVENT")} == other
    return other


@pytest.fixture(scope="module")
def address(sample) -> str:
    shown = sample.owner.post("/calendar/feeds", {"name": "x", "kind": "all", "days_back": "90", "days_ahead": "370"})
    found = re.search(r"/cal/[\w-]+\.ics", shown.text)
    assert found is not None
    return found[0]


@pytest.mark.sqlite
@pytest.mark.parametrize("what", POISON)
def test_row_32_a_poisoned_name_leaves_the_other_events_alone(sample, address, what):
    product, (column, value) = sample.product, POISON[what]
    whole = checked(product.visitor().get(address).body)
    [(source, kept)] = product.sql("SELECT source_id, last_name FROM task JOIN source ON source.id = source_id WHERE "
                                   "task.status = 'open' LIMIT 1")  # fmt: skip
    product.sql(f"UPDATE source SET {column} = :value WHERE id = :id", value=value, id=source)  # noqa: S608
    changed(product)
    answer = product.visitor().get(address)
    product.sql(f"UPDATE source SET {column} = :value WHERE id = :id", value=kept, id=source)  # noqa: S608
    assert answer.status == 200
    assert checked(answer.body) == whole


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("column", "value"),
    [("rule", "C99\x00\r\nX:1"), ("due", "not a day"), ("due", "9999-12-31"), ("revision", "rubbish"),
     ("changed_at", "x"),
     ("key", "manual:1\r\nX-EVIL:1\x00"), ("manual_kind", "\x00")],
)  # fmt: skip
def test_row_32_a_poisoned_task_leaves_the_other_events_alone(sample, address, optimised, column, value):
    product = sample.product
    whole = checked(product.visitor().get(address).body)
    [(task, kept)] = product.sql(f"SELECT id, {column} FROM task WHERE status = 'open' ORDER BY due LIMIT 1")  # noqa: S608
    changed(product)
    product.sql("PRAGMA ignore_check_constraints = ON")
    product.sql(f"UPDATE task SET {column} = :value WHERE id = :id", value=value, id=task)  # noqa: S608
    try:
        answer, (status, body) = product.visitor().get(address), optimised(address)
    finally:
        product.sql(f"UPDATE task SET {column} = :value WHERE id = :id", value=kept, id=task)  # noqa: S608
        changed(product)
    assert (answer.status, status) == (200, 200)
    assert answer.body == body
    assert len(whole - checked(body)) <= 1


def test_row_32_the_same_event_keeps_its_name_and_its_number_rises(sample, address):
    def events() -> dict[str, int]:
        calendar = icalendar.Calendar.from_ical(sample.product.visitor().get(address).body)
        return {str(event["UID"]): int(event["SEQUENCE"]) for event in calendar.walk("VEVENT")}

    before = events()
    form = next(form for form in sample.forms if form.action.endswith("/snooze") and form.dates)
    key = form.action.split("/")[2]
    [(due,)] = sample.product.sql("SELECT due FROM task WHERE key = :key", key=key)
    answer = sample.send(form, to=str(due)[:8] + "28", reason="later")
    after = events()
    assert set(before) == set(after)
    changed = {uid: (before[uid], after[uid]) for uid in before if before[uid] != after[uid]}
    assert answer.status == 422 or all(later > earlier for earlier, later in changed.values())
