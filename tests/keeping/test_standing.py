"""When a backup is due, and what a page says of it."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.keeping.models import KeepingRun, Kind, RunState
from crm.keeping.standing import Clock, is_due, standing, week_is_over

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
NIGHT = datetime(2026, 5, 6, 6, tzinfo=UTC)  # two at night in New York
OK, FAILED, RUNNING = RunState.OK, RunState.FAILED, RunState.RUNNING


def hours(n):
    return NIGHT + timedelta(hours=n)


def clock(now, began=BEGAN):
    return Clock(now, "America/New_York", began)


def runs(*told, kind=Kind.BACKUP):
    """Return runs by kind and state, in the order they were made."""
    return {
        (kind, state): KeepingRun(id=n, kind=kind, state=state, at=at, trouble="") for n, (state, at) in enumerate(told)
    }


@pytest.mark.parametrize(
    ("latest", "now", "due"),
    [
        pytest.param({}, hours(1), True, id="the first night has passed"),
        pytest.param(runs((OK, hours(-24))), hours(-0.1), False, id="before two it is yesterday's night"),
        pytest.param(runs((OK, hours(-24))), hours(0), True, id="at two at night"),
        pytest.param(runs((OK, hours(0.1))), hours(23), False, id="once a night"),
        pytest.param(runs((OK, hours(-24 * 9))), hours(9), True, id="the machine was off at night"),
        pytest.param(runs((OK, hours(-24)), (FAILED, hours(1))), hours(1.5), False, id="a failure waits an hour"),
        pytest.param(runs((OK, hours(-24)), (FAILED, hours(1))), hours(2), True, id="and is tried again"),
        pytest.param(runs((OK, hours(-24)), (RUNNING, hours(0))), hours(0.2), False, id="somebody is at it"),
        pytest.param(runs((OK, hours(-24)), (RUNNING, hours(0))), hours(1), True, id="whoever was at it is gone"),
    ],
)
def test_a_backup_is_due_once_a_night(latest, now, due):
    assert is_due(latest, Kind.BACKUP, clock(now)) is due


def test_a_practice_of_today_is_backed_up_tonight():
    assert not is_due({}, Kind.BACKUP, clock(hours(5), began=hours(4)))
    assert is_due({}, Kind.BACKUP, clock(hours(24), began=hours(4)))


def test_somebody_erased_calls_for_a_backup_at_once():
    made = runs((OK, hours(0)))
    assert is_due(made, Kind.BACKUP, clock(hours(5)), since=hours(4))
    assert not is_due(made, Kind.BACKUP, clock(hours(5)), since=hours(-4))


def test_the_night_of_the_clock_change_is_one_night():
    """On 8 March 2026 there is no two o'clock in New York."""
    done = runs((OK, datetime(2026, 3, 7, 7, tzinfo=UTC)))
    assert not is_due(done, Kind.BACKUP, clock(datetime(2026, 3, 8, 6, 59, tzinfo=UTC)))
    assert is_due(done, Kind.BACKUP, clock(datetime(2026, 3, 8, 7, 1, tzinfo=UTC)))


def test_a_rehearsal_is_due_once_a_week():
    done = runs((OK, hours(0)), kind=Kind.REHEARSAL)
    assert week_is_over({}, Kind.REHEARSAL, hours(0))
    assert not week_is_over(done, Kind.REHEARSAL, hours(24 * 6))
    assert week_is_over(done, Kind.REHEARSAL, hours(24 * 7))


@pytest.mark.parametrize(
    ("latest", "line", "warning"),
    [
        pytest.param({}, "", "There is no backup yet.", id="none after months"),
        pytest.param(runs((OK, hours(0.2))), "Last backup: today 02:12, checked.", "", id="last night's"),
        pytest.param(
            runs((OK, hours(0.2))) | runs((OK, hours(-24 * 3)), kind=Kind.REHEARSAL),
            "Last backup: today 02:12, checked; restored on trial Sun\xa03\xa0May 02:00.", "", id="restored on trial",
        ),
        pytest.param(
            runs((OK, hours(-72))), "Last backup: Sun\xa03\xa0May 02:00, checked.", "The last backup is 3 days old.",
            id="old",
        ),
        pytest.param(
            runs((OK, hours(-24)), (FAILED, hours(0))), "Last backup: yesterday 02:00, checked.",
            "A backup failed: .", id="failed since",
        ),
        pytest.param(runs((FAILED, hours(0)), (OK, hours(1))), "Last backup: today 03:00, checked.", "", id="well"),
    ],
)  # fmt: skip
def test_a_page_says_how_backups_stand(latest, line, warning):
    told = standing(latest, clock(hours(5)))
    assert (told.line, told.warning) == (line, warning)


def test_on_the_first_day_nothing_is_wrong():
    told = standing({}, clock(hours(5), began=hours(4)))
    assert (told.line, told.warning) == ("The first backup comes tonight.", "")
