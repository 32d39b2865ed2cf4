"""The process of the pages is killed while somebody saves: nothing or one row is there, and saving again is safe."""

import signal

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


@pytest.mark.parametrize(
    ("call", "nth", "there"),
    [
        pytest.param("pwrite64", 1, BEFORE, id="at the first byte of the commit"),
        pytest.param("pwrite64", 4, BEFORE, id="in the middle of the commit"),
        pytest.param("fdatasync", 1, MAYBE, id="written and not yet synced"),
        pytest.param("sendto", 1, AFTER, id="committed and not yet answered"),
    ],
)
def test_a_form_sent_again_after_a_kill_is_saved_once(app, settings, warm, owner, call, nth, there):
    with app.app_context():
        with writing():
            source = builders.source().id
        db.engine.dispose()
    form = {"form_key": "11111111-2222-4333-8444-555555555555", "source_id": source, "received_on": "2026-05-05",
            "method": "fax", "written": "y", "client_class": "", "client_name": "Wilhelmina Quagmire"}  # fmt: skip
    with front.serving(app, settings, warm) as desk:
        desk.get("/")  # the clock has ticked by the time the token is here
        desk.post("/referrals/check", form)
        with strace.attached(desk.pid, *strace.kill_at(call, nth)), pytest.raises(front.GONE):
            desk.post("/referrals/new", form)
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
