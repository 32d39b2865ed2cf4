"""Row 35: after a form or a sign-in one is sent to a page of ours and nowhere else."""

from urllib.parse import unquote, urlsplit

import outside
import pytest
from werkzeug.exceptions import HTTPException

from crm.factory import create_app

EVIL = [
    "https://evil.example/", "http:evil.example", "http:/evil.example", "http:///evil.example", "//evil.example",
    "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "\\/evil.example",
    "/%09/evil.example", "/\t/evil.example", "/\n/evil.example", "\n//evil.example", "\x00//evil.example",
    "\x01https://evil.example", "/\u2215evil.example", "/\uff0fevil.example", "\u2044\u2044evil.example",
    "//evil.example@127.0.0.1", "@evil.example", "https://127.0.0.1@evil.example", "https://127.0.0.1:80@evil.example/",
    "https://127.0.0.1.evil.example/", "127.0.0.1@evil.example", ".evil.example", "javascript:alert(1)",
    "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "HTTPS://EVIL.EXAMPLE", "https:evil.example/..",
    "/..//evil.example", "/./\\evil.example", "/%2f/evil.example", "/%5cevil.example", "/%2f%2fevil.example",
    "/sources/..//evil.example", "/nowhere", "/logout", "?next=//evil.example", "#//evil.example", " //evil.example",
    "/sources%0d%0aLocation:%20https://evil.example", "/sources\r\nLocation: https://evil.example", "/" + "a" * 2_300,
    "/sources?" + "a" * 2_300, "", "/sources/<script>",
]  # fmt: skip
OURS = ["/sources", "/sources?grade=A", "/practice", "/", "/calendar?month=2026-05&view=week#x"]
PARAMETERS = ("next", "back", "url", "return_to", "redirect", "continue")


def where(answer) -> str:
    """Where the browser goes from an answer."""
    return answer.header("Location") or answer.header("HX-Redirect") or ""


@pytest.fixture(scope="module")
def routes(product):
    return create_app(product.settings).url_map.bind("localhost")


def is_ours(routes, location: str) -> bool:
    """As a browser reads it: a path, no host, no backslash, nothing invisible, and a page of ours is there."""
    parts = urlsplit(location)
    if (
        parts.scheme
        or parts.netloc
        or location[:1] != "/"
        or location[1:2] in {"/", "\\"}
        or not location.isprintable()
    ):
        return False
    try:
        routes.match(unquote(parts.path), method="GET")
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("asked", EVIL, ids=lambda text: ascii(text)[:40])
def test_row_35_a_form_leads_back_to_a_page_of_ours_whatever_it_names(product, routes, asked, somebody):
    kind = {"line": "a call", "kind": "call", "due": "2026-05-08", "source_id": "", "client_code": "", "done": ""}
    answer = somebody.post("/quick-add", kind | {"back": asked, "next": asked})
    assert answer.status == 303, answer.text
    assert is_ours(routes, where(answer)), answer.headers


def test_row_35_a_form_leads_back_to_the_page_it_stood_on(somebody):
    kind = {"line": "a call", "kind": "call", "due": "2026-05-08", "source_id": "", "client_code": ""}
    assert [where(somebody.post("/quick-add", kind | {"back": page})) for page in OURS] == OURS


@pytest.fixture(scope="module")
def somebody(product):
    return product.sign_in()


@pytest.mark.parametrize("asked", EVIL, ids=lambda text: ascii(text)[:40])
def test_row_35_signing_in_leads_to_a_page_of_ours_whatever_next_says(product, routes, somebody, asked):
    """Who is signed in already is sent on at once, by the same rules as after the password."""
    query = outside.urlencode(dict.fromkeys(PARAMETERS, asked))
    for path in ("/login", "/verify", "/"):
        answer = somebody.get(f"{path}?{query}")
        assert where(answer) == "" or is_ours(routes, where(answer)), (path, answer.headers)
        answer = somebody.post(f"{path}?{query}", dict.fromkeys(PARAMETERS, asked))
        assert where(answer) == "" or is_ours(routes, where(answer)), (path, answer.headers)


def test_row_35_the_first_page_after_the_password_is_ours_and_an_own_one_is_kept(product, routes):
    product.forget_tries()  # the tests above said no password, often
    for asked in ["//evil.example", "/\\evil.example", "https://evil.example", "/logout", "/nowhere"]:
        browser = product.visitor()
        form = {"email": outside.OWNER, "password": outside.builders.PASSWORD, "next": asked}
        answer = browser.post(f"/login?{outside.urlencode({'next': asked})}", form)
        assert answer.status in {200, 302, 303}  # the form again, or on
        assert where(answer) == "" or is_ours(routes, where(answer)), answer.headers
    browser = product.visitor()
    form = {"email": outside.OWNER, "password": outside.builders.PASSWORD, "next": "/sources"}
    assert where(browser.post("/login?next=/sources", form)) == "/sources"
