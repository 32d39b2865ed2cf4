"""On which mornings a digest comes: hours, days, pauses, outages, and two hundred days across both clock changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.outreach.mornings import Wishes, comes_on, is_due, next_morning
from crm.outreach.workdays import Workdays

USUAL = Wishes("07:00", "12345")
CALENDAR = Workdays(frozenset({date(2026, 12, 23)}))
FIRST = datetime(2026, 9, 20, tzinfo=UTC)  # 200 days from here hold both changes, north and south
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Honolulu")


def ticks(days: int, minutes: int = 10, first: datetime = FIRST) -> Iterator[datetime]:
    for n in range(days * 24 * 60 // minutes):
        yield first + timedelta(minutes=n * minutes)


def digests(moments: Iterator[datetime], zone: str | dict[date, str], wishes: Wishes = USUAL) -> list[datetime]:
    """Return when digests go out, on the wall: as the queue does it, a date decided is not asked about again."""
    decided: set[date] = set()
    sent = []
    for now in moments:
        where = zone if isinstance(zone, str) else [z for since, z in sorted(zone.items()) if since <= now.date()][-1]
        local = now.astimezone(ZoneInfo(where))
        if local.date() not in decided and is_due(wishes, now_local=local, calendar=CALENDAR, has_urgent=False):
            decided.add(local.date())
            sent.append(local)
    return sent


@pytest.mark.parametrize("zone", ZONES)
def test_two_hundred_days_give_one_digest_on_each_working_day_at_seven(zone):
    sent = digests(ticks(200), zone)
    whole = [FIRST.astimezone(ZoneInfo(zone)).date() + timedelta(days=n) for n in range(1, 199)]
    assert [at.date() for at in sent if at.date() in set(whole)] == [
        on for on in whole if comes_on(USUAL, on, CALENDAR)
    ]
    assert {f"{at:%H:%M}" for at in sent[1:]} == {"07:00"}
    if zone != "Pacific/Honolulu":
        assert len({at.utcoffset() for at in sent}) == 2  # the change lies inside


@pytest.mark.parametrize("zone", ZONES)
def test_somebody_who_works_every_day_gets_one_every_day_but_holidays(zone):
    sent = digests(ticks(200, 30), zone, Wishes("07:00", "1234567"))
    off = [date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 23), date(2026, 12, 25)]
    assert len(sent) == len({at.date() for at in sent})
    assert not {at.date() for at in sent} & set(off)
    assert len(sent) in {200 - len(off) - 3, 200 - len(off) - 3 + 1}  # New Year, Dr. King, Presidents' Day


@pytest.mark.parametrize(
    ("zone", "hour", "on", "comes"),
    [
        pytest.param("America/New_York", "02:30", date(2027, 3, 14), "03:00", id="an hour that is skipped"),
        pytest.param("America/New_York", "01:30", date(2026, 11, 1), "01:30", id="an hour there twice"),
        pytest.param("Australia/Lord_Howe", "02:15", date(2026, 10, 4), "02:30", id="half an hour that is skipped"),
        pytest.param("Australia/Lord_Howe", "01:45", date(2027, 4, 4), "01:50", id="half an hour there twice"),
        pytest.param("America/New_York", "00:00", date(2026, 11, 3), "00:00", id="midnight"),
        pytest.param("America/New_York", "23:59", date(2026, 11, 3), None, id="no tick in its last minute"),
    ],
)
def test_at_odd_hours_it_comes_once_at_the_first_tick_there_is(zone, hour, on, comes):
    around = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(days=1)
    sent = digests(ticks(3, first=around), zone, Wishes(hour, "1234567"))
    assert [f"{at:%H:%M}" for at in sent if at.date() == on] == ([comes] if comes else [])


def test_a_minute_before_and_after_midnight_are_two_days():
    late = Wishes("23:30", "1234567")
    tuesday = datetime(2026, 5, 6, 3, 59, tzinfo=UTC)  # 23:59 in New York
    sent = digests(
        iter([tuesday, tuesday + timedelta(minutes=2), tuesday + timedelta(days=1)]), "America/New_York", late
    )
    assert [f"{at:%d %H:%M}" for at in sent] == ["05 23:59", "06 23:59"]


def test_three_days_off_give_one_digest_and_no_flood():
    awake = [*ticks(2, first=datetime(2026, 5, 4, tzinfo=UTC)), *ticks(2, first=datetime(2026, 5, 8, 16, tzinfo=UTC))]
    sent = digests(iter(awake), "America/New_York", Wishes("07:00", "1234567"))
    assert [f"{at:%d %H:%M}" for at in sent] == ["03 20:00", "04 07:00", "05 07:00", "08 12:00", "09 07:00", "10 07:00"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("America/New_York", "Pacific/Honolulu"),
        ("Pacific/Honolulu", "Pacific/Auckland"),
        ("Pacific/Auckland", "Pacific/Honolulu"),
        ("Europe/Berlin", "America/Los_Angeles"),
    ],
)
def test_who_moves_to_another_zone_gets_none_twice(before, after):
    move = {date(2026, 5, 1): before, date(2026, 5, 6): after}
    sent = digests(ticks(8, first=datetime(2026, 5, 3, tzinfo=UTC)), move, Wishes("07:00", "1234567"))
    assert len(sent) == len({at.date() for at in sent})
    settled = [at for at in sent if at.date() >= date(2026, 5, 8)]
    assert {f"{at:%H:%M}" for at in settled} == {"07:00"}
    assert len(settled) >= 2


@pytest.mark.parametrize(
    ("on", "wishes", "urgent", "comes"),
    [
        pytest.param(date(2026, 5, 6), USUAL, False, True, id="Wednesday"),
        pytest.param(date(2026, 5, 9), USUAL, False, False, id="Saturday"),
        pytest.param(date(2026, 5, 9), USUAL, True, True, id="Saturday with something urgent"),
        pytest.param(date(2026, 5, 9), Wishes("07:00", "6"), False, True, id="Saturday is their day"),
        pytest.param(date(2026, 5, 6), Wishes("07:00", "6"), False, False, id="Wednesday is not"),
        pytest.param(date(2026, 7, 4), Wishes("07:00", "6"), False, False, id="a holiday on their Saturday"),
        pytest.param(date(2026, 12, 23), USUAL, False, False, id="a closed day"),
        pytest.param(date(2026, 5, 25), USUAL, True, True, id="a holiday with something urgent"),
        pytest.param(date(2026, 5, 6), replace(USUAL, paused_until=date(2026, 5, 7)), True, False, id="paused"),
        pytest.param(date(2026, 5, 6), replace(USUAL, paused_until=date(2026, 5, 6)), False, True, id="pause over"),
    ],
)
def test_days_pauses_and_what_is_urgent(on, wishes, urgent, comes):
    local = datetime(on.year, on.month, on.day, 7, tzinfo=ZoneInfo("America/New_York"))
    assert is_due(wishes, now_local=local, calendar=CALENDAR, has_urgent=urgent) is comes
    assert not is_due(wishes, now_local=local - timedelta(seconds=1), calendar=CALENDAR, has_urgent=True)


@pytest.mark.parametrize(
    ("today", "wishes", "comes"),
    [
        pytest.param(date(2026, 5, 8), USUAL, date(2026, 5, 11), id="over the weekend"),
        pytest.param(date(2026, 5, 22), USUAL, date(2026, 5, 26), id="over Memorial Day"),
        pytest.param(date(2026, 5, 6), Wishes("07:00", "3"), date(2026, 5, 13), id="Wednesdays only"),
        pytest.param(
            date(2026, 5, 6),
            replace(USUAL, paused_until=date(2026, 8, 29)),
            date(2026, 8, 31),
            id="a pause over the summer",
        ),
        pytest.param(
            date(2026, 5, 6), replace(USUAL, paused_until=date(2028, 9, 2)), date(2028, 9, 5), id="years, to Labor Day"
        ),
    ],
)
def test_the_mail_says_when_the_next_one_comes(today, wishes, comes):
    assert next_morning(wishes, today, CALENDAR) == comes
