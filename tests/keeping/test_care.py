"""SQLite's file is looked at each night; one damaged page stops all writing; its log stays short."""

import sqlite3
from datetime import timedelta

import builders
import pytest
from sqlalchemy import insert, select, text

from crm.db import DAMAGED, WAL_LIMIT, Damaged, db, writing
from crm.keeping import care_jobs
from crm.keeping.models import KeepingRun, Kind
from crm.outreach import feed_service, upkeep_jobs
from crm.outreach.worker import Worker
from crm.sources.models import Office

pytestmark = pytest.mark.sqlite


@pytest.fixture
def desk(practice, clock):
    with writing():
        practice.created_at = clock.now - timedelta(days=1)
    return practice


def harm(settings) -> None:
    """Overwrite a page of the task table, as a dying disk would."""
    upkeep_jobs.wipe_deleted()
    db.engine.dispose()
    path = settings.data_dir / "handoff.sqlite3"
    with sqlite3.connect(path) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_task_client'").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x17" * size)


def test_a_whole_database_is_looked_at_once_a_night_and_thoroughly_once_a_week(desk, clock, settings):
    assert care_jobs.check_database(now=clock.now) == 1
    assert care_jobs.check_database(now=clock.now + timedelta(hours=1)) == 0
    assert (settings.data_dir / "handoff.sqlite3-wal").stat().st_size < 40_000  # emptied; what came of it was noted
    for day in range(1, 8):
        assert care_jobs.check_database(now=clock.now + timedelta(days=day)) == 1
    kinds = [row.kind for row in db.session.scalars(select(KeepingRun).order_by(KeepingRun.id))]
    assert kinds == [Kind.FULL_CHECK, *[Kind.QUICK_CHECK] * 6, Kind.FULL_CHECK]


def test_one_damaged_page_stops_all_writing_and_says_what_to_do(app, desk, clock, settings, owner, run):  # noqa: PLR0917
    upkeep_jobs.housekeeping(now=clock.now)
    with writing(desk.id):
        _feed, token = feed_service.create_feed(desk, builders.user(), name="Phone", hide_sources=False, now=clock.now)
    harm(settings)
    done = Worker(app).run_once(clock.now)
    assert done["check_database"] is None
    assert (settings.data_dir / DAMAGED).exists()
    with pytest.raises(Damaged), writing():
        pass
    assert "The database is damaged and nothing can be saved" in owner.get("/").text
    assert owner.get(f"/cal/{token}.ics").status_code == 200
    page = owner.post("/practice", data={})
    assert page.status_code == 503
    assert "flask restore FILE --into NEW-FOLDER" in page.text
    told = run(args=["doctor", "--now", clock.now.isoformat()])
    assert told.exit_code == 1
    assert "bad  integrity: The database is damaged; nothing more is written to it." in told.output
    assert "flask restore" in told.output
    refused = run(args=["backup"])
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: the database is damaged; `flask doctor` says what to do\n",
    )
    assert set(Worker(app).run_once(clock.now).values()) <= {None, 0}


def test_a_log_nobody_folds_is_folded_by_whoever_writes(desk, settings):
    """80 MB are written, and no clock runs."""
    log = settings.data_dir / "handoff.sqlite3-wal"
    longest = 0
    for number in range(8):
        with writing():
            rows = [
                {"practice_id": desk.id, "name": f"W{number} {n}", "street": "x" * 200_000, "closed_days": []}
                for n in range(50)
            ]
            db.session.execute(insert(Office), rows)
        longest = max(longest, log.stat().st_size)
    assert longest > WAL_LIMIT
    assert log.stat().st_size < WAL_LIMIT
    assert settings.data_dir.joinpath("handoff.sqlite3").stat().st_size > WAL_LIMIT


@pytest.mark.parametrize("command", [["worker", "--once"], ["backup"], ["doctor"]], ids=" ".join)
def test_a_database_that_stopped_half_way_to_the_newest_form_is_refused(desk, run, command):
    with writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    refused = run(args=command)
    assert refused.exit_code == 1
    assert "flask init" in refused.output
