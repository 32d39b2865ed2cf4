"""What every answer of the product has in common, whoever asks."""

import pytest


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
