"""What machines ask: does the process answer, is it ready, how does the outbox fare. No names, no addresses."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, jsonify, make_response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from crm.db import db
from crm.outreach import clock_words, probe_queries
from crm.settings import LOOPBACK, Settings

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def healthz() -> Response:
    """Say that the process answers."""
    response = make_response("ok\n", 200)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def readyz() -> tuple[Response, int]:
    """Say whether the database answers and the clock ticks."""
    try:
        ticked_at = probe_queries.ticked_at()
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(ready=False, database=False, clock=False), 503
    settings: Settings = current_app.extensions["handoff"].settings
    ticks = ticked_at is not None and g.now - ticked_at <= clock_words.silence(settings.tick_seconds)
    return jsonify(ready=ticks, database=True, clock=ticks), 200 if ticks else 503


def metrics() -> Response:
    """Answer Prometheus on this very machine; to anybody else there is nothing here."""
    if not _asked_from_here():
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Outbox())
    response = make_response(generate_latest(registry))
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return response


def _asked_from_here() -> bool:
    """Tell a caller on this machine from one behind a proxy on it: that one asks for our public name."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _Outbox:
    """Reads the database at the moment it is asked, so that any process gives the same answer."""

    def collect(self) -> Iterator[Metric]:
        """Yield each figure once."""
        depth = GaugeMetricFamily("handoff_outbox_messages", "Messages in the outbox by state.", labels=["state"])
        for state, count in probe_queries.depth().items():
            depth.add_metric([state.value], count)
        yield depth
        due = probe_queries.oldest_due(now=g.now)
        yield _seconds("handoff_outbox_oldest_due_age", "How long the oldest due message has waited.", due)
        if ticked_at := probe_queries.ticked_at():
            yield _seconds("handoff_clock_tick_age", "How long ago the clock ticked.", g.now - ticked_at)
        yield GaugeMetricFamily(
            "handoff_mail_paused",
            "1 while the mail channel is at fault and everything waits.",
            probe_queries.is_paused(),
        )
        latency = GaugeMetricFamily(
            "handoff_send_latency_seconds", "From due to sent, messages of the last 24 hours.", labels=["quantile"]
        )
        for quantile, seconds in probe_queries.latency(now=g.now).items():
            latency.add_metric([quantile], seconds)
        yield latency
        failures = CounterMetricFamily("handoff_job_failures", "Failed runs of a job of the clock.", labels=["job"])
        for job, count in probe_queries.failures().items():
            failures.add_metric([job], count)
        yield failures


def _seconds(name: str, help_text: str, age: timedelta) -> Metric:
    return GaugeMetricFamily(f"{name}_seconds", help_text, age.total_seconds())
