"""Row 65: what was searched for, and addresses that are secrets, stand in no log and in no referrer."""

import json
import re

import outside
import raw
from warm import ROOT

SOUGHT = "Canaryella+Sought"
TOKEN = "canary-token-0123456789abcdefghijklmnopqrstuvwxyzABC"
SECRETS = [f"/cal/{TOKEN}.ics", f"/a/{TOKEN}", f"/a/{TOKEN}/undo", f"/setup/{TOKEN}", f"/d/{TOKEN}/stop",
           f"/d/{TOKEN}/pause", f"/u/{TOKEN}", f"/reset/{TOKEN}", f"/invitations/{TOKEN}"]  # fmt: skip


def ask_everything(product) -> None:
    """Search, open secret addresses, and let requests fail in every way with such an address in them."""
    browser = product.sign_in()
    for path in (
        f"/search?q={SOUGHT}",
        f"/sources?q={SOUGHT}",
        f"/nowhere?q={SOUGHT}",
        f"/search?q={SOUGHT}&for=source",
    ):
        browser.get(path, Referer=f"http://127.0.0.1{SECRETS[0]}", User_Agent=f"agent {SOUGHT}")
    for path in SECRETS:
        for method in ("GET", "POST", "TRACE"):
            browser.ask(method, path)
            browser.ask(method, path, headers={"Host": "evil.example"})
            browser.ask(method, path, headers={"Sec-Fetch-Site": "cross-site"})
    head = f"GET {SECRETS[0]} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    for said in (
        f"GET {SECRETS[0]}\r\nnot a line\r\n\r\n", f"GET {SECRETS[0]} HTTP/9.9\r\n\r\n",
        f"{head}Bad {TOKEN}: x\r\n\r\n",
        f"{head}Content-Length: {TOKEN}\r\n\r\n", f"{head}X: {'y' * 20_000}\r\n\r\n",
        f"{head}Transfer-Encoding: {TOKEN}\r\n\r\n",
        f"GET /cal/{TOKEN * 400}.ics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ):  # fmt: skip
        answer = raw.say(product.port, said.encode())
        assert answer.status >= 400
        assert TOKEN not in answer.all


def assert_silent(said: str) -> None:
    assert said
    for word in (TOKEN[:20], "Canaryella", "Sought"):
        assert word not in said, said


def test_row_65_no_log_holds_what_was_sought_or_a_secret_address(settings, warm, server):
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        ask_everything(product)
        product.sql("ALTER TABLE calendar_feed RENAME TO calendar_feed_away")
        for path in SECRETS:  # what breaks names its place in the code, not its address
            product.visitor().get(path)
        assert product.visitor().get(SECRETS[0]).status == 500
        product.sql("ALTER TABLE calendar_feed_away RENAME TO calendar_feed")
        assert '"event": "request_failed"' in product.logged()
        for line in product.logged().splitlines():
            if line.startswith("{"):
                assert isinstance(json.loads(line), dict)
        for path in product.files():
            if path.suffix != ".sqlite3" and "-wal" not in path.name and "-shm" not in path.name:
                assert TOKEN.encode() not in path.read_bytes(), path
        assert_silent(product.logged())


def test_row_65_no_page_sends_its_address_on(product):
    browser = product.sign_in()
    for path in (f"/search?q={SOUGHT}", f"/sources?q={SOUGHT}", *SECRETS):
        answer = browser.get(path)
        assert answer.header("Referrer-Policy") == "no-referrer"
        assert "referrerpolicy" not in answer.text
        assert not re.search(r'<a[^>]+href="https?:', answer.text), path


def test_row_65_the_example_proxy_logs_no_query_no_token_no_referrer():
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    pattern, left = re.findall(r"request>uri regexp (\S+) (\S+)", caddy)[0]
    for path in [*SECRETS, "/search?q=Avery+Stone", "/sources?grade=A", "/clients/C-0101", "/?q=x"]:
        masked = re.sub(pattern, left.replace("$", "\\"), path)
        assert masked == "/" + path[1:].partition("/")[0].partition("?")[0]
    assert "log default {" in caddy  # which also takes what the proxy says of errors
    for field in ("request>headers", "resp_headers"):
        assert f"{field} delete" in caddy
