"""Put the application together: settings in, a Flask application out."""

import hashlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

import structlog
from flask import Flask
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from crm import cli, disk_pages, web
from crm.accounts import views as accounts
from crm.accounts.models import Role, User
from crm.analytics import views as analytics
from crm.clients import rights_views as rights
from crm.clients import views as clients
from crm.clock import utcnow
from crm.column_types import read_json
from crm.crypto import Sealer, load_keyring
from crm.db import POSTGRES, db, install_sqlite_rules
from crm.documents import views as documents
from crm.keeping import keeping_views as keeping
from crm.outreach import mailer
from crm.outreach import views as outreach
from crm.pipeline import views as pipeline
from crm.readiness import views as readiness
from crm.settings import Settings
from crm.sources import import_views as imports
from crm.sources import views as sources

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "crm" / "static"


@dataclass
class Handoff:
    """What the application carries along: settings, the clock, and the keys once they are needed."""

    settings: Settings
    clock: Callable[[], datetime]
    _sealer: Sealer | None = field(default=None, repr=False)

    def elsewhere(self, folder: Path) -> Flask:
        """Return an application without pages for the SQLite database in another folder, under the same keys."""
        there = {"data_dir": folder, "database_url": "", "key_file": self.settings.keyring_path}
        return bare_app(self.settings.model_copy(update=there), self.clock)

    def sealer(self) -> Sealer:
        """Open the key file at the first need; feeds, digests and the board never need it."""
        if self._sealer is None:
            self._sealer = Sealer(load_keyring(self.settings.keyring_path))
        return self._sealer


def create_app(settings: Settings, clock: Callable[[], datetime] = utcnow) -> Flask:
    """Make the application. `clock` returns the present moment, aware, in UTC."""
    app = bare_app(settings, clock)
    _configure_logs()
    web.install(app)  # before Security, whose hooks read the user: a POST's transaction begins as a writing one
    disk_pages.install(app)
    Security(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=True)
    mailer.init_app(app)
    web.register(app, accounts.setup_bp, guard=web.public)
    web.register(app, accounts.bp, guard=web.login_required)
    web.register(app, sources.bp, guard=web.login_required)
    web.register(app, imports.bp, guard=web.login_required)
    web.register(app, clients.bp, guard=web.login_required)
    web.register(app, rights.bp, guard=web.login_required)
    web.register(app, pipeline.bp, guard=web.login_required)
    web.register(app, documents.bp, guard=web.login_required)
    web.register(app, documents.public_bp, guard=web.public)
    web.register(app, outreach.bp, guard=web.login_required)
    web.register(app, keeping.bp, guard=web.login_required)
    web.register(app, readiness.bp, guard=web.login_required)
    web.register(app, analytics.bp, guard=web.login_required)
    web.register(app, outreach.public_bp, guard=web.public)
    cli.register(app)
    _serve_static(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    return app


def bare_app(settings: Settings, clock: Callable[[], datetime]) -> Flask:
    """Make what a database needs and nothing more: settings, clock, keys, connections, migrations."""
    app = Flask("crm", root_path=str(ROOT / "crm"), static_folder=None)
    app.config.from_mapping(_config(settings))
    app.extensions["handoff"] = Handoff(settings, clock)
    db.init_app(app)
    if settings.is_sqlite:
        with app.app_context():
            install_sqlite_rules(db.engine, settings.data_dir / "write.lock")
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    return app


def _config(settings: Settings) -> dict[str, object]:
    secret = settings.secret_key_path
    return {
        # Without `flask init` there is no key yet; commands that need none still work, and no session can be made.
        "SECRET_KEY": secret.read_text().strip() if secret.is_file() else None,
        "SECURITY_PASSWORD_SALT": "handoff",  # argon2 salts each hash by itself; this one only has to be there
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"json_deserializer": read_json} if settings.is_sqlite else _postgres_options(),
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 400,
        "TRUSTED_HOSTS": [settings.hostname, "127.0.0.1", "localhost", "[::1]"],
        "SESSION_COOKIE_NAME": "__Host-handoff" if settings.is_https else "handoff",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_DATETIME_FACTORY": utcnow,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_USER_TEMPLATE": "accounts/login.html",
        "SECURITY_DEFAULT_REMEMBER_ME": False,
    }


def _postgres_options() -> dict[str, object]:
    said = " ".join(f"-c {name}={value}" for name, value in POSTGRES)
    return {"pool_pre_ping": True, "pool_size": 10, "connect_args": {"options": said}}


def _configure_logs() -> None:
    """Write one JSON object a line to stderr; only what is named at the call gets in, never a form or a row."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_the_error,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _place_of_the_error(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Turn an exception into its places in the code: its message may quote what a client's row says."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        places, step = [], error.__traceback__
        while step is not None:
            code = step.tb_frame.f_code
            places.append(f"{Path(code.co_filename).name}:{step.tb_lineno} {code.co_name}")
            step = step.tb_next
        event["where"] = places[-12:]
    return event


def _serve_static(app: Flask) -> None:
    """Serve our own files and the installed packages' with a version in the address, cached for a year."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC),
        prefix="static/",
        max_age=31536000,
        add_headers_function=_static_headers,
    )

    @cache
    def version(name: str) -> str:
        path = STATIC / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"

    def asset(name: str) -> str:
        return f"/static/{name}?v={version(name)}"

    app.jinja_env.globals["asset"] = asset


def _static_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in web.HEADERS.items():
        headers.setdefault(name, value)
