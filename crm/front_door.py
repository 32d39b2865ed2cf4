"""Who may come in, before anything of a request is looked at; and where a browser may be sent on to.

Browsers say where a request comes from (`Sec-Fetch-*`, `Origin`). Programs say nothing: calendars, mail programs that
press an unsubscribe button, monitors. The token of a form is asked for beside this, not instead.
"""

import re
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from crm.settings import LOOPBACK, Settings

SAFE_METHODS = {"GET", "HEAD"}
OURS = {"same-origin", "none"}  # "none": typed, a bookmark, a calendar's own program
# What a machine asks by the name of this machine, and by no other of ours; see crm/outreach/probe_views.py.
PROBES = {"public.healthz", "public.readyz", "public.metrics"}
# A calendar that is built like a browser may call itself a stranger; a page of a stranger cannot read what it gets.
FOR_PROGRAMS = PROBES | {"public.feed"}
NOT_EMBEDDED = {"", "empty", "document"}
MOST_HEADER_CHARACTERS, MOST_FIELDS = 16_384, 1_000
PLAIN_PATH = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")  # what is visible in ASCII, but for the backslash


def install(app: Flask) -> None:
    """Stand before the application's own hooks: what is turned away has not begun to write."""
    app.before_request(_look_at)
    app.after_request(_stay_here)


def own_path(asked: str) -> str | None:
    """Return an address if a page of ours is there; None for anything a browser could take for somewhere else."""
    asked = asked.removeprefix(_settings().base_url)
    if not PLAIN_PATH.fullmatch(asked):
        return None
    try:
        current_app.create_url_adapter(request).match(unquote(urlsplit(asked).path), method="GET")  # type: ignore[union-attr]
    except (HTTPException, ValueError):  # a redirect of the router is one of them
        return None
    return asked


def _look_at() -> ResponseReturnValue | None:
    refused = next((status for is_wrong, status in REFUSED if is_wrong()), None)
    if refused:
        abort(refused)
    return None


def _is_misnamed() -> bool:
    """Say whether a name of this machine is used where people know the desk by its public one."""
    name = urlsplit(f"//{request.host}").hostname
    return name != _settings().hostname and _settings().is_https and request.endpoint not in PROBES


def _is_spread_out() -> bool:
    """Say whether the header lines are longer than any browser's; servers count fields, not their sum."""
    return sum(len(name) + len(value) for name, value in request.headers) > MOST_HEADER_CHARACTERS


def _is_of_a_stranger() -> bool:
    """Say whether a page of another site asks for more than to be left for this one."""
    if request.headers.get("Sec-Fetch-Site", "none") in OURS:
        return False
    destination = request.headers.get("Sec-Fetch-Dest", "")
    if request.endpoint in FOR_PROGRAMS and destination in NOT_EMBEDDED:
        return False
    followed = request.headers.get("Sec-Fetch-Mode") == "navigate" and destination == "document"
    return not (followed and request.method in SAFE_METHODS)


def _is_sent_by_a_stranger() -> bool:
    """Say whether a form comes from elsewhere; `null` is what it says of our own pages: they send no referrer."""
    origin = request.headers.get("Origin", "null")
    if request.method in SAFE_METHODS or origin == "null" or origin == _settings().base_url:
        return False
    parts = urlsplit(origin)
    here = parts.hostname in LOOPBACK and parts.netloc == request.host and not _settings().is_https
    return not here


def _is_endless() -> bool:
    """Say whether a form without files is larger than any of ours; those with files the framework measures."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return False
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]  # read now, and 413 where it is more
    return sum(1 for _ in request.form.items(multi=True)) > MOST_FIELDS


REFUSED = (
    (_is_misnamed, 400),
    (_is_spread_out, 431),
    (_is_of_a_stranger, 403),
    (_is_sent_by_a_stranger, 403),
    (_is_endless, 413),
)


def _stay_here(response: Response) -> Response:
    """Send nobody away: whatever a page or library was told, the next page is one of ours."""
    for name in ("Location", "HX-Redirect"):
        if name in response.headers:
            response.headers[name] = own_path(response.headers[name]) or "/"
    return response


def _settings() -> Settings:
    found: Settings = current_app.extensions["handoff"].settings
    return found
