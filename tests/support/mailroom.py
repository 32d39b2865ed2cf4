"""What tests of outgoing mail share: applications that know a mail server, messages, and a look at the rows."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import builders
from flask import Flask
from sqlalchemy import select, text

from crm.db import db, writing
from crm.factory import create_app
from crm.outreach import outbox
from crm.outreach.models import MessageKind, OutboxMessage
from crm.outreach.sending import NewMessage
from crm.settings import Settings

# What quick add is sent for that source.
A_TASK = {"line": "", "kind": "call", "due": "2026-05-08", "source_id": "1", "client_code": ""}


def with_server(settings: Settings, port: int) -> Settings:
    """Return the settings with a plain mail server on this machine and no limit on how much leaves."""
    mail = {"mail_server": "127.0.0.1", "mail_port": port, "mail_use_tls": False}
    return settings.model_copy(update={**mail, "mail_per_minute": 0, "mail_per_day": 0})


def app_with_server(settings: Settings, clock: Any, port: int) -> Flask:
    """Return an application that knows that server."""
    return create_app(with_server(settings, port), clock)


@contextmanager
def desk_with_a_source(settings: Settings, clock: Any, port: int) -> Iterator[Flask]:
    """Yield an application with a mail server and one source, in its context; no connection is left behind."""
    app = app_with_server(settings, clock, port)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        with writing():
            builders.source()
        yield app
        db.session.remove()
        db.engine.dispose()


def environment(settings: Settings, port: int) -> dict[str, str]:
    """Return the same as an environment for a process."""
    return {
        "HANDOFF_DATA_DIR": str(settings.data_dir),
        "HANDOFF_DATABASE_URL": settings.database_url,
        "HANDOFF_BASE_URL": settings.base_url,
        "HANDOFF_SECOND_FACTOR": settings.second_factor,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_USE_TLS": "false",
        "MAIL_PER_MINUTE": "0",
        "MAIL_PER_DAY": "0",
    }


def put(key: str, *, now: datetime, kind: MessageKind = MessageKind.LETTER, **values: Any) -> int:
    """Queue a message; needs an application context."""
    practice = builders.practice()
    message = NewMessage(
        practice_id=practice.id,
        key=key,
        kind=kind,
        recipient=values.pop("recipient", "office@example.com"),
        subject=values.pop("subject", "A letter"),
        text="Good morning",
        **values,
    )
    with writing(practice.id):
        made = outbox.enqueue(message, host="desk.example", now=now)
    assert made is not None
    return made


def rows() -> dict[str, OutboxMessage]:
    """Return every message by key, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return {row.key: row for row in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))}


def states() -> dict[str, str]:
    """Return every message's state by key."""
    return {key: row.state.value for key, row in rows().items()}


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something another process or thread does, as short as it takes."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"


def let_leases_run_out() -> None:
    """Do what three minutes would: the claims of dead senders may be taken up on PostgreSQL too."""
    with writing():
        db.session.execute(text("UPDATE outbox_message SET lease_until = '2020-01-01' WHERE lease_until IS NOT NULL"))
