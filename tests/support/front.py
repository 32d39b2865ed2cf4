"""A `flask serve` process and a signed-in browser in front of it, for tests of what happens to a real server."""

import os
import re
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

import builders
from flask import Flask
from warm import Warm

from crm.settings import Settings

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
READY_WITHIN = 30
GONE = (OSError, HTTPException)  # the server was killed while it was asked


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]


@dataclass
class Front:
    """One served installation, looked at by its signed-in owner."""

    pid: int
    port: int
    warm: Warm
    cookie: str
    tokens: dict[str, str] = field(default_factory=dict)
    ended: bool = False

    def get(self, path: str, seconds: float = 20) -> Page:
        """Fetch a page."""
        return self._ask("GET", path, None, seconds)

    def post(self, path: str, form: dict[str, object], seconds: float = 20) -> Page:
        """Send a form with the token of the session."""
        if not self.tokens:
            self.tokens["csrf_token"] = re.findall(r'name="csrf-token" content="([^"]+)', self.get("/").text)[0]
        return self._ask("POST", path, urlencode(self.tokens | form, doseq=True), seconds)

    def _ask(self, method: str, path: str, body: str | None, seconds: float) -> Page:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **(FORM if body else {})})
            answer = connection.getresponse()
            if kept := answer.getheader("Set-Cookie"):
                self.cookie = kept.partition(";")[0]
            return Page(answer.status, answer.read().decode(), dict(answer.getheaders()))
        finally:
            connection.close()

    def wait(self) -> int:
        """Wait for the process to end and return its exit code."""
        self.ended = True
        return self.warm.wait(self.pid)


def session_of(app: Flask) -> str:
    """Return the cookie of the owner's session, as a browser sends it."""
    cookie = builders.signed_in(app).get_cookie("handoff")
    assert cookie is not None
    return f"handoff={cookie.value}"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def serving(app: Flask, settings: Settings, warm: Warm, **environment: str) -> Iterator[Front]:
    """Serve the installation of a test; at the end it is told to go, unless it has been killed."""
    port, cookie = free_port(), session_of(app)
    env = {
        "HANDOFF_DATA_DIR": str(settings.data_dir),
        "HANDOFF_DATABASE_URL": settings.database_url,
        "HANDOFF_BASE_URL": f"http://127.0.0.1:{port}",
        "HANDOFF_TICK_SECONDS": "3600",
        "HANDOFF_SECOND_FACTOR": "off",
    }
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "said"
        os.mkfifo(pipe)
        pid = warm.start("serve", env=env | environment, output=pipe)
        with pipe.open() as said:
            heard = []
            for line in said:
                heard.append(line)
                if "Handoff is at" in line:
                    break
            else:
                raise AssertionError("".join(heard))
            front = Front(pid, port, warm, cookie)
            try:
                _wait_until_ready(front, said)
                yield front
            finally:
                if not front.ended:
                    os.kill(pid, signal.SIGTERM)
                    assert front.wait() == 0


def _wait_until_ready(front: Front, said: TextIO) -> None:
    """Wait for the clock's first tick: it writes too, and needs the processor as well."""
    until = time.monotonic() + READY_WITHIN
    while (page := front.get("/readyz")).status != 200:
        if time.monotonic() > until:
            os.kill(front.pid, signal.SIGKILL)
            front.wait()
            raise AssertionError(f"/readyz answers {page}\n{said.read()}")
        time.sleep(0.02)
