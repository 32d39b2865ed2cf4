"""The calendar page's days and words, and what a calendar address shows, asked without a database."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crm.outreach import appointments, calendar_feed, feed_kinds, month
from crm.outreach.agenda import AgendaItem
from crm.outreach.appointments import Appointment, What
from crm.outreach.models import FeedKind
from crm.outreach.workdays import closed_word

TODAY = date(2026, 5, 6)
NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
REPORT = AgendaItem(
    key="C42:C-0142:1", rule="C42", due=date(2026, 5, 14), window_end=date(2026, 5, 18), status="open", channel="fax",
    template="progress-report", reason="", source_id=7, source_name="Dr. Helen Marsh, MD", office_name=None,
    client_code="C-0142", trigger="baseline_done", trigger_on=date(2026, 4, 14), anchor_on=date(2026, 4, 14),
    revision=2, changed_at=NOW, done_at=None,
)  # fmt: skip
VISIT = Appointment("visit:3", What.VISIT, date(2026, 5, 20), 7, "Dr. Helen Marsh, MD", "C-0142", NOW)
LUNCH = Appointment("lunch:7:l1", What.LUNCH, date(2026, 5, 21), 7, "Dr. Helen Marsh, MD", None, NOW)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("2026-07", date(2026, 7, 1), id="a month"),
        pytest.param("", date(2026, 5, 1), id="none is this one"),
        pytest.param("2026-13", date(2026, 5, 1), id="no such month"),
        pytest.param("1999-12", date(2026, 5, 1), id="before the calendar begins"),
        pytest.param("2026-W7", date(2026, 5, 1), id="another way to write it"),
    ],
)
def test_a_month_is_read_or_it_is_this_one(text, first):
    assert month.read_month(text, TODAY) == first


@pytest.mark.parametrize(
    ("first", "begin", "end", "weeks"),
    [
        pytest.param(date(2026, 5, 1), date(2026, 4, 27), date(2026, 5, 31), 5, id="ends on a Sunday"),
        pytest.param(date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28), 4, id="four weeks exactly"),
        pytest.param(date(2026, 8, 1), date(2026, 7, 27), date(2026, 9, 6), 6, id="six weeks"),
    ],
)
def test_a_month_is_shown_in_whole_weeks_from_monday(first, begin, end, weeks):
    shown = month.month_days(first)
    assert (shown[0], shown[-1], len(shown)) == (begin, end, weeks * 7)


def test_the_calendar_ends_where_the_desk_does():
    assert month.beside(date(2000, 1, 1), -1) is None
    assert month.beside(date(2099, 12, 1), 1) is None
    assert month.beside(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert month.beside(date(2026, 1, 1), 1) == date(2026, 2, 1)


def test_an_agenda_of_this_month_begins_today_and_holds_four_weeks():
    assert month.agenda_days(date(2026, 5, 1), date(2026, 5, 30))[0] == date(2026, 5, 30)
    assert month.agenda_days(date(2026, 5, 1), date(2026, 5, 30))[-1] == date(2026, 6, 26)
    assert len(month.agenda_days(date(2026, 6, 1), TODAY)) == 30


@pytest.mark.parametrize(
    ("on", "word"),
    [
        (date(2026, 5, 25), "Memorial Day"),
        (date(2026, 5, 23), "weekend"),
        (date(2026, 5, 22), "closed"),
        (date(2026, 5, 21), ""),
    ],
)
def test_a_day_off_says_why(on, word):
    assert closed_word(on, frozenset({date(2026, 5, 22)})) == word


def test_a_day_shows_a_few_and_counts_the_rest():
    entries = {TODAY: [month.task_entry(replace(REPORT, due=TODAY), TODAY)] * 3}
    (day,) = month.days([TODAY], entries, {TODAY: 9}, closed_days=frozenset(), a_day=2)
    assert (len(day.entries), day.more, day.count) == (2, 7, 9)


@pytest.mark.parametrize(
    ("tasks", "visits", "lunches", "said"),
    [
        (0, 0, 0, ("Nothing is open in May.", "")),
        (1, 1, 0, ("One task is open in May.", "One medical visit is on file.")),
        (13, 2, 1, ("13 tasks are open in May.", "Two medical visits and one lunch-and-learn are on file.")),
    ],
)
def test_the_sentence_above_counts_what_there_is(tasks, visits, lunches, said):
    assert month.opening(tasks, visits, lunches, "in May") == said


def test_each_entry_says_what_it_is_in_a_word():
    entry = month.task_entry(replace(REPORT, due=TODAY - timedelta(days=1)), TODAY)
    assert (entry.word, entry.who, entry.is_late) == ("Report", "C-0142, Dr. Helen Marsh", True)
    assert month.appointment_entry(LUNCH).word == "Lunch-and-learn"
    assert month.appointment_entry(replace(LUNCH, held=True)).word == "Lunch-and-learn, held"
    assert month.appointment_entry(VISIT).move_url == ""


@pytest.mark.parametrize(
    ("rule", "manual_kind", "kinds"),
    [
        ("C42", "", {"all", "reports"}),
        ("C30", "", {"all", "calls"}),
        ("C50", "", {"all", "calls", "lunches"}),
        ("C51d", "", {"all", "lunches"}),
        ("C22", "", {"all"}),
        ("manual", "call", {"all", "calls"}),
        ("manual", "other", {"all"}),
        ("C99", "", {"all"}),
    ],
)
def test_a_kind_of_address_shows_its_tasks_only(rule, manual_kind, kinds):
    item = replace(REPORT, rule=rule, manual_kind=manual_kind)
    assert {kind.value for kind in FeedKind if feed_kinds.shows(kind, item)} == kinds


def test_outside_a_visit_is_a_code_and_a_lunch_may_hide_whom():
    assert appointments.outside_title(VISIT, hide_sources=False) == "Follow-up, C-0142"
    assert appointments.outside_title(LUNCH, hide_sources=False) == "Lunch-and-learn with Dr. Helen Marsh"
    assert appointments.outside_title(LUNCH, hide_sources=True) == "Lunch-and-learn with an office"


@pytest.mark.parametrize(
    ("made", "fetched", "asked"),
    [
        pytest.param(89, None, False, id="new, never fetched"),
        pytest.param(90, None, True, id="three months, never fetched"),
        pytest.param(400, 89, False, id="old and in use"),
        pytest.param(400, 90, True, id="old and forgotten"),
    ],
)
def test_an_address_nobody_fetches_is_asked_about(made, fetched, asked):
    fetched_at = None if fetched is None else NOW - timedelta(days=fetched)
    assert feed_kinds.is_idle(NOW - timedelta(days=made), fetched_at, NOW) is asked


POISONED = {
    "a rule nobody knows": replace(REPORT, key="a", rule="C99"),
    "control characters": replace(REPORT, key="b", source_name="Dr.\x00 M\r\nBEGIN:VALARM\x1b"),
    "a name without an end": replace(REPORT, key="c", source_name="x" * 100_000),
    "a name that is none": replace(REPORT, key="d", source_name=17),  # type: ignore[arg-type]
    "no day": replace(REPORT, key="e", due="soon"),  # type: ignore[arg-type]
    "a revision in words": replace(REPORT, key="f", revision="two"),  # type: ignore[arg-type]
}


def poisoned_feed() -> bytes:
    """Return a feed of two sound items around the poisoned ones."""
    items = (REPORT, *POISONED.values(), LUNCH)
    blocks = [
        calendar_feed.event_block(one, calendar_id="p", host="h", url="http://h/", hide_sources=False) for one in items
    ]
    return calendar_feed.to_ics(blocks, name="Desk")


def test_poisoned_rows_become_placeholders_or_nothing_also_without_asserts():
    feed = poisoned_feed()
    assert feed.count(b"BEGIN:VEVENT") == feed.count(b"END:VEVENT") == 6
    assert b"Lunch-and-learn with Dr. Helen Marsh" in feed
    assert b"BEGIN:VALARM" not in feed.split(b"\r\n")
    assert b"\x00" not in feed
    assert max(len(line) for line in feed.split(b"\r\n")) <= 75
    code = "import sys, test_month; sys.stdout.buffer.write(test_month.poisoned_feed())"
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here}:{here.parents[1]}"}
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout == feed
