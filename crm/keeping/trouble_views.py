"""What goes wrong leaves a count: pages that broke, jobs of the clock, and what browsers refused of a page."""

import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from crm.keeping.trouble_jobs import meet
from crm.keeping.trouble_models import TroubleKind
from crm.web import csrf

bp = Blueprint("trouble", __name__)
MOST_BYTES = 8192  # a browser's report has about one thousand
DIRECTIVES = {
    "base-uri", "child-src", "connect-src", "default-src", "font-src", "form-action", "frame-ancestors", "frame-src",
    "img-src", "manifest-src", "media-src", "object-src", "script-src", "script-src-attr", "script-src-elem",
    "style-src", "style-src-attr", "style-src-elem", "worker-src",
}  # fmt: skip


def install(app: Flask) -> None:
    """Count every answer that says something of ours broke."""
    app.after_request(_count_broken)


@bp.post("/csp-report")
@csrf.exempt  # type: ignore[untyped-decorator]
def csp_report() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES
    meet(TroubleKind.CSP, _place_of(request.get_data()), now=g.now)
    return "", 204


def _count_broken(response: Response) -> Response:
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and request.endpoint != "public.readyz":
        meet(TroubleKind.ERROR, f"{response.status_code} on {request.endpoint or 'no page of ours'}", now=g.now)
    return response


def _place_of(body: bytes) -> str:
    """Return words of ours for what a report speaks of: anybody may send one, so nothing of it is kept."""
    report: Any = {}
    with suppress(ValueError, RecursionError):
        report = json.loads(body)
    told = report.get("csp-report") if isinstance(report, dict) else None
    told = told if isinstance(told, dict) else {}
    named = str(told.get("effective-directive") or told.get("violated-directive") or "").split(" ")[0]
    directive = named if named in DIRECTIVES else "another rule"
    return f"{directive} on {_page(str(told.get('document-uri', '')))}"


def _page(address: str) -> str:
    """Return our name of the page with this address, never the address."""
    try:
        adapter = current_app.create_url_adapter(request)
        endpoint, _values = adapter.match(urlsplit(address).path, method="GET")  # type: ignore[union-attr]
    except (HTTPException, ValueError):
        return "no page of ours"
    return str(endpoint)
