"""The clock of the machine jumps while the desk runs: no digest comes twice, no letter leaves early."""

from datetime import timedelta

import builders
import mailroom
import pytest
from sqlalchemy import select

from crm.db import db, writing
from crm.outreach import outbox
from crm.outreach.models import DigestDay, MessageKind, OutboxMessage
from crm.outreach.worker import Worker

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def worker(settings, clock, server):
    """A clock's jobs, a mail server, and a reader of the digest who has something to read."""
    app = mailroom.app_with_server(settings, clock, server.port)
    with app.app_context():
        builders.user()
        with writing():
            builders.source(added_on=builders.day("2026-04-01"), step=1)
        yield Worker(app)
        db.session.remove()
        db.engine.dispose()


def tick(worker, now):
    """Let every job run at a moment; each of them succeeds."""
    assert None not in worker.run_once(now).values()


def digests(server) -> list[str]:
    """Return the keys of the digests that arrived."""
    db.session.rollback()
    arrived = {kept.message_id for kept in server.kept}
    query = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.DIGEST).order_by(OutboxMessage.key)
    return [row.key.rpartition(":")[2] for row in db.session.scalars(query) if row.message_id in arrived]


def test_no_digest_comes_twice_however_the_clock_jumps(worker, server, clock):
    for jump in (0 * HOUR, -HOUR, HOUR, 3 * DAY - 2 * HOUR, 2 * DAY, 3 * DAY, -DAY, 0 * HOUR, DAY, -3 * DAY, 5 * DAY):
        tick(worker, clock.now + jump)
        tick(worker, clock.now + jump)
    days = [row.on for row in db.session.scalars(select(DigestDay))]
    assert len(days) == len(set(days))
    assert len(digests(server)) == len(set(digests(server))) == len(server.kept)
    assert "2026-05-06" in digests(server)


@pytest.mark.parametrize(
    "jump", [-HOUR, -DAY, 3 * DAY], ids=["an hour back", "a day back", "three days ahead and back"]
)
def test_no_letter_leaves_before_its_moment(worker, server, clock, jump):
    mailroom.put("task:1", now=clock.now)
    with writing():
        claim = outbox.claim_next(now=clock.now)
        assert claim is not None
        outbox.put_off(claim, "the practice is closed", until=clock.now + 4 * DAY)
    for now in (clock.now, clock.now + jump, clock.now, clock.now + 4 * DAY - HOUR):
        tick(worker, now)
        assert mailroom.states()["task:1"] == "queued"
    tick(worker, clock.now + 4 * DAY)
    assert mailroom.states()["task:1"] == "sent"


def test_a_clock_that_ran_ahead_and_was_put_right_leaves_no_day_without_a_replay(worker, clock):
    tick(worker, clock.now + 3 * DAY)
    tick(worker, clock.now)
    assert builders.practice().replanned_on == "2026-05-06"
    tick(worker, clock.now + DAY)
    db.session.rollback()
    assert builders.practice().replanned_on == "2026-05-07"


def test_the_lock_of_the_sender_knows_no_clock(worker, server, clock):
    mailroom.put("task:1", now=clock.now)
    tick(worker, clock.now - 400 * DAY)
    assert mailroom.states()["task:1"] == "queued"
    tick(worker, clock.now)
    assert mailroom.states()["task:1"] == "sent"
    assert len([kept for kept in server.kept if kept.recipients == ["office@example.com"]]) == 1
