"""The two servers under the application: waitress for `flask serve`, gunicorn for `flask web`.

What is no proper request they refuse by themselves. Such an answer carries our headers and repeats nothing of what was
asked, and no word of it is logged: it may hold the secret address of a calendar.
"""

import logging
from typing import Any

import gunicorn.glogging
import gunicorn.http.wsgi
import structlog
import waitress
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException, UnsupportedTransferCoding
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from crm.db import db
from crm.front_door import MOST_HEADER_CHARACTERS
from crm.response_headers import Headers, of_refusal
from crm.settings import Settings

IDENT = "handoff"  # what both servers call themselves, without a version
THREADS = 8
GRACE_SECONDS = 10  # a request may take that long to end when the process is told to
SECONDS_TO_ASK = 60  # for a whole request to arrive: five megabytes over a slow line take forty
SECONDS_BETWEEN_LOOKS = 5  # at the clock, for connections whose time is over
MOST_BODY_BYTES = 12 * 1024 * 1024  # above what a page takes, so that it can say what is too large
REFUSED = {
    ParseException: (400, "Bad Request"),
    LimitRequestLine: (414, "URI Too Long"),
    LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    UnsupportedTransferCoding: (501, "Not Implemented"),
}
log = structlog.get_logger()


def listen(app: Flask, where: Settings, port: int) -> Any:
    """Return a waitress server that listens; raises OSError where the port cannot be had."""
    # It would write the path of a request that failed outside Flask, and paths of feeds are secrets.
    logging.getLogger("waitress").setLevel(logging.CRITICAL)
    server = waitress.create_server(
        app,
        host=where.host,
        port=port,
        threads=THREADS,
        ident=IDENT,
        connection_limit=400,
        channel_timeout=SECONDS_TO_ASK,
        cleanup_interval=SECONDS_BETWEEN_LOOKS,
        max_request_body_size=MOST_BODY_BYTES,
        max_request_header_size=MOST_HEADER_CHARACTERS,
        clear_untrusted_proxy_headers=not where.proxies,
    )
    refusal = type("Refusal", (_Refusal,), {"ours": of_refusal(is_https=where.is_https)})
    channel = type("Channel", (_Channel,), {"error_task_class": refusal})
    for each in [server, *getattr(server, "map", {}).values()]:  # more than one where a name has two addresses
        each.channel_class = channel
    return server


class _Refusal(ErrorTask):  # type: ignore[misc]
    """Waitress's answer to what is no proper request."""

    ours: Headers

    def execute(self) -> None:
        """Say what is wrong in the words of the protocol and nothing else."""
        error = self.request.error
        body = f"{error.reason}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend([("Content-Type", "text/plain; charset=utf-8"), *self.ours])
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose time runs from the first piece of a request: later ones do not push the end back."""

    last_activity: float

    def handle_read(self) -> None:
        """Read a piece."""
        begun = self.last_activity if self.request is not None else None
        super().handle_read()
        if begun is not None and self.request is not None:
            self.last_activity = begun


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's worker with threads."""

    def handle_error(self, _request: Any, client: Any, _address: Any, error: Exception) -> None:
        """Answer what the application was not asked, or could not answer."""
        status, reason = next(
            (REFUSED[kind] for kind in type(error).__mro__ if kind in REFUSED), (500, "Internal Server Error")
        )
        log.warning("refused_by_server", status=status, kind=type(error).__name__)
        ours = of_refusal(is_https=self.app.where.is_https)
        own = [("Server", IDENT), ("Connection", "close"), ("Content-Type", "text/plain; charset=utf-8")]
        head = "".join(f"{name}: {value}\r\n" for name, value in [*own, ("Content-Length", len(reason) + 1), *ours])
        try:
            write_nonblock(client, f"HTTP/1.1 {status} {reason}\r\n{head}\r\n{reason}\n".encode("latin-1"))
        except OSError:
            log.info("refusal_not_read", status=status)


class Log(gunicorn.glogging.Logger):  # type: ignore[misc]
    """Gunicorn's log without handlers of its own: what it says is written as everything else is."""

    def setup(self, _cfg: Any) -> None:
        """Hand on what is worth a warning."""
        self.error_log.handlers, self.access_log.handlers = [], []
        self.error_log.propagate, self.access_log.propagate = True, False
        self.error_log.setLevel(logging.WARNING)


class Pages(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads, forked from one application; no access log, since addresses of feeds are secrets."""

    def __init__(self, app: Flask, where: Settings, workers: int, port: int) -> None:
        self._pages, self.where = app, where
        gunicorn.http.wsgi.SERVER = IDENT
        self._options = {
            "bind": f"{where.host}:{port}",
            "workers": workers,
            "worker_class": "crm.servers.Worker",
            "threads": THREADS,
            "accesslog": None,
            "logger_class": Log,
            "timeout": SECONDS_TO_ASK,
            "graceful_timeout": GRACE_SECONDS,
            "reuse_port": True,  # it can start again while children of a killed one still hold the port
            "keepalive": 75,  # a proxy keeps its connections; closed too early they cost it a request
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_fork": self._own_connections,
            # Nobody's word on scheme, path or prefix counts, a proxy hands on what it was told; the settings know.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "limit_request_fields": 64,
        }
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self._pages

    def _own_connections(self, _arbiter: object, _process: object) -> None:
        """Two processes must never speak through one connection: leave the parent's, if it has any, to the parent."""
        with self._pages.app_context():
            db.engine.dispose(close=False)
