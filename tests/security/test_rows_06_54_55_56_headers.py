"""Rows 6, 54, 55, 56: what every answer carries, whoever gives it, and what a browser is left with."""

import re
from http.cookies import SimpleCookie

import outside
import pytest
import raw
from canaries import NAME
from outside_spider import Spider, Visit
from warm import ROOT

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    "Server": "handoff",
}
HSTS = "max-age=31536000"
MEGA = b"x" * 1_000_000
HEAD = b"Host: 127.0.0.1\r\nConnection: close\r\n"


def values(visit: Visit, name: str) -> list[str]:
    return [value for held, value in visit.answer.headers if held.lower() == name.lower()]


def refusals(product) -> list[Visit]:
    """Answers to what no browser sends, by the application and by the server below it."""
    port, visitor = product.port, product.visitor()
    long_body = b"POST /login HTTP/1.1\r\n" + HEAD + b"Content-Length: 13000000\r\n\r\n"
    asked = {
        404: visitor.get("/nowhere/at/all"),
        413: visitor.ask("POST", "/login", MEGA * 7, headers={"Content-Type": "text/plain"}),
        405: visitor.ask("PROPFIND", "/login"),
        400: visitor.ask("POST", "/sources/new", "", headers={"Content-Type": outside.FORM}),
    }
    found = [Visit("", f"refused/{status}", answer) for status, answer in asked.items()]
    below = {
        "malformed": (400, b"GET /login\r\nno such line\r\n\r\n"),
        "two lengths": (400, b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: x\r\n\r\n"),
        "long headers": (431, b"GET / HTTP/1.1\r\n" + HEAD + b"X-Long: " + b"x" * 20_000 + b"\r\n\r\n"),
        "13 MB": (413, long_body),
        "coding": (501, b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: rot13\r\n\r\n"),
        "foreign host": (400, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
    }
    for name, (status, said) in below.items():
        answer = raw.say(port, said)
        assert answer.status == status, (name, answer.all)
        found.append(Visit("", f"refused/{name}", answer))
    for visit in found[: len(asked)]:
        assert visit.path == f"refused/{visit.answer.status}"
    return found


@pytest.fixture(scope="module")
def walked(product) -> list[Visit]:
    """Everything the owner of the practice can open by a link, and what is refused."""
    origin = f"http://127.0.0.1:{product.port}"
    visits = list(Spider(product.sign_in(), origin).walk("/", "/healthz", "/readyz", "/cal/x.ics", "/a/x", "/d/x/stop"))
    visits += Spider(product.visitor(), origin).walk("/", "/login", "/sources", "/metrics")
    assert len(visits) > 200
    assert any(NAME in visit.answer.text for visit in visits), "it has seen what must not be kept"
    return visits + refusals(product)


def wrong_policy(visits: list[Visit]) -> list[object]:
    """What row 6 forbids: another policy, or code within a page."""
    found: list[object] = []
    for visit in visits:
        if values(visit, "Content-Security-Policy") != [CSP]:
            found.append((visit.path, visit.answer.status, values(visit, "Content-Security-Policy")))
        if values(visit, "Content-Security-Policy-Report-Only") != [f"{CSP}; report-uri /csp-report"]:
            found.append((visit.path, "report-only"))
        for tag, given in visit.page.tags if visit.is_page else ():
            is_inline = tag == "style" or (tag == "script" and not given.get("src"))
            if is_inline or "style" in given or any(name.startswith(("on", "hx-on")) for name in given):
                found.append((visit.path, tag, given))
            if any(
                given.get(name, "").lstrip().lower().startswith("javascript:") for name in ("href", "src", "action")
            ):
                found.append((visit.path, tag, given))
    return found


def wrong_values(visits: list[Visit], *, hsts: list[str]) -> list[object]:
    """What row 54 forbids: a header that is missing, doubled or another; an answer that may be kept."""
    found: list[object] = []
    for visit in visits:
        expected = {name: [value] for name, value in EXACT.items()} | {"Strict-Transport-Security": hsts}
        ok = visit.answer.status in {200, 304}
        if visit.path.startswith("/static/") and ok:
            expected |= {"Cache-Control": ["max-age=31536000, public"], "Vary": ["Accept-Encoding"]}
        elif visit.path.startswith("/cal/") and ok:
            expected |= {"Cache-Control": ["private, max-age=300"], "Vary": ["Cookie"]}
        else:
            expected |= {"Cache-Control": ["no-store"], "Vary": ["Cookie"]}
        expected |= {"Access-Control-Allow-Origin": [], "Via": [], "X-Powered-By": []}
        found += [
            (visit.path, visit.answer.status, name, values(visit, name))
            for name, right in expected.items()
            if values(visit, name) != right
        ]
    return found


def test_row_06_one_policy_on_every_answer_and_no_code_within_a_page(walked):
    assert {200, 303, 302, 400, 404, 405, 413, 431, 501} <= {visit.answer.status for visit in walked}
    assert wrong_policy(walked) == []


def test_row_54_every_answer_has_the_exact_headers_and_only_static_files_are_kept(walked):
    assert any(visit.path.startswith("/static/") for visit in walked)
    assert wrong_values(walked, hsts=[]) == []


def test_row_06_and_54_forms_refusals_and_what_breaks_carry_them_too(settings, warm, server):
    """Every form is sent as it stands, a table is taken away (500), then the key (503)."""
    with outside.served(settings, warm, server) as product:
        outside.people(product.app)
        assert product.flask("demo", "load", "--practice", "1")[0] == 0
        origin = f"http://127.0.0.1:{product.port}"
        owner = product.sign_in()
        shown = owner.post("/calendar/feeds", {"name": "Phone"}).text
        feed = re.search(r"/cal/[^\"<]+\.ics", shown)[0]
        tag = product.visitor().get(feed).header("ETag") or ""
        visits = [Visit("GET", feed, product.visitor().get(feed, If_None_Match=tag))]
        assert visits[0].answer.status == 304
        visits += Spider(owner, origin, sends_forms=True, each=1, leave=("/logout", "/sample")).walk("/", feed)
        assert {"GET", "POST"} == {visit.method for visit in visits}
        product.sql("ALTER TABLE import_batch RENAME TO import_batch_away")
        visits.append(Visit("GET", "500", product.sign_in().get("/imports")))
        product.sql("ALTER TABLE import_batch_away RENAME TO import_batch")
        product.stop()
        settings.keyring_path.rename(settings.keyring_path.with_name("away"))
        product.start()
        owner = product.sign_in()
        codes = [code for (code,) in product.sql("SELECT code FROM client ORDER BY id")]
        sealed = [
            f"/clients/{code}{page}" for code in codes for page in ("", "/record/health", "/measures/new", "/flag")
        ]
        visits += [Visit("GET", "sealed", owner.get(path)) for path in sealed]
        assert {500, 503} <= {visit.answer.status for visit in visits}
        assert {200, 303, 422} <= {visit.answer.status for visit in visits}
        assert wrong_policy(visits) == []
        assert wrong_values(visits, hsts=[]) == []


MODES = {
    "http on this machine": ({}, "handoff", []),
    "https behind a proxy": ({"HANDOFF_BASE_URL": "https://127.0.0.1"}, "__Host-handoff", [HSTS]),
}


@pytest.mark.parametrize("mode", MODES)
def test_row_55_the_one_cookie_is_what_its_name_promises(settings, warm, server, mode):
    environment, name, hsts = MODES[mode]
    with outside.served(settings, warm, server, **environment) as product:
        outside.people(product.app)
        browser = product.visitor()
        seen = [browser.get("/login"), browser.get("/static/icon.svg")]
        seen.append(browser.post("/login", {"email": outside.OWNER, "password": "wrong wrong wrong"}))
        seen.append(browser.post("/login", {"email": outside.OWNER, "password": outside.builders.PASSWORD}))
        browser.token = ""
        seen += [browser.get(path) for path in ("/", "/sources", "/practice", "/nowhere")]
        seen.append(browser.post("/logout"))
        assert seen[3].status in {302, 303}
        assert seen[4].status == 200
        cookies = [SimpleCookie(v) for answer in seen for k, v in answer.headers if k.lower() == "set-cookie"]
        assert cookies
        assert {key for cookie in cookies for key in cookie} == {name}
        for morsel in (cookie[name] for cookie in cookies):
            assert (morsel["path"], morsel["domain"], bool(morsel["httponly"])) == ("/", "", True)
            assert morsel["samesite"] == "Lax"
            assert bool(morsel["secure"]) is bool(hsts)
        assert wrong_values([Visit("GET", "", answer) for answer in seen if answer is not seen[1]], hsts=hsts) == []


def test_row_56_signing_out_tells_the_browser_to_forget(product):
    browser = product.sign_in()
    answer = browser.post("/logout")
    assert answer.status in {302, 303}
    assert answer.header("Clear-Site-Data") == '"cache", "storage"'


def test_row_56_no_page_lets_htmx_keep_history_and_no_script_of_ours_stores(walked):
    configured = 0
    for visit in walked:
        tags = visit.page.tags if visit.is_page else []
        config = next((given["content"] for _tag, given in tags if given.get("name") == "htmx-config"), None)
        if any("htmx" in given.get("src", "") for tag, given in tags if tag == "script"):
            configured += 1
            assert config is not None
            assert all(
                word in config for word in ('"historyEnabled":false', '"historyCacheSize":0', '"allowEval":false')
            )
            assert all(word in config for word in ('"includeIndicatorStyles":false', '"selfRequestsOnly":true'))
            assert {"hx-history": "false"}.items() <= next(given for tag, given in tags if tag == "body").items()
    assert configured > 20
    stores = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker")
    ours = (ROOT / "crm" / "static" / "js").glob("*.js")
    assert {path.name for path in ours if stores.search(path.read_text())} == {"keep-nothing.js"}
