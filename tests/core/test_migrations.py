"""Migrations go up, down and up again; the head is what the models say."""

from datetime import UTC, datetime

import builders
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from crm.db import Base, db, writing
from crm.journal import service as journal
from crm.journal.events import SourceAdded


def test_the_newest_migration_equals_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_down_and_up_again(app):
    with app.app_context():
        downgrade(revision="base")
        with db.engine.connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        upgrade()
        with db.engine.connect() as connection:
            assert {"task", "journal_entry", "outbox_message"} <= set(inspect(connection).get_table_names())


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET type = 'x'", "DELETE FROM journal_entry"])
def test_the_journal_cannot_be_rewritten(app, statement):
    with app.app_context():
        practice = builders.practice()
        with writing():
            source = builders.source(practice)
            journal.record(practice, SourceAdded(source=f"s{source.id}"), now=datetime(2026, 5, 6, 14, tzinfo=UTC))
        with pytest.raises(Exception, match="append-only"), writing():
            db.session.execute(text(statement))
