"""Several workers at once: nothing is planned, written or sent twice, and none waits for one that is gone."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import builders
import mailroom
import paperwork
import pytest
from flask import Flask
from smtp_server import Do, Step
from sqlalchemy import func, select

from crm.accounts.models import Practice
from crm.db import Turn, db, writing
from crm.documents.models import DeliveryState
from crm.journal import chain
from crm.journal import queries as journal_queries
from crm.journal.models import JournalEntry
from crm.outreach import digest_jobs, jobs, outbox
from crm.outreach.models import DigestDay, MessageKind, OutboxMessage
from crm.outreach.worker import Worker

MORNING = "2026-05-06T12:00:00Z"  # Wednesday, eight in New York


@pytest.fixture
def app(settings, clock, server) -> Iterator[Flask]:
    app = mailroom.app_with_server(settings, clock, server.port)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        builders.user()
        yield app


@pytest.fixture
def together(settings, clock, server) -> Callable[[Callable[[Flask], object]], list[object]]:
    """Run something in three applications at the same moment, each with connections of its own."""
    apps = [mailroom.app_with_server(settings, clock, server.port) for _ in range(3)]
    line = threading.Barrier(3)

    def act_in(one: Flask, act: Callable[[Flask], object]) -> object:
        with one.app_context():
            line.wait(5)
            try:
                return act(one)
            finally:
                db.session.remove()
                db.engine.dispose()

    def run(act: Callable[[Flask], object]) -> list[object]:
        with ThreadPoolExecutor(3) as pool:
            return [done.result(30) for done in [pool.submit(act_in, one, act) for one in apps]]

    return run


@contextmanager
def somebody_at(turn: Turn) -> Iterator[None]:
    """Another worker is at a job, and does not come to its end."""
    with db.engine.connect() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(int(turn), 0)))
        yield


def relationships(count: int) -> None:
    with writing():
        for number in range(count):
            builders.source(last_name=f"Source{number}", added_on=builders.day("2026-04-01"))


def letters_to(source_id: int, count: int, app: Flask) -> None:
    paperwork.letterhead()
    desk = paperwork.Desk(app, builders.signed_in(app))
    for _ in range(count):
        desk.send(desk.approved(key="education-note", source=source_id), "email")


def test_three_workers_tick_at_once_and_each_thing_happens_once(app, together, server, clock):
    relationships(3)
    with writing(builders.practice().id):
        for number in range(4):
            builders.user(email=f"assistant{number}@example.com")
    now = clock.set(MORNING)
    for number in range(12):
        mailroom.put(f"task:{number}", now=now)
    for done in together(lambda one: Worker(one).run_once(now)):
        assert None not in done.values()
    kept = [kept.message_id for kept in server.kept]
    assert len(kept) == len(set(kept))
    days = db.session.scalar(select(func.count()).select_from(DigestDay))
    told = db.session.scalar(select(func.count()).where(JournalEntry.type == "digest_recorded"))
    assert days == told == 5
    practice = builders.practice()
    verdict = chain.verify(practice.id, journal_queries.chained(practice.id), [], {})
    assert verdict.trouble == ""


@pytest.mark.postgresql
def test_what_one_worker_is_at_the_others_leave_to_it(app, clock):
    relationships(3)
    now = clock.set(MORNING)
    with somebody_at(Turn.REPLAN), somebody_at(Turn.DIGESTS):
        assert (jobs.replan_today(now=now), digest_jobs.queue_digests(now=now)) == (0, 0)
    assert (jobs.replan_today(now=now), digest_jobs.queue_digests(now=now)) == (3, 1)


@pytest.mark.postgresql
def test_a_provider_gets_one_letter_a_day_from_two_workers_too(app, server, clock, settings):
    letters_to(paperwork.source(), 2, app)
    other = mailroom.app_with_server(settings, clock, server.port)
    server.at(Step.CONNECT, Do.KILL)  # the first worker's conversation stands still until told who the victim is

    def send() -> None:
        with other.app_context():
            jobs.send_outbox(now=clock.now)

    first = threading.Thread(target=send)
    first.start()
    try:
        mailroom.wait_until(lambda: server.talks)
        jobs.send_outbox(now=clock.now)
        replies = {row.state.value: row.reply for row in mailroom.rows().values()}
    finally:
        server.victim.set_exception(OSError())
        first.join(10)
    assert replies == {"claimed": "", "queued": "One message a day is enough for one person."}
    assert server.kept == []


def test_three_workers_ask_about_the_same_provider_and_one_letter_leaves(app, together, server, clock):
    letters_to(paperwork.source(), 6, app)
    together(lambda _one: jobs.send_outbox(now=clock.now))
    assert len(server.kept) == 1
    assert sorted(mailroom.states().values()) == ["queued"] * 5 + ["sent"]
    assert paperwork.newest(paperwork.Delivery).state == DeliveryState.WAITING


def test_a_claim_lost_before_data_is_left_to_its_new_holder(app, server, clock):
    mailroom.put("task:1", now=clock.now)
    with writing():
        slow = outbox.claim_next(now=clock.now)
    mailroom.let_leases_run_out()
    with writing():
        outbox.recover(now=clock.now, lock_held=False)
    assert jobs._send(slow, now=clock.now)
    assert server.kept == []
    assert mailroom.states() == {"task:1": "queued"}
    assert jobs.send_outbox(now=clock.now) == 1


@pytest.mark.postgresql
def test_an_old_digest_on_its_way_is_not_called_cancelled(app, settings, clock):
    mailroom.put("digest:1:2026-05-05", now=clock.now, kind=MessageKind.DIGEST)
    looking = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with db.engine.connect() as other, looking, ThreadPoolExecutor(1) as pool:
        other.execute(OutboxMessage.__table__.update().values(state="in_data"))  # and not yet committed

        def tidy() -> int:
            with app.app_context(), writing():
                return outbox.drop_old_digests(builders.practice().id, before=builders.day("2026-05-06"))

        dropped = pool.submit(tidy)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        mailroom.wait_until(lambda: looking.exec_driver_sql(waiting).scalar())
        other.commit()
        assert dropped.result(10) == 0
    assert mailroom.states() == {"digest:1:2026-05-05": "in_data"}


def test_a_lease_begins_anew_with_the_message_itself(app, clock):
    mailroom.put("task:1", now=clock.now)
    with writing():
        claim = outbox.claim_next(now=clock.now)
    mailroom.let_leases_run_out()
    with writing():
        outbox.mark_in_data(claim)
        assert outbox.recover(now=clock.now, lock_held=False) == 0
    assert mailroom.states() == {"task:1": "in_data"}


@pytest.mark.postgresql
def test_referrals_entered_at_once_get_codes_of_their_own_and_each_renews_the_feeds(app, together):
    relationships(1)
    source = paperwork.newest(paperwork.Source)
    form = {
        "source_id": source.id, "received_on": "2026-05-06", "method": "fax", "written": "y",
        "service": "Medical Exercise Training", "diagnosis": "Knee", "icd10": "M17.11", "transition": "y",
        "client_code": "", "client_name": "", "client_class": "",
    }  # fmt: skip

    def refer(one: Flask) -> set[int]:
        one.config.update(WTF_CSRF_ENABLED=False)
        browser = builders.signed_in(one)
        keys = [f"{threading.get_ident()}-{number}" for number in range(4)]
        return {browser.post("/referrals/new", data=form | {"form_key": key}).status_code for key in keys}

    assert together(refer) == [{303}] * 3
    assert len(set(db.session.scalars(select(paperwork.Client.code)))) == 12
    assert db.session.scalar(select(Practice.task_revision)) >= 12
