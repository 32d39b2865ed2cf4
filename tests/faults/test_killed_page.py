"""The process of the pages is killed while somebody saves: nothing or one row is there, and saving again is safe."""

import signal
from collections.abc import Iterator

import builders
import front
import pytest
import strace
from sqlalchemy import func, select, text

from crm.clients.models import Client, Referral
from crm.db import db, writing
from crm.journal.models import JournalEntry

pytestmark = pytest.mark.sqlite
BEFORE, MAYBE, AFTER = {0}, {0, 1}, {1}


@pytest.fixture
def desk(app, settings, warm) -> Iterator[front.Front]:
    """A served desk that knows one source."""
    with app.app_context():
        with writing():
            builders.source()
        db.engine.dispose()
    with front.serving(app, settings, warm) as served:
        yield served


@pytest.mark.parametrize(
    ("kill", "there"),
    [
        pytest.param(("pwrite64", 1), BEFORE, id="at the first byte of the commit"),
        pytest.param(("pwrite64", 4), BEFORE, id="in the middle of the commit"),
        pytest.param(("fdatasync", 1), MAYBE, id="written and not yet synced"),
        pytest.param(("sendto", 1), AFTER, id="committed and not yet answered"),
    ],
)
def test_a_form_sent_again_after_a_kill_is_saved_once(app, desk, owner, kill, there):
    form = {"form_key": "11111111-2222-4333-8444-555555555555", "source_id": 1, "received_on": "2026-05-05",
            "method": "fax", "written": "y", "client_class": "", "client_name": "Wilhelmina Quagmire"}  # fmt: skip
    desk.post("/referrals/check", form)  # which saves nothing
    with strace.attached(desk.pid, *strace.kill_at(*kill)), pytest.raises(front.GONE):
        desk.post("/referrals/new", form, seconds=5)
    assert desk.wait() == -signal.SIGKILL
    assert count(app, Referral) in there
    assert owner.post("/referrals/new", data=form).status_code == 303
    assert (count(app, Referral), count(app, Client)) == (1, 1)
    with app.app_context():
        told = db.session.scalars(select(JournalEntry.type).where(JournalEntry.type == "referral_received")).all()
        assert len(told) == 1
        assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def count(app, model) -> int:
    with app.app_context():
        found: int = db.session.scalar(select(func.count()).select_from(model))
        return found
