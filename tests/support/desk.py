"""The product as a person meets it: a real server, a real browser, a real mailbox."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "tests" / "shots"
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that colours can break
SIZES = ((1280, 860), (768, 900), (360, 740))
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
# A refused form is meant to answer 4xx; htmx calls a request that newer typing overtook an error.
EXPECTED = re.compile("status of 4|^htmx:(sendAbort|afterRequest), ")
ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Auckland", "Europe/Berlin", "Asia/Tokyo")


def zone_at_work(now: datetime | None = None) -> str:
    """Return a time zone in which it is neither night nor nearly midnight, so that the story fits into one day."""
    now = now or datetime.now(UTC)
    return next(zone for zone in ZONES if 8 <= now.astimezone(ZoneInfo(zone)).hour < 22)


def day_words(on: date, today: date) -> str:
    """Return a day as the pages write it: "Mon 6 Apr", with its year when that is another."""
    year = f" {on.year}" if on.year != today.year else ""
    return f"{on:%a} {on.day} {on:%b}{year}"


def plain(text: str) -> str:
    """Return text of a page with each run of spaces as one."""
    return re.sub(r"\s+", " ", text)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@dataclass
class Desk:
    """An installation that is being served."""

    folder: Path
    port: int
    environment: dict[str, str]
    setup_url: str = ""
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{self.host}:{self.port}"

    def flask(self, *arguments: str) -> str:
        """Run a command on the same data folder and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fetch(self, path: str) -> bytes:
        """Fetch an address as a calendar would."""
        with urlopen(Request(self.url + path, headers={"User-Agent": "Thunderbird/140"}), timeout=20) as answer:
            body: bytes = answer.read()
            return body


@contextmanager
def served(folder: Path, mail_port: int, *, host: str = "127.0.0.1", second_factor: str = "off") -> Iterator[Desk]:
    """Install into a folder of its own and serve it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "MAIL_"))}
    environment |= {
        "HANDOFF_DATA_DIR": str(folder / "var"),
        "PORT": str(port),
        "HANDOFF_BASE_URL": f"http://{host}:{port}",
        "HANDOFF_SECOND_FACTOR": second_factor,
        "HANDOFF_TICK_SECONDS": "3600",  # the story says itself when the clock ticks
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_port),
        "MAIL_USE_TLS": "false",
        "MAIL_DEFAULT_SENDER": "desk@example.com",
    }
    desk = Desk(folder, port, environment, host=host)
    desk.flask("init")
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "serve"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if found := re.search(r"http://\S+/setup/\S+", line):
                desk.setup_url = found[0]
                break
        wait_until(lambda: b"ok" in desk.fetch("/healthz"))
        yield desk
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something outside the browser, as short as it takes."""
    end = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        assert time.monotonic() < end, "it did not happen in time"


@dataclass
class Person:
    """Somebody at a browser, who looks at every page at three sizes, by day and by night."""

    page: Page
    said: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Hear what the browser complains of."""

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
                self.said.append(message.text)

        self.page.on("console", note)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def look(self, name: str) -> None:
        """Take pictures, ask axe, and see that nothing has to be scrolled sideways."""
        before = self.page.viewport_size or {"width": SIZES[0][0], "height": SIZES[0][1]}
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for width, height in SIZES:
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png", full_page=True, timeout=60_000)
                wide = self.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} wide at {width}"
                if (width, scheme) in {(1280, "light"), (1280, "dark"), (360, "light")}:
                    found = self.violations()
                    assert found == [], f"{name} at {width}, {scheme}: {found}"
        self.page.set_viewport_size(before)
        self.page.emulate_media(color_scheme="light")
        assert self.said == [], f"{name}: {self.said}"

    def judge(self, name: str) -> None:
        """Ask axe, wide and narrow, by day and by night, and see that nothing has to be scrolled sideways."""
        before = self.page.viewport_size or {"width": SIZES[0][0], "height": SIZES[0][1]}
        for width, height in (SIZES[0], SIZES[-1]):
            self.page.set_viewport_size({"width": width, "height": height})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} wide at {width}"
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                found = self.violations(colours_only=scheme == "dark")  # by night nothing else differs
                assert found == [], f"{name} at {width}, {scheme}: {found}"
        self.page.set_viewport_size(before)
        self.page.emulate_media(color_scheme="light")
        assert self.said == [], f"{name}: {self.said}"

    def violations(self, *, colours_only: bool = False) -> list[str]:
        """Return what axe-core finds wrong with the page as it stands."""
        if not self.page.evaluate("typeof window.axe === 'object'"):
            self.page.evaluate(AXE)
        only = {"runOnly": list(COLOURS)} if colours_only else {}
        found: list[dict[str, Any]] = self.page.evaluate("only => axe.run(only).then(told => told.violations)", only)
        return [f"{v['id']}: {json.dumps([n['html'][:140] for n in v['nodes'][:2]])}" for v in found]


@contextmanager
def person(desk: Desk) -> Iterator[Person]:
    """Open a browser at the desk."""
    SHOTS.mkdir(exist_ok=True)
    system = Path("/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system if system.exists() else None, args=list(QUIET))
        page = browser.new_page(base_url=desk.url, viewport={"width": 1280, "height": 860}, locale="en-US")
        page.set_default_timeout(15_000)
        somebody = Person(page)
        somebody.listen()
        yield somebody
        browser.close()


PASSWORD = "a long enough passphrase"


@contextmanager
def settled_in(desk: Desk, zone: str) -> Iterator[Person]:
    """Somebody who has set the desk up and looks around in the sample practice."""
    with person(desk) as somebody:
        page = somebody.page
        page.goto(desk.setup_url)
        page.fill("#name", "Robin Vale")
        page.fill("#email", "robin@example.com")
        page.fill("#practice_name", "Northside Exercise")
        page.fill("#password", PASSWORD)
        page.fill("#again", PASSWORD)
        page.select_option("#time_zone", zone)
        page.get_by_role("button", name="Go on").click()
        page.locator(".choices label").first.click()
        page.get_by_role("button", name="Go on").click()
        page.goto("/")
        expect(page.locator(".task").first).to_be_visible()
        yield somebody
