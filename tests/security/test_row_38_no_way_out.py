"""Row 38, and row 56 in a browser: the desk asks nobody for anything, its pages neither, and nothing is kept."""

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import alone
import mailroom
import outside
import pytest
import strace
from outside_spider import Spider
from playwright.sync_api import sync_playwright
from sqlalchemy.engine import make_url
from warm import ROOT

from crm.clock import utcnow
from crm.db import db

PAGES = (
    "/", "/pipeline", "/sources", "/sources/1", "/sources/1/touch", "/clients", "/clients/C-0101", "/calendar",
    "/outbox", "/documents", "/documents/templates", "/practice", "/imports", "/offices", "/pile", "/clock",
    "/calendar/feeds", "/clients/C-0101/measures/new", "/referrals/new", "/nowhere", "/login",
)  # fmt: skip
KEPT = """async () => ({
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length, cookies: document.cookie,
})"""
NOTHING = {"databases": 0, "caches": 0, "workers": 0, "cookies": ""}


def connections(record: str) -> set[str]:
    """Where the process connected to: paths of sockets, and `address:port`."""
    found = set(re.findall(r'connect\(\d+, \{sa_family=AF_UNIX, sun_path=@?"([^"]*)"', record))
    inet = r'sin6?_port=htons\((\d+)\), (?:sin6_flowinfo=\S+ )?(?:inet_pton\(AF_INET6, |sin_addr=inet_addr\()"([^"]+)"'
    found |= {f"{address}:{port}" for port, address in re.findall(inet, record)}
    assert record.count("connect(") == 0 or found
    return found


def test_row_38_the_served_product_connects_to_its_mail_server_and_database_alone(settings, warm, server, tmp_path):
    record = tmp_path / "connects"
    with outside.served(settings, warm, server, HANDOFF_TICK_SECONDS="1") as product:
        outside.people(product.app)
        with strace.attached(product.pid, "-e", "trace=connect", record=record):
            owner = product.sign_in()
            assert sum(1 for _ in Spider(owner, f"http://127.0.0.1:{product.port}", each=1).walk("/")) > 50
            with product.app.app_context():
                mailroom.put("task:row38", now=utcnow())
                db.session.remove()
            server.wait_for_kept(1)
    database = make_url(settings.sqlalchemy_url)
    allowed = {f"127.0.0.1:{server.port}", f"127.0.0.1:{database.port}"}
    went = {
        place
        for place in connections(record.read_text())
        if place not in allowed and not place.startswith(("/var/run/nscd", "/run/nscd")) and ".s.PGSQL." not in place
    }
    assert f"127.0.0.1:{server.port}" in connections(record.read_text())
    assert {place for place in went if not place.endswith(":53")} == set()


@dataclass
class Browsed:
    """What a browser asked for and what it was left with."""

    asked: set[str] = field(default_factory=set)
    stored: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
def browsed(product) -> Browsed:
    """The owner opens pages and what lies on them, searches, adds, and signs out."""
    origin, found = f"http://127.0.0.1:{product.port}", Browsed()
    system = Path("/usr/bin/chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=system if system.exists() else None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = chromium.new_context(base_url=origin)
        signed = product.sign_in().cookies.items()
        context.add_cookies([{"name": name, "value": value, "url": origin, "httpOnly": True} for name, value in signed])
        context.on("request", lambda request: found.asked.add(request.url))
        context.route(lambda url: urlsplit(url).netloc != urlsplit(origin).netloc, lambda route: route.abort())
        page = context.new_page()
        eye = context.new_cdp_session(page)
        for path in PAGES:
            page.goto(path)
            for key in ("/", "Escape", "Control+k", "c", "a", "n", "Escape", "?", "Escape"):
                page.keyboard.press(key)
            found.kept.append(page.evaluate(KEPT))
            for is_local in (True, False):
                storage = {"securityOrigin": origin, "isLocalStorage": is_local}
                found.stored += eye.send("DOMStorage.getDOMStorageItems", {"storageId": storage})["entries"]
        page.wait_for_load_state("networkidle")
        chromium.close()
    return found


@pytest.mark.browser
def test_row_38_no_page_asks_another_host(product, browsed):
    assert len(browsed.asked) > 30
    assert {urlsplit(url).netloc for url in browsed.asked if not url.startswith("data:")} == {
        f"127.0.0.1:{product.port}"
    }


@pytest.mark.browser
def test_row_56_after_all_pages_the_browser_has_stored_nothing(browsed):
    assert browsed.stored == []
    assert browsed.kept == [NOTHING] * len(PAGES)


@pytest.mark.browser
@pytest.mark.sqlite
def test_row_38_without_a_network_everything_is_as_with_one():
    """The spider, a browser and the mail server in a network that has nothing but the loopback."""
    here = "tests/security"
    chosen = [
        f"{here}/test_row_38_no_way_out.py::test_row_38_no_page_asks_another_host",
        f"{here}/test_rows_06_54_55_56_headers.py::test_row_06_one_policy_on_every_answer_and_no_code_within_a_page",
        f"{here}/test_rows_06_54_55_56_headers.py::test_row_54_every_answer_has_the_exact_headers_and_only_static_files_are_kept",
    ]
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "PYTEST_"))}
    done = alone.run(sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *chosen, cwd=ROOT, env=usual)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
