"""A disk that is full at each write, and a data folder that cannot be written: said plainly, nothing half-saved."""

import os
from contextlib import contextmanager

import builders
import mailroom
import pytest
import rights
import strace
from sqlalchemy import func, select, text

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach import feed_service, outbox
from crm.outreach.models import Task
from crm.outreach.worker import Worker

pytestmark = pytest.mark.sqlite


@pytest.fixture
def app(settings, clock, server):
    with mailroom.desk_with_a_source(settings, clock, server.port) as app:
        yield app


def full_disk(nth: int):
    """Let the n-th write of this process find the disk full, and all after it."""
    return strace.attached(os.getpid(), *strace.fail_at("pwrite64", "ENOSPC", f"{nth}+"))


@contextmanager
def read_only(folder):
    """Take the right to write from a folder and all in it."""
    db.session.remove()
    db.engine.dispose()
    paths = [folder, *folder.iterdir()]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        with rights.of_a_plain_user():
            yield
    finally:
        db.session.remove()
        db.engine.dispose()
        for path in paths:
            if path.exists():
                path.chmod(0o700 if path.is_dir() else 0o600)


def saved() -> tuple[int, int]:
    """Count the tasks and the entries of the journal, which come together or not at all."""
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (Task, JournalEntry))


@pytest.mark.parametrize("nth", [1, 2, 7])
def test_a_page_that_meets_a_full_disk_says_so_and_saves_nothing(app, owner, nth):
    with full_disk(nth):
        page = owner.post("/quick-add", data=mailroom.A_TASK)
        assert page.status_code == 507
        assert "The disk is full" in page.text
        assert owner.get("/").status_code == 200
    assert saved() == (0, 0)
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303
    assert saved()[0] == 1


def test_the_worker_hands_nothing_over_that_it_could_not_write_down_and_goes_on_by_itself(app, server, clock):
    worker, doubt = Worker(app), 0
    for nth in range(1, 26, 3):
        key = f"task:{nth}"
        mailroom.put(key, now=clock.now)
        handed_over = len(server.kept)
        with full_disk(nth):
            worker.run("send_outbox", now=clock.now)
        state = mailroom.states()[key]
        assert state in {"queued", "claimed", "in_data", "sent"}
        assert (len(server.kept) > handed_over) == (state in {"in_data", "sent"})
        doubt += state == "in_data"
        assert worker.run("send_outbox", now=clock.now) is not None
    assert doubt
    states = list(mailroom.states().values())
    assert (states.count("unknown"), states.count("sent")) == (doubt, len(states) - doubt)
    assert len(server.kept) == len(states) == len({kept.message_id for kept in server.kept})


def test_a_page_says_that_the_data_folder_cannot_be_written(app, owner, settings):
    with read_only(settings.data_dir):
        for page in (owner.post("/quick-add", data=mailroom.A_TASK), owner.get("/")):
            if page.status_code != 200:  # where the log of the database is gone too, nothing can be read either
                assert page.status_code == 503
                assert "The data folder cannot be written" in page.text
    assert saved() == (0, 0)
    assert owner.post("/quick-add", data=mailroom.A_TASK).status_code == 303


def test_a_calendar_is_read_from_a_full_disk(app, visitor, clock):
    with writing():
        _feed, token = feed_service.create_feed(
            builders.practice(), builders.user(), name="Phone", hide_sources=False, now=clock.now
        )
    with full_disk(1):
        assert visitor.get(f"/cal/{token}.ics").status_code == 200
    assert visitor.get(f"/cal/{token}.ics").status_code == 200


def test_the_worker_waits_while_the_data_folder_cannot_be_written(app, server, clock, settings):
    mailroom.put("task:1", now=clock.now)
    worker = Worker(app)
    with read_only(settings.data_dir):
        done = worker.run_once(clock.now)
    assert done["send_outbox"] is None
    assert server.talks == []
    assert worker.run_once(clock.now)["send_outbox"] == 1
    assert mailroom.states() == {"task:1": "sent"}
    with writing():
        assert outbox.heartbeat().details.keys() == {"runs"}  # none fails any more
