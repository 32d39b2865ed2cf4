"""The hash that tests trust when they say "nothing changed"."""

from datetime import UTC, datetime

import builders
import pytest
from dbhash import VOLATILE_COLUMNS, VOLATILE_TABLES, dbhash

from crm.db import db, writing
from crm.outreach.models import Heartbeat


@pytest.fixture
def app(app):
    with app.app_context():
        yield app


def test_it_stays_where_nothing_changes_and_moves_with_one_letter(app):
    with writing():
        builders.source()
    before = dbhash()
    assert dbhash() == before
    with writing():
        builders.source(first_name="Helena")
    assert dbhash() != before


def test_a_changed_value_in_an_old_row_is_seen(app):
    with writing():
        made = builders.source()
    before = dbhash()
    with writing():
        made.credentials_text = "x"
    changed = dbhash()
    assert changed != before
    with writing():
        made.credentials_text = ""
    assert dbhash() == before


def test_the_clock_that_ticks_is_no_change(app):
    before = dbhash()
    with writing():
        db.session.add(Heartbeat(id=1, ticked_at=datetime(2026, 5, 6, 11, tzinfo=UTC), details={}))
    assert dbhash() == before


def test_what_it_leaves_out_is_there_under_that_name():
    assert set(VOLATILE_TABLES) <= set(db.metadata.tables)
    assert all(column in db.metadata.tables[table].columns for table, column in VOLATILE_COLUMNS)
