"""What the foot of a page and the page of the clock say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.outreach import clock_words
from crm.outreach.mornings import Wishes
from crm.outreach.workdays import US_WORKDAYS

NOW = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "a moment ago"), (59, "a moment ago"), (60, "a minute ago"), (419, "6 minutes ago"), (3600, "an hour ago"),
        (7200, "2 hours ago"), (86_400, "a day ago"), (300_000, "3 days ago"),
    ],
)  # fmt: skip
def test_a_distance_in_time_is_said_as_people_say_it(seconds, words):
    assert clock_words.ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "tick", "is_late"),
    [
        pytest.param(300, 30, False, id="five minutes"),
        pytest.param(301, 30, True, id="R35 more than five minutes"),
        pytest.param(599, 300, False, id="a slow clock is not late before two ticks"),
        pytest.param(601, 300, True, id="R35 a slow clock after two ticks"),
    ],
)
def test_silence_is_late(seconds, tick, is_late):
    beat = clock_words.beat(NOW - timedelta(seconds=seconds), NOW, tick_seconds=tick, leaving=2, digest="")
    assert beat.is_late == is_late
    assert ("wait until it runs again" in beat.text) == is_late


def test_a_clock_that_never_ticked_is_late():
    assert clock_words.beat(None, NOW, tick_seconds=30, leaving=0, digest="today at 7:00").is_late


@pytest.mark.parametrize(
    ("leaving", "digest", "words"),
    [
        (0, "", "The clock ticked a moment ago."),
        (1, "", "The clock ticked a moment ago; one message waits to leave."),
        (3, "tomorrow at 7:00", "The clock ticked a moment ago; the next digest comes tomorrow at 7:00; "
                                "three messages wait to leave."),
    ],
)  # fmt: skip
def test_the_foot_says_what_comes(leaving, digest, words):
    assert clock_words.beat(NOW, NOW, tick_seconds=30, leaving=leaving, digest=digest).text == words


@pytest.mark.parametrize(
    ("local", "words"),
    [
        pytest.param("2026-05-06T06:59", "today at 7:00", id="before its hour"),
        pytest.param("2026-05-06T07:00", "tomorrow at 7:00", id="after its hour"),
        pytest.param("2026-05-08T12:00", "Mon 11 May at 7:00", id="over the weekend"),
        pytest.param("2026-05-22T12:00", "Tue 26 May at 7:00", id="over Memorial Day"),
    ],
)
def test_the_next_digest(local, words):
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("America/New_York"))
    said = clock_words.next_digest(at, Wishes("07:00", "12345"), US_WORKDAYS)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == words


def test_each_job_tells_its_last_run_and_its_troubles():
    at = (NOW - timedelta(minutes=3)).isoformat()
    told = {"at": at, "kind": "OSError"}
    details = {
        "runs": {"send_outbox": {"at": at, "seconds": 0.5, "done": 2}, "new_job": {"at": at, "seconds": 1, "done": 1}},
        "failures": {"send_outbox": {**told, "count": 2}, "queue_digests": {**told, "count": 1}},
        "queue_digests": told,
    }
    lines = {line.what: line for line in clock_words.job_lines(details, NOW)}
    sends, writes = lines["Sends what is due"], lines["Writes the morning digests"]
    assert sends.last_run == "Ran 3 minutes ago, in 0.50 s, two messages."
    assert (sends.trouble, sends.fails) == ("Failed two times, last 3 minutes ago (OSError).", False)
    assert (writes.last_run, writes.fails) == ("It has not run yet.", True)
    assert "New job" in lines
