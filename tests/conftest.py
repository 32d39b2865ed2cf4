"""Every test gets a copy of a migrated database, a clock it can set, and real commits.

`HANDOFF_TEST_DATABASE=postgresql` runs the same tests on a real PostgreSQL.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import builders
import canaries
import form_walk
import outside
import pytest
import two_practices
from databases import Postgres, migrated_sqlite
from flask import Flask
from flask.testing import FlaskClient
from outside import Product
from smtp_server import SmtpServer
from two_practices import TwoPractices
from warm import Warm

from crm.crypto import create_keyring
from crm.db import db
from crm.factory import create_app
from crm.settings import Settings, load_settings


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)  # Wednesday, ten in the morning in New York

    def __call__(self) -> datetime:
        return self.now

    def set(self, iso: str) -> datetime:
        self.now = datetime.fromisoformat(iso).astimezone(UTC)
        return self.now


ON_POSTGRES = os.environ.get("HANDOFF_TEST_DATABASE") == "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what speaks of the other database alone and, in a run on PostgreSQL, what needs none."""
    other = "sqlite" if ON_POSTGRES else "postgresql"
    left_out = {item for item in items if item.get_closest_marker(other) or (ON_POSTGRES and not _uses_database(item))}
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _uses_database(item: pytest.Item) -> bool:
    return not {"settings", "product", "both", "sample"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def on_postgres() -> bool:
    return ON_POSTGRES


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory, on_postgres: bool) -> Path | None:
    return None if on_postgres else migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres(on_postgres: bool) -> Iterator[Postgres | None]:
    if not on_postgres:
        yield None
        return
    server = Postgres()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The parent of `flask` processes."""
    with Warm() as parent:
        yield parent


@contextmanager
def fresh_settings(folder: Path, template_file: Path | None, postgres: Postgres | None) -> Iterator[Settings]:
    """Yield the settings of an installation whose database is a copy of the migrated one."""
    data = folder / "var"
    data.mkdir(mode=0o700)
    url = ""
    if postgres is not None:
        url = postgres.new_database()
    elif template_file is not None:
        shutil.copyfile(template_file, data / "handoff.sqlite3")
    made = load_settings(data_dir=data, database_url=url, base_url="http://localhost", second_factor="off")
    create_keyring(made.keyring_path)
    made.secret_key_path.write_text("a test's own secret key, long enough to sign with\n")
    yield made
    if postgres is not None:
        postgres.drop(url)


@pytest.fixture
def settings(tmp_path: Path, template_file: Path | None, postgres: Postgres | None) -> Iterator[Settings]:
    with fresh_settings(tmp_path, template_file, postgres) as made:
        yield made


@pytest.fixture(scope="session")
def product_made(
    tmp_path_factory: pytest.TempPathFactory, warm: Warm, template_file: Path | None, postgres: Postgres | None
) -> Iterator[Product]:
    """The running product, shared: two practices, their people, and a client with a secret in every field.

    What a test does here others see: it makes what it changes, and leaves accounts and that client as they were.
    """
    folder = tmp_path_factory.mktemp("product")
    with ExitStack() as stack:
        settings = stack.enter_context(fresh_settings(folder, template_file, postgres))
        mailbox = stack.enter_context(SmtpServer())
        made = stack.enter_context(outside.served(settings, warm, mailbox))
        outside.people(made.app)
        owner = made.sign_in()

        def post(path: str, **form: object) -> None:
            answer = owner.post(path, form)
            assert answer.status in {303, 204}, (path, answer.status)

        canaries.tell(made.app, post, datetime.now(ZoneInfo("America/New_York")).date())
        yield made


@pytest.fixture(scope="module")
def product(product_made: Product) -> Product:
    """That product, as free of wrong tries as it began: the files before may have used them up."""
    product_made.forget_tries()
    return product_made


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, template_file: Path | None, postgres: Postgres | None
) -> Iterator[TwoPractices]:
    """Two practices in this process, the first with one of everything; the tests of a file share them."""
    with fresh_settings(tmp_path_factory.mktemp("both"), template_file, postgres) as settings:
        app = create_app(settings, Clock())
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        yield two_practices.make(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def sample_made(
    tmp_path_factory: pytest.TempPathFactory, warm: Warm, template_file: Path | None, postgres: Postgres | None
) -> Iterator[form_walk.Sample]:
    """Another running product, with the sample practice and every form found: for tests that send them all."""
    with ExitStack() as stack:
        settings = stack.enter_context(fresh_settings(tmp_path_factory.mktemp("sample"), template_file, postgres))
        mailbox = stack.enter_context(SmtpServer())
        made = stack.enter_context(outside.served(settings, warm, mailbox))
        outside.people(made.app)
        yield form_walk.Sample.of(made, datetime.now(ZoneInfo("America/New_York")).date().isoformat())


@pytest.fixture(scope="module")
def sample(sample_made: form_walk.Sample) -> form_walk.Sample:
    """That product, to whose owner each file signs in anew: what the one before proved, or tried wrong, is past."""
    sample_made.product.forget_tries()
    sample_made.owner = sample_made.product.sign_in()
    return sample_made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A mail server that does what a test tells it."""
    with SmtpServer() as running:
        yield running


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(settings, clock)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """The signed-in owner of the practice that `builders.practice()` makes."""
    return builders.signed_in(app)
