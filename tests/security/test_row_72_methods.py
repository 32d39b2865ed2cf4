"""Row 72: what an address is not for it refuses, and nothing tells which version of what answers."""

import re
import sys
from importlib.metadata import version

import pytest
import raw
from walk import address

from crm.factory import create_app

UNUSED = ("OPTIONS", "TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "DEBUG", "FOO")


@pytest.mark.parametrize("who", ["nobody", "the owner"])
def test_row_72_an_unused_method_is_refused_everywhere(product, who):
    browser = product.sign_in() if who == "the owner" else product.visitor()
    app = create_app(product.settings)
    before, paths = product.dbhash(), {address(app, rule) for rule in app.url_map.iter_rules()}
    assert len(paths) > 100
    for path in [*sorted(paths), "/static/icon.svg"]:
        for method in UNUSED if path in {"/", "/login", "/static/icon.svg"} else UNUSED[:5]:
            answer = browser.ask(method, path, headers={"X-Probe": "echo-me"})
            assert answer.status in {405, 501}, (method, path, answer.status)
            assert "echo-me" not in answer.all
            assert not {"OPTIONS", "TRACE", method} & set((answer.header("Allow") or "").split(", "))
    assert product.dbhash() == before


def test_row_72_a_method_that_is_no_word_is_no_request(product):
    for method in ("G@T", "get it", "", "\x00"):
        answer = raw.say(product.port, f"{method} / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert answer.status in {400, 405, 501}, method


def test_row_72_healthz_says_ok_and_nothing_else(product):
    answer = product.visitor().get("/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")
    assert set(product.visitor().get("/readyz").text.translate(str.maketrans("", "", '{}":, \n'))) <= set(
        "readydatabaseclocktruefalse"
    )


def test_row_72_no_answer_names_a_version(product):
    browser = product.sign_in()
    answers = [browser.get(path) for path in ("/", "/login", "/nowhere", "/healthz", "/readyz", "/metrics", "/clock")]
    answers.append(browser.ask("TRACE", "/"))
    answers.append(raw.say(product.port, b"bad\r\n\r\n"))
    names = ("waitress", "gunicorn", "werkzeug", "flask", "sqlalchemy", "jinja2", "whitenoise")
    told = re.compile("|".join([*names, "python", re.escape(sys.version.split()[0])]), re.IGNORECASE)
    for answer in answers:
        assert answer.header("Server") == "handoff"
        assert not told.search(answer.all), told.search(answer.all)
        assert not [name for name in names if version(name) in "\n".join(value for _name, value in answer.headers)]
