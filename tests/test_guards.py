"""Every address has its guard; what is public is a list one can read here."""

import pytest
from walk import address

PUBLIC = {
    "setup.start",
    "setup.finish",
    "security.login",
    "security.logout",
    "security.verify",
    "public.feed",
    "public.healthz",
    "public.readyz",
    "public.metrics",  # to this machine only; see tests/outreach/test_probes.py
    "refusals.refuse",
    "public.act",
    "public.undo_action",
    "public.stop_digest",
    "public.pause_digest",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def test_nobody_gets_past_the_guards(app, visitor):
    walked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC or rule.endpoint.startswith("security."):
            continue
        for method in METHODS:
            response = visitor.open(address(app, rule), method=method)
            assert response.status_code in {302, 401, 404, 405}, (rule.endpoint, method, response.status_code)
            if response.status_code == 302:
                assert response.location == "/login"
            walked += 1
    assert walked > 100


def test_the_public_list_is_complete(app):
    """A new public address has to be written down here, by somebody who meant it."""
    guards = {
        bp.name: {f.__name__ for f in app.before_request_funcs.get(bp.name, ())} for bp in app.blueprints.values()
    }
    open_blueprints = {name for name, funcs in guards.items() if "login_required" not in funcs}
    endpoints = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in open_blueprints
    }
    assert endpoints - PUBLIC - {e for e in endpoints if e.startswith("security.")} == set()


def test_htmx_is_sent_to_the_sign_in_page_whole(visitor):
    response = visitor.get("/", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/login")


@pytest.mark.parametrize("path", ["/", "/nowhere", "/login", "/static/css/look.css"])
def test_every_answer_carries_the_headers(visitor, path):
    headers = visitor.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_foreign_host_name_is_refused(visitor):
    assert visitor.get("/login", headers={"Host": "evil.example.com"}).status_code == 400


def test_an_unexpected_error_says_nothing_of_its_inside(app, owner, monkeypatch):
    def broken() -> str:
        raise RuntimeError("the name Avery Stone")

    app.view_functions["sources.index"] = broken
    response = owner.get("/sources")
    assert response.status_code == 500
    assert "Avery" not in response.text
    assert "Traceback" not in response.text
