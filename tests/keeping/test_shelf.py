"""Which backups are kept: the newest of seven days, four weeks and twelve months."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.keeping import shelf

START = datetime(2026, 12, 31, 2, tzinfo=UTC)


def daily(count, step=1):
    return [shelf.name_for(START - timedelta(days=n * step)) for n in range(count)]


def kept(names):
    gone = set(shelf.surplus(names))
    return sorted((shelf.made_at(name).date().isoformat() for name in names if name not in gone), reverse=True)


@pytest.mark.parametrize(
    ("names", "stay"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            daily(7),
            ["2026-12-31", "2026-12-30", "2026-12-29", "2026-12-28", "2026-12-27", "2026-12-26", "2026-12-25"],
            id="a week of days stays whole",
        ),
        pytest.param(
            daily(400),
            [
                "2026-12-31", "2026-12-30", "2026-12-29", "2026-12-28", "2026-12-27", "2026-12-26", "2026-12-25",
                "2026-12-20", "2026-12-13", "2026-11-30", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31",
                "2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31",
            ],
            id="a year of days leaves seven days, four weeks, twelve months",
        ),
        pytest.param(
            daily(5, step=100),
            ["2026-12-31", "2026-09-22", "2026-06-14", "2026-03-06", "2025-11-26"],
            id="days without a backup do not count",
        ),
        pytest.param(
            [shelf.name_for(START - timedelta(hours=h)) for h in (0, 5, 23, 25, 26)],
            ["2026-12-31", "2026-12-30", "2026-12-30"], id="all of the last 24 hours",
        ),
        pytest.param(["notes.txt", "handoff-20261399T999999Z.backup"], [], id="other files are not ours to remove"),
    ],
)  # fmt: skip
def test_what_is_kept(names, stay):
    assert kept([name for name in names if shelf.made_at(name)]) == stay
    assert all(shelf.made_at(name) for name in shelf.surplus(names))


def test_two_of_one_second_have_two_names_and_an_order():
    first = shelf.name_for(START)
    second = shelf.name_for(START, {first})
    assert second == "handoff-20261231T020000Z-2.backup"
    assert shelf.newest_first([first, second]) == [second, first]
