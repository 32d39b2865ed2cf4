"""The power goes at any moment: whatever was answered is on the disk. See tests/support/power_cut.py for the model."""

import random
import sqlite3
import uuid
from contextlib import closing

import builders
import front
import power_cut
import pytest
import strace

from crm.db import db, writing

pytestmark = pytest.mark.sqlite
SAVES, CUTS = 12, 40


@pytest.fixture
def recorded(app, settings, warm, tmp_path):
    """A desk at which some referrals were saved one after the other; what the disk held before, and what was done."""
    with app.app_context():
        with writing():
            source = builders.source().id
        builders.user()
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    record, file = tmp_path / "record", settings.data_dir / "handoff.sqlite3"
    keys = [str(uuid.uuid4()) for _ in range(SAVES)]
    with front.serving(app, settings, warm, HANDOFF_TICK_SECONDS="1") as desk:
        desk.post("/referrals/check", {})
        before = {str(path): path.read_bytes() for path in (file, file.with_name(file.name + "-wal"))}
        with strace.attached(desk.pid, *power_cut.OPTIONS, record=record):
            for key in keys:
                form = {"form_key": key, "source_id": source, "received_on": "2026-05-05", "method": "fax",
                        "written": "y", "client_class": ""}  # fmt: skip
                assert desk.post("/referrals/new", form).status == 303
    return before, power_cut.read_record(record), keys


def test_whatever_was_answered_is_there_after_a_power_cut(recorded, settings, tmp_path):
    before, events, keys = recorded
    answers = [number for number, event in enumerate(events) if event.content.startswith(b"HTTP/1.1 303")]
    assert len(answers) == SAVES
    lots = random.Random(4)  # noqa: S311 - the same cuts in each run: at each answer, and anywhere
    cuts = answers + [lots.randrange(len(events)) for _ in range(CUTS)]
    for number, cut in enumerate(cuts):
        folder = tmp_path / f"cut{number}"
        folder.mkdir()
        for path, content in power_cut.disk_after(events, before, cut, lots):
            (folder / path.rpartition("/")[2]).write_bytes(content)
        with closing(sqlite3.connect(folder / "handoff.sqlite3")) as found:
            assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",), cut
            kept = [key for (key,) in found.execute("SELECT form_key FROM referral ORDER BY id")]
            told = found.execute("SELECT count(*) FROM journal_entry WHERE type = 'referral_received'").fetchone()
        answered = sum(answer <= cut for answer in answers)
        assert kept == keys[: len(kept)], cut
        assert len(kept) >= answered, cut
        assert told == (len(kept),), cut
