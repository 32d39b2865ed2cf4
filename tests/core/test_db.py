"""The database's own promises: durable, one writer at a time, aware moments."""

import threading
from datetime import UTC, datetime

import builders
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import StatementError

from crm.accounts.models import Practice
from crm.db import PRAGMAS, WRITING, db, writing


@pytest.mark.sqlite
def test_every_connection_is_durable(app):
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "temp_store": 2}
    with app.app_context(), db.engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in expected}
    assert found == expected
    assert set(expected) <= {name for name, _value in PRAGMAS}


def test_writers_wait_for_each_other_and_nothing_is_lost(app):
    with app.app_context():
        practice_id = builders.practice().id

    def add_ten():
        with app.app_context():
            for _ in range(10):
                with writing(practice_id):
                    now = db.session.scalar(select(Practice.next_client).where(Practice.id == practice_id))
                    db.session.execute(update(Practice).where(Practice.id == practice_id).values(next_client=now + 1))
            db.session.remove()

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalar(select(Practice.next_client)) == 101 + 40


def test_a_failed_unit_of_work_lets_the_next_writer_in(app):
    with app.app_context():
        practice = builders.practice()
        with pytest.raises(RuntimeError), writing():
            practice.name = "never"
            db.session.flush()
            raise RuntimeError
        with writing():
            db.session.execute(update(Practice).values(name="after"))
        assert db.session.scalar(select(Practice.name)) == "after"


@pytest.mark.sqlite
def test_a_post_begins_as_a_writing_transaction_whatever_was_read_before(app, owner):
    begun = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", lambda connection: begun.append(WRITING in connection.get_execution_options()))
    owner.post("/practice", data={})
    assert begun == [True]


def test_a_naive_moment_is_refused(app):
    with app.app_context(), pytest.raises(StatementError, match="naive"):
        db.session.execute(update(Practice).values(created_at=datetime(2026, 5, 6)))  # noqa: DTZ001


def test_moments_come_back_aware(app):
    with app.app_context():
        practice = builders.practice()
        db.session.expire_all()
        assert practice.created_at.tzinfo is UTC


@pytest.mark.sqlite
def test_a_raw_writer_from_outside_is_seen(app):
    with app.app_context():
        builders.practice()
        with db.engine.connect() as connection:
            assert connection.execute(text("PRAGMA application_id")).scalar() == 0x48414E44
