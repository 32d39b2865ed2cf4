"""The headers of every answer, set where nothing can leave without them: around the whole application.

What a server answers by itself, before the application is asked, takes them from here too; see crm/servers.py.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    # A header of its own, so that the policy itself stays the same text everywhere.
    "Content-Security-Policy-Report-Only": f"{CSP}; report-uri /csp-report",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
            "midi", "payment", "usb",
        )
    ),
}  # fmt: skip
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
KEEP_NOTHING = {"Cache-Control": "no-store", "Vary": "Cookie"}
# Where a browser or calendar may keep what it got, and under which words. The address of a static file names its bytes.
KEPT = (
    (re.compile("/static/"), {"Cache-Control": "max-age=31536000, public", "Vary": "Accept-Encoding"}),
    (re.compile(r"/cal/[^/]+\.ics"), {"Cache-Control": "private, max-age=300", "Vary": "Cookie"}),
)
# Not "cookies": that would sign people out of everything else under their practice's domain.
AT_SIGN_OUT = {"Clear-Site-Data": '"cache", "storage"'}

Headers = list[tuple[str, str]]


def of_refusal(*, is_https: bool) -> Headers:
    """Return the headers of an answer that no page, file or calendar stands behind."""
    return list((ALWAYS | KEEP_NOTHING | (HSTS if is_https else {})).items())


def dressed(path: str, status: int, headers: Iterable[tuple[str, str]], *, is_https: bool) -> Headers:
    """Return an answer's headers with ours, which win over what a page or library thought of."""
    kept = next((words for place, words in KEPT if place.match(path)), None) if status in {200, 206, 304} else None
    ours = ALWAYS | (kept or KEEP_NOTHING) | (HSTS if is_https else {})
    if path == "/logout" and status in {302, 303, 204}:
        ours |= AT_SIGN_OUT
    taken = {name.lower() for name in ours} | {"server"}
    return [(name, value) for name, value in headers if name.lower() not in taken] + list(ours.items())


class ResponseHeaders:
    """A WSGI application around another."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, is_https: bool) -> None:
        self._application, self._is_https = application, is_https

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Ask the application and dress what it answers."""
        path = environ.get("PATH_INFO", "")

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            return start_response(
                status, dressed(path, int(status[:3]), headers, is_https=self._is_https), *filter(None, [exc_info])
            )

        return self._application(environ, start)
