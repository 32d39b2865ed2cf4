"""No unsafe request is taken without the page's own token."""

import pytest
from walk import address, everything

# Opened from a mail, by a mail program itself for some: the signed token in the address is the proof.
SIGNED = {"refusals.refuse", "public.act", "public.undo_action", "public.stop_digest", "public.pause_digest"}
REPORTS = {
    "trouble.csp_report"
}  # a browser sends these by itself, without a page's token; they are counted and no more


@pytest.fixture
def strict(app):
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def test_posts_without_the_token_are_refused_and_change_nothing(strict, owner):
    before = everything(strict)
    walked = 0
    for rule in strict.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint in SIGNED | REPORTS:
            continue
        response = owner.post(address(strict, rule), data={"any": "thing"})
        assert response.status_code in {400, 404, 405}, (rule.endpoint, response.status_code)
        walked += 1
    assert walked >= 20
    assert everything(strict) == before


def test_reading_changes_nothing(strict, owner):
    before = everything(strict)
    for rule in strict.url_map.iter_rules():
        if "GET" in rule.methods:
            owner.get(address(strict, rule))
    assert everything(strict) == before
