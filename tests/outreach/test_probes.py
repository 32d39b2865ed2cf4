"""What machines ask: alive, ready, and figures for this machine alone."""

from datetime import timedelta

import builders
import mailroom
import pytest
from sqlalchemy import text

from crm.db import writing
from crm.factory import create_app
from crm.outreach import clock_words, outbox, upkeep_jobs
from crm.outreach.models import MessageState
from crm.outreach.sending import ChannelDown
from crm.outreach.worker import Worker

HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def test_it_is_ready_once_the_clock_ticks_and_not_after_it_fell_silent(visitor, clock):
    """R35: worker dead."""
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "database": True, "clock": False})
    upkeep_jobs.housekeeping(now=clock.now)
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "database": True, "clock": True})
    clock.now += timedelta(minutes=5, seconds=1)
    assert visitor.get("/readyz").status_code == 503
    assert visitor.get("/healthz").status_code == 200


def test_a_database_that_does_not_answer_is_not_ready(visitor, clock):
    upkeep_jobs.housekeeping(now=clock.now)
    with writing() as session:
        session.execute(text("ALTER TABLE heartbeat RENAME TO gone"))
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "database": False, "clock": False})


def test_a_dead_clock_is_said_on_every_page_within_five_minutes(app, clock):
    """R35: worker dead."""
    browser = builders.signed_in(app)
    upkeep_jobs.housekeeping(now=clock.now)
    for path in ("/", "/outbox", "/clock"):
        page = browser.get(path).text
        assert "The clock ticked a moment ago; the next digest comes tomorrow at 7:00." in page
        assert "Clock stopped" not in page
    clock.now += timedelta(minutes=7)
    for path in ("/", "/outbox", "/clock"):
        page = browser.get(path).text
        assert "Clock stopped" in page
        assert "The clock last ticked 7 minutes ago." in page


def test_the_page_of_the_clock_tells_of_each_job(app, clock):
    worker = Worker(app)
    worker.run_once(clock.now)
    worker.run_once(clock.now)
    page = builders.signed_in(app).get("/clock").text
    assert page.count("Ran a moment ago") == len(clock_words.JOBS)
    assert page.count("In order") == len(clock_words.JOBS)


def test_the_page_of_the_clock_promises_no_mail_that_cannot_leave(app, clock):
    mailroom.put("task:1", now=clock.now)
    assert "It stands still; the outbox says why." in builders.signed_in(app).get("/clock").text


def scrape(visitor) -> dict[str, float]:
    answer = visitor.get("/metrics", environ_base=HERE)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_figures_follow_the_rows(app, visitor, clock):
    for number, state in enumerate(["queued", "queued", "held", "unknown", "sent", "sent"]):
        mailroom.put(f"task:{number}", now=clock.now - timedelta(seconds=90))
        with writing() as session:
            row = mailroom.rows()[f"task:{number}"]
            row.state = MessageState(state)
            row.sent_at = row.next_at + timedelta(seconds=number) if state == "sent" else None
            session.add(row)
    upkeep_jobs.housekeeping(now=clock.now - timedelta(seconds=20))
    figures = scrape(visitor)
    assert figures['handoff_outbox_messages{state="queued"}'] == 2
    assert figures['handoff_outbox_messages{state="failed"}'] == 0
    assert figures["handoff_outbox_oldest_due_age_seconds"] == 90
    assert figures["handoff_clock_tick_age_seconds"] == 20
    assert figures['handoff_send_latency_seconds{quantile="0.5"}'] == 4
    assert figures['handoff_send_latency_seconds{quantile="1"}'] == 5
    assert figures["handoff_mail_paused"] == 0
    with writing():
        outbox.note_channel(ChannelDown("535 no"), now=clock.now)
    assert scrape(visitor)["handoff_mail_paused"] == 1


def test_failures_of_a_job_are_counted_over_restarts(settings, visitor, clock):
    for _ in range(2):
        app = mailroom.app_with_server(settings, clock, 1)
        app.extensions["mail"].server = object()  # no string: the sender breaks
        with app.app_context():
            mailroom.put(f"task:{len(mailroom.rows())}", now=clock.now)
            Worker(app).run_once(clock.now)
    assert scrape(visitor) | {'handoff_job_failures_total{job="send_outbox"}': 2} == scrape(visitor)


def test_the_figures_name_nobody(visitor, clock):
    mailroom.put("task:1", now=clock.now, recipient="canaryella@example.com", subject="Canaryella")
    answer = visitor.get("/metrics", environ_base=HERE).text.lower()
    assert "canaryella" not in answer
    assert "northside" not in answer


@pytest.mark.parametrize(
    ("remote", "headers"),
    [
        pytest.param("192.0.2.7", {}, id="another machine"),
        pytest.param("2001:db8::7", {}, id="another machine, IPv6"),
        pytest.param("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, id="through a proxy"),
        pytest.param("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, id="through a proxy of the new kind"),
        pytest.param("127.0.0.1", {"Host": "desk.example.com"}, id="by the public name"),
    ],
)
def test_from_elsewhere_there_are_no_figures(settings, clock, remote, headers):
    app = create_app(settings.model_copy(update={"base_url": "https://desk.example.com"}), clock)
    answer = app.test_client().get(
        "/metrics", environ_base={"REMOTE_ADDR": remote}, headers={"Host": "127.0.0.1", **headers}
    )
    assert answer.status_code == 404
    assert "handoff_" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost"])
def test_from_this_machine_there_are(visitor, host):
    assert visitor.get("/metrics", environ_base=HERE, headers={"Host": host}).status_code == 200
