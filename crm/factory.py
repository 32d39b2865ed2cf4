"""Put the application together: settings in, a Flask application out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from crm import cli, disk_pages, fresh, front_door, guards, logs, removed_views, signing_keys, throttle_pages, web
from crm.accounts import account_views as account
from crm.accounts import people_views as people
from crm.accounts import session_interface, session_views, sign_in
from crm.accounts import setup_views as setup
from crm.accounts import views as accounts
from crm.analytics import views as analytics
from crm.clients import retention_views as retention
from crm.clients import rights_views as rights
from crm.clients import views as clients
from crm.clock import utcnow
from crm.column_types import read_json
from crm.crypto import KeyFile, Sealer
from crm.db import POSTGRES, db, install_sqlite_rules
from crm.documents import views as documents
from crm.journal import access_views
from crm.journal import log_views as audit_log
from crm.keeping import keeping_views as keeping
from crm.keeping import trouble_views as trouble
from crm.outreach import mailer
from crm.outreach import views as outreach
from crm.pipeline import views as pipeline
from crm.readiness import guard_views
from crm.readiness import views as readiness
from crm.response_headers import ResponseHeaders
from crm.settings import Settings
from crm.sources import import_views as imports
from crm.sources import views as sources

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "crm" / "static"


class RowId(IntegerConverter):
    """Plain digits, and no more of them than `crm.text.row_id` takes: a longer number breaks the database's driver."""

    regex = r"[0-9]{1,9}"


@dataclass
class Handoff:
    """What the application carries along: settings, the clock, and the keys once they are needed."""

    settings: Settings
    clock: Callable[[], datetime]
    _sealer: Sealer | None = field(default=None, repr=False)
    _key_file: KeyFile = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._key_file = KeyFile(self.settings.keyring_path)

    def elsewhere(self, folder: Path) -> Flask:
        """Return an application without pages for the SQLite database in another folder, under the same keys."""
        there = {"data_dir": folder, "database_url": "", "key_file": self.settings.keyring_path}
        return bare_app(self.settings.model_copy(update=there), self.clock)

    def sealer(self) -> Sealer:
        """Open the key file at the first need; feeds, digests and the board never need it.

        A file that was replaced meanwhile is read again: keys are changed while the desk runs.
        """
        keyring = self._key_file.keyring()  # a file that is gone shuts what it opened
        if self._sealer is None:
            self._sealer = Sealer(keyring, self._key_file.keyring)
        return self._sealer


def create_app(settings: Settings, clock: Callable[[], datetime] = utcnow) -> Flask:
    """Make the application. `clock` returns the present moment, aware, in UTC."""
    app = bare_app(settings, clock)
    logs.configure()
    front_door.install(app)  # before all that reads a request or begins to write
    web.install(app)  # before Security, whose hooks read the user: a POST's transaction begins as a writing one
    disk_pages.install(app)
    trouble.install(app)
    throttle_pages.install(app)
    access_views.install(app)
    sign_in.install(app)
    session_interface.install(app)
    mailer.init_app(app)
    guards.register(app, setup.setup_bp, guard=guards.public)
    guards.register(app, accounts.bp, guard=guards.login_required)
    guards.register(app, account.bp, guard=guards.login_required)
    guards.register(app, session_views.bp, guard=guards.login_required)
    guards.register(app, people.bp, guard=guards.owner_required)
    guards.register(app, sources.bp, guard=guards.login_required)
    guards.register(app, imports.bp, guard=guards.login_required)
    guards.register(app, clients.bp, guard=guards.login_required)
    guards.register(app, rights.bp, guard=guards.owner_required)
    guards.register(app, retention.bp, guard=guards.owner_required)
    guards.register(app, pipeline.bp, guard=guards.login_required)
    guards.register(app, documents.bp, guard=guards.login_required)
    guards.register(app, documents.public_bp, guard=guards.public)
    guards.register(app, outreach.bp, guard=guards.login_required)
    guards.register(app, audit_log.bp, guard=guards.owner_required)
    guards.register(app, keeping.bp, guard=guards.login_required)
    guards.register(app, readiness.bp, guard=guards.owner_required)
    guards.register(app, guard_views.guards_bp, guard=guards.login_required)
    guards.register(app, removed_views.bp, guard=guards.login_required)
    guards.register(app, analytics.bp, guard=guards.owner_required)
    guards.register(app, outreach.public_bp, guard=guards.public)
    guards.register(app, trouble.bp, guard=guards.public)
    guards.install(app, others="security")
    fresh.install(app)
    cli.register(app)
    _serve_static(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = ResponseHeaders(app.wsgi_app, is_https=settings.is_https)  # type: ignore[method-assign]
    return app


def bare_app(settings: Settings, clock: Callable[[], datetime]) -> Flask:
    """Make what a database needs and nothing more: settings, clock, keys, connections, migrations."""
    app = Flask("crm", root_path=str(ROOT / "crm"), static_folder=None)
    app.url_map.converters["int"] = RowId
    app.config.from_mapping(_config(settings))
    app.extensions["handoff"] = Handoff(settings, clock)
    db.init_app(app)
    if settings.is_sqlite:
        with app.app_context():
            install_sqlite_rules(db.engine, settings.data_dir / "write.lock")
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    return app


def _config(settings: Settings) -> dict[str, object]:
    # Without `flask init` there is no key yet; commands that need none still work, and no session can be made.
    keys = signing_keys.read(settings.secret_key_path)
    return sign_in.config(settings, keys.second_factor) | {
        "SECRET_KEY": keys.signing[0] if keys.signing else None,
        "SECRET_KEY_FALLBACKS": keys.signing[1:],
        "SIGNING_KEYS": keys.signing,  # what reads a link tries them all
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"json_deserializer": read_json} if settings.is_sqlite else _postgres_options(),
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 200,
        "PROVIDE_AUTOMATIC_OPTIONS": False,  # nobody of another origin may ask what else they could ask
        "TRUSTED_HOSTS": [settings.hostname, "127.0.0.1", "localhost", "[::1]"],
        "SESSION_COOKIE_NAME": "__Host-handoff" if settings.is_https else "handoff",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_PROTECTION": None,  # a session is a row: there is no copied cookie to guess at
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # it wants a referrer, which our pages never send; crm/front_door.py asks better
    }


def _postgres_options() -> dict[str, object]:
    said = " ".join(f"-c {name}={value}" for name, value in POSTGRES)
    return {"pool_pre_ping": True, "pool_size": 10, "connect_args": {"options": said}}


def _serve_static(app: Flask) -> None:
    """Serve our own files and the installed packages' with a version in the address, cached for a year."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31536000,
        allow_all_origins=False,
    )

    @cache
    def version(name: str) -> str:
        path = STATIC / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"

    def asset(name: str) -> str:
        return f"/static/{name}?v={version(name)}"

    app.jinja_env.globals["asset"] = asset
