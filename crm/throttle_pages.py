"""What somebody is told who tried a secret too often, and the count of wrong addresses that are secrets themselves."""

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from crm.accounts import throttle_service as throttle
from crm.db import db
from crm.outreach.day_words import count_of
from crm.web import error_page


def install(app: Flask) -> None:
    """Give the application this page."""
    app.register_error_handler(throttle.TooMany, _on_too_many)


def count_wrong(kind: str) -> None:
    """Count that an address was no secret of ours on the network it came from; raises TooMany.

    Right ones are never counted: a calendar goes on however many wrong addresses come from behind the same router.
    """
    throttle.attempt(kind, "", request.remote_addr or "", now=g.now)


def _on_too_many(error: throttle.TooMany) -> ResponseReturnValue:
    db.session.rollback()
    seconds = error.retry_after
    minutes = -(-seconds // 60)
    wait = count_of(seconds, "second", "seconds") if seconds < 60 else count_of(minutes, "minute", "minutes")
    response = error_page(429, f"It did not fit too often. The next try is looked at in {wait}; until then none is.")
    response.headers["Retry-After"] = str(seconds)
    return response
