"""The running product from outside: real processes, HTTP browsers, a mailbox, SQL and files. Nothing is patched."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import builders
from dbhash import dbhash
from flask import Flask
from front import free_port
from smtp_server import SmtpServer
from sqlalchemy import text
from warm import Warm

from crm.db import db, writing
from crm.factory import create_app
from crm.settings import Settings

FORM = "application/x-www-form-urlencoded"
OWNER, ASSISTANT, DISABLED = "owner@example.com", "assistant@example.com", "disabled@example.com"
OTHER = "other@example.com"  # the owner of another practice on the same installation


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str | None:
        """Return a header, however it is written."""
        return next((value for held, value in self.headers if held.lower() == name.lower()), None)

    @property
    def all(self) -> str:
        """Headers and body, to search through."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers) + "\n" + self.text


@dataclass
class Browser:
    """Somebody with a cookie jar. It follows no redirect and sends the page's own token with each form."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request as it is."""
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent | (headers or {}))
            got = connection.getresponse()
            answer = Answer(got.status, got.getheaders(), got.read())
        finally:
            connection.close()
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.cookies[key] = morsel.value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Fetch a page; header names are written with underscores."""
        return self.ask("GET", path, headers=_dashed(headers))

    def post(self, path: str, form: dict[str, object] | None = None, **headers: str) -> Answer:
        """Send a form with the token of this session; a browser that had the page open for too long reloads it once."""
        had_one = bool(self.token)
        answer = self._post(path, form, headers)
        if answer.status == 400 and had_one and "csrf_token" not in (form or {}) and not headers:
            self.token = ""
            answer = self._post(path, form, headers)
        return answer

    def _post(self, path: str, form: dict[str, object] | None, headers: dict[str, str]) -> Answer:
        if not self.token:
            self.fetch_token()
        fields = {"csrf_token": self.token} | (form or {})
        return self.ask("POST", path, urlencode(fields, doseq=True), headers={"Content-Type": FORM} | _dashed(headers))

    def fetch_token(self, path: str = "/login") -> str:
        """Read the token off a page, as a browser does; a signed-in one is sent on from the sign-in page."""
        page = self.get(path)
        if page.status in {302, 303}:
            page = self.get(page.header("Location") or "/")
        found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page.text)
        assert found, (path, page.status)
        self.token = found[1]
        return self.token


@dataclass
class Product:
    """One installation that is being served; `app` is the same database seen from the test, without pages."""

    settings: Settings
    app: Flask
    warm: Warm
    mailbox: SmtpServer
    port: int
    environment: dict[str, str]
    pid: int = 0
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.settings.data_dir.parent / "log"

    def visitor(self) -> Browser:
        """Return a browser nobody is signed in with."""
        return Browser(self.port)

    def sign_in(self, email: str = OWNER, password: str = builders.PASSWORD) -> Browser:
        """Return a browser in which somebody signed in by the page."""
        browser = self.visitor()
        answer = browser.post("/login", {"email": email, "password": password})
        assert answer.status in {302, 303}, answer.text[:500]
        browser.token = ""
        return browser

    def sql(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Run SQL on the database behind the product's back and return its rows."""
        with self.app.app_context(), writing():
            done = db.session.execute(text(query), values)
            return [tuple(row) for row in done] if done.returns_rows else []

    def forget_tries(self) -> None:
        """Let every secret be tried as if none had been tried before."""
        self.sql("DELETE FROM throttle")

    def dbhash(self) -> str:
        """Return the hash of all that is nobody's passing state."""
        with self.app.app_context():
            return dbhash()

    def files(self) -> Iterator[Path]:
        """Yield every file the product keeps: data, keys, backups, log."""
        return (path for path in self.settings.data_dir.parent.rglob("*") if path.is_file())

    def logged(self) -> str:
        """Return what the processes have written so far."""
        return self.log.read_text()

    def flask(self, *arguments: str, said: str = "", environment: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a command and return its exit code and all it printed."""
        code, told, errors = self.warm.run(*arguments, env=self.environment | (environment or {}), said=said)
        return code, told + errors

    def tick(self, now: str = "") -> None:
        """Let the clock's jobs run once, by the command; afterwards all mail that may leave has left."""
        code, said = self.flask("worker", "--once", *(["--now", now] if now else []))
        assert code == 0, said

    def start(self) -> None:
        """Serve, and wait until a page comes."""
        self.pid = self.warm.start("serve", env=self.environment, output=self.log)
        end = time.monotonic() + 30
        while True:
            try:
                if self.visitor().get("/readyz").status == 200:
                    return
            except (OSError, HTTPException):
                pass
            assert time.monotonic() < end, self.logged()
            time.sleep(0.02)

    def stop(self) -> None:
        """Tell it to go."""
        os.kill(self.pid, signal.SIGTERM)
        assert self.warm.wait(self.pid) == 0, self.logged()


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def served(settings: Settings, warm: Warm, mailbox: SmtpServer, **environment: str) -> Iterator[Product]:
    """Serve an installation whose database stands ready; `environment` wins over what is usual."""
    port = free_port()
    env = {
        "HANDOFF_DATA_DIR": str(settings.data_dir),
        "HANDOFF_DATABASE_URL": settings.database_url,
        "HANDOFF_BASE_URL": f"http://127.0.0.1:{port}",
        "HANDOFF_TICK_SECONDS": "3600",  # tests say themselves when the clock ticks
        "HANDOFF_SECOND_FACTOR": "off",
        "PORT": str(port),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mailbox.port),
        "MAIL_USE_TLS": "false",
        "MAIL_DEFAULT_SENDER": "desk@example.com",
        "MAIL_PER_MINUTE": "0",  # no limit: what one test sends must not hold up another's
        "MAIL_PER_DAY": "0",
    } | environment
    app = create_app(settings)
    product = Product(settings, app, warm, mailbox, port, env)
    product.start()
    try:
        yield product
    finally:
        product.stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def local_today() -> date:
    """Return the date on the practice's wall, by the real clock the product has."""
    return datetime.now(ZoneInfo("America/New_York")).date()


def people(app: Flask) -> None:
    """Make two practices and their people: an owner, an assistant and a disabled owner here, an owner elsewhere."""
    with app.app_context():
        here, elsewhere = builders.practice(), builders.practice(name="Elsewhere")
        for of, email, role in (
            (here, OWNER, "owner"), (here, ASSISTANT, "assistant"),
            (here, DISABLED, "owner"), (elsewhere, OTHER, "owner"),
        ):  # fmt: skip
            builders.user(of, email, role)
            builders.password(email)
        with writing():
            builders.user(email=DISABLED).active = False
