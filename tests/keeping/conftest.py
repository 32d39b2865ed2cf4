"""A desk with a small practice, and its backups."""

import builders
import mailroom
import pytest

from crm.accounts.models import Practice
from crm.db import db, writing
from crm.journal import service as journal
from crm.journal.events import PackageReady, ReferralReceived

TOLD = "Canaryteller Quillfeather"


@pytest.fixture
def practice(app, clock) -> Practice:
    """A practice with two clients, a source it works with, its tasks, a task somebody typed in, a letter that waits."""
    with app.app_context():
        made = builders.practice()
        builders.user(made)
        with writing(made.id):
            source = builders.source(made)
            for number in (1, 2):
                client = builders.client(made, f"C-010{number}", source=source)
                sealer = app.extensions["handoff"].sealer()
                client.sealed = sealer.seal({"name": f"{TOLD} {number}"}, table="client", row=client.uuid)
            db.session.flush()
            journal.record(made, PackageReady(source=f"s{source.id}"), now=clock.now)
            for number in (1, 2):
                journal.record(
                    made,
                    ReferralReceived(source=f"s{source.id}", client=f"C-010{number}", id=f"r{number}"),
                    now=clock.now,
                )
        mailroom.put("task:1", now=clock.now)
        yield made


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


@pytest.fixture
def backups(settings):
    """Return the backups that lie in their folder, oldest first."""
    return lambda: sorted(settings.backup_path.glob("*.backup"))
