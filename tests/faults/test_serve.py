"""`flask serve` as a real process: one line for each thing that keeps it from running, and a clean end."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import builders
import mailroom
import pytest
from smtp_server import SmtpServer
from sqlalchemy import text
from warm import Warm

from crm.db import writing
from crm.settings import Settings


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


class Running:
    """One `flask serve`; what it says is read as it comes."""

    def __init__(self, warm: Warm, env: dict[str, str], command: str = "serve") -> None:
        self.warm = warm
        folder = Path(tempfile.mkdtemp(prefix="serve"))
        pipe = folder / "said"
        os.mkfifo(pipe)
        self.pid = warm.start(command, env=env, output=pipe)
        self.said = pipe.open()
        pipe.unlink()
        folder.rmdir()

    def says(self, words: str) -> str:
        for line in self.said:
            if words in line:
                return line.strip()
        raise AssertionError(f"it ended without saying {words!r}")

    def ends(self) -> tuple[int, list[str]]:
        lines = [line.strip() for line in self.said if not line.startswith(("shim", "{"))]
        return self.warm.wait(self.pid), lines


@pytest.fixture
def env(settings: Settings, server: SmtpServer) -> dict[str, str]:
    return mailroom.environment(settings, server.port) | {"HANDOFF_BASE_URL": f"http://127.0.0.1:{free_port()}"}


@contextmanager
def serving(warm: Warm, env: dict[str, str]) -> Iterator[Running]:
    running = Running(warm, env)
    running.says("Handoff is at")
    try:
        yield running
    finally:
        os.kill(running.pid, signal.SIGTERM)
        assert running.ends()[0] == 0


def test_it_serves_pages_sends_mail_and_ends_when_told(warm, env, server, app, clock):
    with app.app_context():
        mailroom.put("task:1", now=clock.now)
        with serving(warm, env):
            page = HTTPConnection("127.0.0.1", int(env["HANDOFF_BASE_URL"].rpartition(":")[2]), timeout=10)
            page.request("GET", "/login")
            assert page.getresponse().status == 200
            page.close()
            server.wait_for_kept(1)
        assert mailroom.states() == {"task:1": "sent"}


def test_a_worker_beside_it_sends_nothing_twice(warm, env, server, app, clock):
    with app.app_context():
        with serving(warm, env):
            for number in range(4):
                mailroom.put(f"task:{number}", now=clock.now)
            pid = warm.start("worker", "--once", env=env, output=Path(os.devnull))
            assert warm.wait(pid) == 0
            server.wait_for_kept(4)
        assert set(mailroom.states().values()) == {"sent"}
        assert len(server.kept) == 4


def test_a_second_one_on_the_same_folder_says_so(warm, env):
    with serving(warm, env):
        code, lines = Running(warm, env | {"HANDOFF_BASE_URL": f"http://127.0.0.1:{free_port()}"}).ends()
    assert (code, len(lines)) == (1, 1)
    assert "already running" in lines[0]


def test_the_first_start_shows_a_setup_link_until_there_is_an_owner(warm, env, app):
    with serving(warm, env) as first:
        assert f"{env['HANDOFF_BASE_URL']}/setup/" in first.says("/setup/")
    with app.app_context():
        builders.user()
    running = Running(warm, env)
    running.says("Handoff is at")
    os.kill(running.pid, signal.SIGTERM)
    assert running.ends() == (0, [])


def test_a_missing_mail_server_is_said_in_one_line(warm, env):
    with serving(warm, {name: value for name, value in env.items() if "MAIL" not in name}) as running:
        assert "MAIL_SERVER" in running.says("No mail server is set.")


def test_a_port_in_use_is_said_in_one_line(warm, env):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines = Running(warm, env | {"HANDOFF_BASE_URL": f"http://127.0.0.1:{port}"}).ends()
    assert (code, len(lines)) == (1, 1)
    assert f"port {port}" in lines[0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE alembic_version SET version_num = 'of the future'", "newer than this program"),
        ("DELETE FROM alembic_version", "flask init"),
    ],
    ids=["newer", "not migrated"],
)
def test_a_database_of_another_age_is_said_in_one_line(warm, env, app, statement, words):
    with app.app_context(), writing() as session:
        session.execute(text(statement))
    code, lines = Running(warm, env).ends()
    assert (code, len(lines)) == (1, 1)
    assert words in lines[0]


def test_a_missing_data_folder_is_said_in_one_line(warm, env):
    code, lines = Running(warm, env | {"HANDOFF_DATA_DIR": env["HANDOFF_DATA_DIR"] + "/nowhere"}).ends()
    assert (code, len(lines)) == (1, 1)
    assert "flask init" in lines[0]


@pytest.mark.sqlite
def test_several_web_processes_want_postgresql(warm, env):
    code, lines = Running(warm, env, "web").ends()
    assert (code, len(lines)) == (1, 1)
    assert "PostgreSQL" in lines[0]
