"""Row 13: links come from the base address alone, and a name that is none of ours gets no answer."""

import re
from urllib.parse import urlencode

import outside
import pytest
import raw
from walk import address

from crm.factory import create_app

NAME = "desk.example.com"
EVIL = "evil.example"
FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"https://{EVIL}/",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": f"host={EVIL};proto=https",
}


def links_of(product) -> list[str]:
    return re.findall(r"https?://[^\s\"'<>]+", "".join(kept.content.decode() for kept in product.mailbox.kept))


def test_row_13_every_unsafe_address_refuses_a_foreign_host(product):
    browser = product.sign_in()
    browser.fetch_token("/")
    before, mails = product.dbhash(), len(product.mailbox.kept)
    app, walked = create_app(product.settings), 0
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods:
            continue
        for host in (EVIL, f"127.0.0.1:{product.port}@{EVIL}", f"127.0.0.1.{EVIL}"):
            answer = browser.post(address(app, rule), Host=host)
            assert answer.status == 400, (rule.rule, host, answer.status)
            assert EVIL not in answer.all
        walked += 1
    assert walked > 60
    assert (product.dbhash(), len(product.mailbox.kept)) == (before, mails)


def test_row_13_what_a_proxy_or_a_request_line_claims_is_in_no_answer_and_no_mail(settings, warm, server):
    with outside.served(settings, warm, server, HANDOFF_PROXIES="1") as product:
        outside.people(product.app)
        base = product.environment["HANDOFF_BASE_URL"]
        browser = product.visitor()
        browser.fetch_token()
        pages = [browser.ask("GET", path, headers=FORGED) for path in ("/login", "/", "//login", "/nowhere/")]
        form = {"csrf_token": browser.token, "email": outside.OWNER, "password": outside.builders.PASSWORD}
        for path in ("/reset", "/login"):
            body = urlencode(form).encode()
            cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            lines = [
                f"POST http://{EVIL}{path} HTTP/1.1", f"Host: 127.0.0.1:{product.port}", f"Cookie: {cookies}",
                f"Content-Type: {outside.FORM}", f"Content-Length: {len(body)}", "Connection: close",
                *(f"{name}: {value}" for name, value in FORGED.items()),
            ]  # fmt: skip
            pages.append(raw.say(product.port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body))
        owner = product.sign_in()
        shown = owner.ask(
            "POST",
            "/calendar/feeds",
            urlencode({"csrf_token": owner.fetch_token("/"), "name": "Phone"}),
            headers={"Content-Type": outside.FORM} | FORGED,
        )
        assert f"{base}/cal/" in shown.text
        assert not [page.status for page in [*pages, shown] if EVIL in page.all or "/evil" in page.all]
        product.tick()
        assert [link for link in links_of(product) if not link.startswith(f"{base}/")] == []


def test_row_13_behind_https_the_desk_answers_to_its_public_name_alone(settings, warm, server):
    environment = {"HANDOFF_BASE_URL": f"https://{NAME}", "HANDOFF_SECOND_FACTOR": "on"}
    with outside.served(settings, warm, server, **environment) as product:
        visitor, here = product.visitor(), f"127.0.0.1:{product.port}"
        assert visitor.get("/login", Host=NAME).status == 200
        for host in (here, "localhost", "[::1]", EVIL, f"{NAME}.{EVIL}"):
            assert visitor.get("/login", Host=host).status == 400, host
        for probe in ("/healthz", "/readyz", "/metrics"):
            assert visitor.get(probe, Host=here).status == 200, probe
        assert visitor.get("/metrics", Host=NAME).status == 404


@pytest.mark.parametrize(
    "host", ["", "desk example.com", "127.0.0.1:port", "127.0.0.1/evil", "127.0.0.1, evil.example"]
)
def test_row_13_a_host_that_is_no_name_is_refused(product, host):
    answer = raw.say(product.port, f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.status == 400, answer.all
