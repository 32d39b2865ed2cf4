"""Another program writes rubbish into a row: that row looks odd, and everything around it goes on."""

import sqlite3
from contextlib import closing

import builders
import pytest
from sqlalchemy import Boolean, Date, DateTime, Enum, String, Table, select, text

from crm import demo
from crm.accounts.models import Practice
from crm.column_types import Choice, Day, Kept, UtcDateTime
from crm.db import Base, db
from crm.db import writing
from crm.outreach import digest_jobs, feed_service, jobs
from crm.outreach.models import Task

pytestmark = pytest.mark.sqlite
PAGES = ("/", "/pipeline", "/sources", "/clients", "/calendar", "/outbox", "/quick-add")
RUBBISH = {Choice: "rubbish", Day: "not a date", UtcDateTime: "not a time", Kept: "{not json"}
KEYS = {"uuid", "key", "code", "rule", "token_hash", "fs_uniquifier", "message_id", "time_zone", "form_key", "name"}
TABLES = [table for table in Base.metadata.sorted_tables if table.name not in {"roles_users"}]


@pytest.fixture
def desk(app, owner, clock, settings):
    """The sample practice with a calendar; what poisons it writes like a program that asks nobody."""
    with app.app_context():
        practice = builders.practice()
        with writing():
            demo.load(practice, app.extensions["handoff"].sealer(), now=clock.now)
            _feed, token = feed_service.create_feed(
                practice, builders.user(), name="Phone", hide_sources=False, now=clock.now
            )
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(settings.data_dir / "handoff.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        yield other, token
