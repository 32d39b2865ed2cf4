"""Row 1: whatever is not on one short list asks for a sign-in; what has no guard is never served."""

import pytest
import walk
from flask import Blueprint, Flask

from crm import guards
from crm.accounts import permissions
from crm.factory import create_app

# A new public address is written down here too, by somebody who meant it.
PUBLIC = {
    "setup.start",
    "setup.finish",
    "setup.ask_reset",
    "setup.send_reset",
    "security.login",
    "security.logout",
    "security.verify",
    # Half-way in: the session says who gave their password.
    "security.two_factor_setup",
    "security.two_factor_token_validation",
    "security.two_factor_rescue",
    "security.tf_select",
    "security.mf_recovery",
    "security.wan_signin",
    "security.wan_signin_response",
    "security.static",
    "public.feed",
    "public.healthz",
    "public.readyz",
    "public.metrics",  # to this machine only
    "refusals.refuse",
    "public.act",
    "public.undo_action",
    "public.stop_digest",
    "public.pause_digest",
    "trouble.csp_report",
}


def test_row_01_nobody_gets_past_any_guard_by_any_method(product):
    """Each address is asked for with ids that are there, and with the token of a form."""
    anybody = product.visitor()
    known = {"code": "C-0101", "source_id": 1, "document_id": 1, "visit_id": 1, "user_id": 1, "key": "thank-you"}
    before, walked = product.dbhash(), 0
    token = anybody.fetch_token()
    for rule, path, method in walk.everywhere(product.app, known):
        if rule.endpoint in PUBLIC:
            continue
        answer = anybody.ask(method, path, headers={"X-CSRFToken": token})
        assert answer.status in {302, 401, 404, 405}, (rule.endpoint, method, answer.status)
        if answer.status == 302:
            assert answer.header("Location") == "/login", rule.endpoint
        assert "canary" not in answer.all.lower(), rule.endpoint
        walked += 1
    assert walked > 900
    assert product.dbhash() == before


def test_row_01_the_public_list_is_the_one_written_here(settings):
    """On an installation where every way of signing in is open, so that all their addresses are there."""
    everything_on = settings.model_copy(update={"base_url": "https://desk.example.com", "second_factor": "on"})
    running = {rule.endpoint for rule in create_app(everything_on).url_map.iter_rules()}
    assert permissions.PUBLIC == PUBLIC
    assert running == PUBLIC | set(permissions.NEEDED)


def test_row_01_htmx_is_sent_to_the_sign_in_page_whole(product):
    answer = product.visitor().get("/", HX_Request="true")
    assert (answer.status, answer.header("HX-Redirect")) == (401, "/login")


def bare(guard: guards.Guard | None, endpoint: str) -> Flask:
    """Return an application of one address."""
    app = Flask("bare")
    blueprint, _dot, name = endpoint.partition(".")
    bp = Blueprint(blueprint, "bare")
    bp.add_url_rule("/bare", name, lambda: "")
    if guard is None:
        app.register_blueprint(bp)
    else:
        guards.register(app, bp, guard=guard)
    app.url_map._rules_by_endpoint.pop("static", None)
    app.url_map._rules[:] = [rule for rule in app.url_map._rules if rule.endpoint != "static"]
    return app


@pytest.mark.parametrize(
    ("guard", "endpoint", "why"),
    [
        pytest.param(None, "sources.index", "has no guard", id="a blueprint hung in without a guard"),
        pytest.param(guards.public, "sources.index", "open to anybody", id="an open view that is not on the list"),
        pytest.param(guards.login_required, "public.feed", "asks for a sign-in", id="a listed view with a guard"),
        pytest.param(guards.login_required, "sources.brand_new", "needs no permission", id="a view without permission"),
    ],
)
def test_row_01_the_product_refuses_to_start_with_a_gap(guard, endpoint, why):
    with pytest.raises(guards.Unguarded, match=why):
        guards.install(bare(guard, endpoint), others="others")


def test_row_01_what_is_written_down_starts():
    guards.install(bare(guards.login_required, "sources.index"), others="others")
    guards.install(bare(guards.public, "public.feed"), others="others")
