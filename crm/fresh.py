"""Who it is, once more: what must be proved within ten minutes before something dangerous, and the way back from there.

The page that shows a form asks already, so nothing typed is lost. Flask-Security's own pages ask for themselves.
"""

from collections.abc import Mapping

from flask import Flask, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts import sessions

# What asks, and the page one comes back to; the guard of its blueprint has been asked before.
PAGES: Mapping[str, str] = {
    "rights.show": "rights.show",
    "rights.copy": "rights.show",
    "rights.erase": "rights.show",
    "documents.disclosures_csv": "documents.disclosures",
    "outreach.calendar_feeds": "outreach.calendar_feeds",
    "outreach.add_feed": "outreach.calendar_feeds",
    "outreach.rotate_feed": "outreach.calendar_feeds",
    "account.password": "account.password",
    "account.change_password": "account.password",
    "account.address": "account.address",
    "account.change_address": "account.address",
    "log.as_csv": "log.index",
    "people.index": "people.index",
    "people.invite": "people.index",
    "people.change_role": "people.index",
    "people.disable": "people.index",
    "people.enable": "people.index",
    "people.end_sessions": "people.index",
    "people.new_link": "people.index",
}


class NoSuchAddress(RuntimeError):  # noqa: N818
    """Something dangerous was given another name, and would have lost its question."""


def install(app: Flask) -> None:
    """Put the question behind the guards of all these addresses. Call it after they are registered."""
    for endpoint in PAGES:
        if endpoint not in app.view_functions:
            raise NoSuchAddress(endpoint)
    for blueprint in {endpoint.partition(".")[0] for endpoint in PAGES}:
        app.before_request_funcs.setdefault(blueprint, []).append(fresh)


def fresh() -> ResponseReturnValue | None:
    """Let on who has proved within ten minutes who they are, and lead others to the question and back."""
    page = PAGES.get(request.endpoint or "")
    return None if page is None or sessions.current().is_fresh(g.now) else ask(page)


def ask(page: str) -> ResponseReturnValue:
    """Lead to the question, and from there back to a page of ours, with what was asked for in its address."""
    wanted = next(current_app.url_map.iter_rules(page)).arguments
    names = {name: value for name, value in (request.view_args or {}).items() if name in wanted}
    asked = request.query_string.decode("ascii", "replace") if request.method == "GET" else ""
    return lead_to(url_for("security.verify", next=f"{url_for(page, **names)}?{asked}".rstrip("?")))


def lead_to(address: str) -> ResponseReturnValue:
    """Send a browser to an address of ours, also where htmx asked for a part of a page."""
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)
