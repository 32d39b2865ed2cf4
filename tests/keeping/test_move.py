"""A practice that has outgrown its SQLite file goes over to PostgreSQL with everything it has."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import builders
import mailroom
import pytest
from databases import Postgres, migrated_sqlite
from flask import Flask
from sqlalchemy import create_engine, select, text, update
from warm import Warm

from crm import demo
from crm.accounts.models import Practice
from crm.clients.models import Client
from crm.crypto import create_keyring
from crm.db import Base, db, writing
from crm.factory import create_app
from crm.journal import chain
from crm.journal import queries as journal_queries
from crm.keeping.move import MOVED, content_hash
from crm.outreach import outbox
from crm.outreach.models import MessageState, OutboxMessage
from crm.outreach.worker import Worker
from crm.settings import Settings, load_settings

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """The sample practice in a SQLite file, with messages in every state, and its keys."""
    folder = tmp_path_factory.mktemp("filled")
    data = folder / "var"
    data.mkdir(mode=0o700)
    migrated_sqlite(data)
    settings = load_settings(data_dir=data, base_url="http://localhost")
    create_keyring(settings.keyring_path)
    settings.secret_key_path.write_text("a test's own secret key, long enough to sign with\n")
    app = create_app(settings, lambda: NOW)
    with app.app_context():
        practice = builders.user().practice_id
        with writing():
            demo.load(db.session.get_one(Practice, practice), app.extensions["handoff"].sealer(), now=NOW)
        for state in MessageState:
            mailroom.put(f"task:{state}", now=NOW)
            with writing():
                db.session.execute(
                    update(OutboxMessage).where(OutboxMessage.key == f"task:{state}").values(state=state)
                )
        Worker(app).run("seal_journal", now=NOW)
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as parent:
        yield parent


@pytest.fixture
def old(filled: Path, tmp_path: Path, clock) -> Flask:
    """That practice as an installation of its own."""
    shutil.copytree(filled, tmp_path / "old")
    settings = load_settings(data_dir=tmp_path / "old" / "var", base_url="http://localhost", second_factor="off")
    return create_app(settings, clock)


def settings_of(app: Flask) -> Settings:
    return app.extensions["handoff"].settings


def moved(old: Flask, url: str, *more: str):
    return old.test_cli_runner().invoke(args=["move-db", "--to", url, *more])


def hash_of(url: str) -> str:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        content = content_hash(connection)
    engine.dispose()
    return content


def on_postgres(old: Flask, settings: Settings, clock) -> Flask:
    """The same installation with the new database set."""
    app = create_app(settings_of(old).model_copy(update={"database_url": settings.database_url}), clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def test_everything_arrives_and_the_desk_works_on(old, settings, clock):
    before = hash_of(settings_of(old).sqlalchemy_url)
    answer = moved(old, settings.database_url, "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["content"] == before
    new = on_postgres(old, settings, clock)
    with new.app_context():
        practice = builders.practice()
        assert chain.verify(practice.id, journal_queries.chained(practice.id), [], {}).trouble == ""
        code = db.session.scalar(select(Client.code).limit(1))
        browser = builders.signed_in(new)
        assert browser.get(f"/clients/{code}").status_code == 200  # sealed rows open with the same keys
        assert browser.post("/quick-add", data={"line": "ring", "kind": "call", "due": "2026-05-07"}).status_code == 303
        with writing():
            builders.source(last_name="Newcomer")
        assert None not in Worker(new).run_once(clock.now).values()
        db.session.remove()
        db.engine.dispose()


def test_nothing_leaves_from_the_new_database_unasked(old, settings, clock):
    assert moved(old, settings.database_url).exit_code == 0
    new = on_postgres(old, settings, clock)
    with new.app_context():
        states = {row.key.removeprefix("task:"): (row.state.value, row.reply) for row in mailroom.rows().values()}
        waiting = {key: states[key] for key in ("queued", "retry", "held", "claimed")}
        assert set(waiting.values()) == {("held", MOVED)}
        assert states["in_data"][0] == "unknown"
        assert {key: states[key][0] for key in ("sent", "failed", "unknown", "cancelled")} == {
            key: key for key in ("sent", "failed", "unknown", "cancelled")
        }
        with writing():
            assert outbox.let_go() == 0
        db.session.remove()
        db.engine.dispose()


def test_numbers_go_on_after_the_last(old, settings, clock):
    with old.app_context(), writing():
        demo.remove(builders.practice())  # the last entries of the journal go, their numbers do not come again
        last = db.session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'journal_entry'")).scalar_one()
    assert moved(old, settings.database_url).exit_code == 0
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            column = table.autoincrement_column
            if column is not None:
                quoted = connection.dialect.identifier_preparer.format_table(table)
                number = "SELECT nextval(pg_get_serial_sequence(:t, :c))"
                given = connection.execute(text(number), {"t": quoted, "c": column.name}).scalar_one()
                there = connection.execute(select(column).order_by(column.desc()).limit(1)).scalar() or 0
                assert given > there, table.name
                assert table.name != "journal_entry" or given == last + 1
    engine.dispose()


def test_a_database_in_use_is_refused_and_left_alone(old, app, settings):
    with app.app_context():
        builders.user()
    before = hash_of(settings.database_url)
    answer = moved(old, settings.database_url)
    assert answer.exit_code == 1
    assert "that database is in use" in answer.output
    assert hash_of(settings.database_url) == before


def test_the_unnamed_practice_of_a_fresh_installation_gives_way(old, app, settings):
    with app.app_context():
        builders.practice(name="")
    assert moved(old, settings.database_url).exit_code == 0


def test_a_row_that_does_not_fit_is_named_and_nothing_stays_behind(old, settings):
    empty = hash_of(settings.database_url)
    with old.app_context(), writing():
        db.session.execute(text("UPDATE source SET last_name = :long"), {"long": "x" * 5000})
    answer = moved(old, settings.database_url)
    assert answer.exit_code == 1
    assert "a row of source does not fit" in answer.output
    assert hash_of(settings.database_url) == empty


def test_a_killed_move_leaves_nothing_behind(old, settings, warm, tmp_path):
    empty = hash_of(settings.database_url)
    env = {"HANDOFF_DATA_DIR": str(settings_of(old).data_dir), "HANDOFF_BASE_URL": "http://localhost"}
    engine = create_engine(settings.database_url)
    with engine.begin() as other:
        other.execute(text("LOCK TABLE visit IN EXCLUSIVE MODE"))  # the move gets that far and waits
        pid = warm.start("move-db", "--to", settings.database_url, env=env, output=tmp_path / "output.txt")
        looking = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        mailroom.wait_until(
            lambda: looking.scalar(
                text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'visit'::regclass")
            )
        )
        os.kill(pid, signal.SIGKILL)
        assert warm.wait(pid) == -signal.SIGKILL
        looking.close()
    engine.dispose()
    assert hash_of(settings.database_url) == empty
    assert moved(old, settings.database_url).exit_code == 0


def test_an_address_that_is_none_and_a_bare_database_are_said_in_one_line(old, settings, postgres: Postgres):
    assert moved(old, "nonsense").exit_code == 2
    bare = postgres.new_database(bare=True)
    answer = moved(old, bare)
    assert (answer.exit_code, answer.output.count("\n")) == (1, 1)
    assert "flask init" in answer.output
    postgres.drop(bare)
