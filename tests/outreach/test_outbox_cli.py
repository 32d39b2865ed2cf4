"""What an operator sees and decides on the command line."""

import json

import mailroom
import pytest
from flask import Flask
from sqlalchemy import select

from crm.db import db, writing
from crm.journal.models import JournalEntry
from crm.outreach.models import MessageState


@pytest.fixture
def message(app: Flask, clock) -> int:
    with app.app_context():
        return mailroom.put("task:1", now=clock.now)


def set_state(app: Flask, state: str) -> None:
    with app.app_context():
        row = mailroom.rows()["task:1"]
        with writing() as session:
            row.state = MessageState(state)
            session.add(row)


def flask(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(args=list(arguments))


def state(app: Flask) -> str:
    with app.app_context():
        return mailroom.states()["task:1"]


@pytest.mark.parametrize(("at", "code"), [("queued", 0), ("sent", 0), ("unknown", 1), ("held", 1), ("failed", 1)])
def test_the_list_ends_with_1_where_a_person_must_decide(app, message, at, code):
    set_state(app, at)
    listed = flask(app, "outbox", "list", "--json")
    assert listed.exit_code == code
    [row] = json.loads(listed.output)
    assert (row["id"], row["key"], row["state"], row["attempts"]) == (message, "task:1", at, 0)
    assert flask(app, "outbox", "list").output.startswith(f"{message}\t{at}\t")


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        (["release"], "held", "queued"),
        (["resolve", "--as", "sent"], "unknown", "sent"),
        (["resolve", "--as", "resend"], "unknown", "queued"),
        (["resolve", "--as", "resend"], "failed", "queued"),
    ],
)
def test_a_decision_is_carried_out_and_written_down(app, message, arguments, before, after):
    set_state(app, before)
    done = flask(app, "outbox", arguments[0], str(message), *arguments[1:])
    assert (done.exit_code, state(app)) == (0, after), done.output
    with app.app_context():
        entry = db.session.scalars(select(JournalEntry)).one()
        assert (entry.type, entry.payload) == ("message_resolved", {"message": message, "to": after})


def test_what_is_sent_cannot_be_decided_about(app, message):
    set_state(app, "sent")
    done = flask(app, "outbox", "resolve", str(message), "--as", "resend")
    assert (done.exit_code, state(app)) == (1, "sent")
    assert "is sent" in done.output


def test_a_message_that_is_not_there_is_bad_input(app, message):
    assert flask(app, "outbox", "release", str(message + 1)).exit_code == 2
