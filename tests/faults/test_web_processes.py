"""`flask web` as real processes on PostgreSQL: one that dies is replaced, and told to end they finish what they do."""

import os
import signal
import threading
from collections.abc import Iterator

import chaos
import mailroom
import pytest
from chaos_people import Book, Person
from flask import Flask
from sqlalchemy import func, select, text

from crm.db import db
from crm.outreach.models import Task

pytestmark = pytest.mark.postgresql


class Pages:
    """One `flask web` with two processes, and somebody signed in."""

    def __init__(self, app: Flask, warm, settings, server, output) -> None:
        cookie = chaos.furnish(app)[0]
        env = mailroom.environment(settings, server.port)
        self.nodes = chaos.Nodes(warm, env, output, ports=[chaos.free_port()])
        self.pid = self.nodes.web(self.nodes.ports[0])
        self.book = Book()
        self.person = Person(0, self.nodes.ports, cookie, self.book, threading.Event())
        mailroom.wait_until(lambda: len(chaos.children_of(self.pid)) == 2)
        mailroom.wait_until(self.person.is_let_in)


@pytest.fixture
def pages(app, warm, settings, server, tmp_path) -> Iterator[Pages]:
    with app.app_context():
        yield Pages(app, warm, settings, server, tmp_path / "output.txt")


def test_a_killed_process_is_replaced_and_the_other_goes_on(pages):
    before = set(chaos.children_of(pages.pid))
    killed = before.pop()
    os.kill(killed, signal.SIGKILL)
    mailroom.wait_until(lambda: len(set(chaos.children_of(pages.pid)) - {killed}) == 2)
    mailroom.wait_until(pages.person.is_let_in)
    pages.person.plan()
    os.kill(pages.pid, signal.SIGTERM)
    assert pages.nodes.warm.wait(pages.pid) == 0
    assert (pages.book.tasks, pages.book.unexpected) == (1, [])


def test_told_to_end_it_answers_what_was_asked_first(pages):
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
    )
    looking = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with db.engine.connect() as writer, looking:
        writer.execute(select(func.pg_advisory_xact_lock(1)))  # somebody else is saving in this practice
        plan = threading.Thread(target=pages.person.plan)
        plan.start()
        mailroom.wait_until(lambda: looking.scalar(waiting))
        os.kill(pages.pid, signal.SIGTERM)
        writer.rollback()
        plan.join(20)
    assert pages.nodes.warm.wait(pages.pid) == 0
    assert (pages.book.tasks, pages.book.unexpected) == (1, [])
    assert db.session.scalar(select(func.count()).select_from(Task)) == 1
