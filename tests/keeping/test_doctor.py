"""`flask doctor` names every unhealthy thing, in words, with a way out; its exit code is for scripts."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import mailroom
import pytest
from sqlalchemy import text

from crm.db import db, writing
from crm.factory import create_app
from crm.keeping import disks
from crm.keeping.models import KeepingRun, Kind, RunState
from crm.outreach import outbox
from crm.outreach.jobs import HEARTBEAT_LOCK
from crm.outreach.upkeep_jobs import housekeeping


@pytest.fixture
def desk(practice, settings, clock):
    """A desk in good order: the clock ticks, last night's backup is there, nobody else reads its files."""
    with writing():
        practice.created_at = clock.now - timedelta(days=100)
        db.session.execute(text("UPDATE outbox_message SET state = 'sent'"))
        for kind in (Kind.BACKUP, Kind.REHEARSAL):
            at = clock.now - timedelta(hours=8)
            db.session.add(KeepingRun(kind=kind, state=RunState.OK, at=at, file="handoff-20260506T060000Z.backup"))
    settings.backup_path.mkdir(mode=0o700)
    (settings.backup_path / "handoff-20260506T060000Z.backup").touch(0o600)
    housekeeping(now=clock.now)
    for path in (settings.secret_key_path, settings.keys_dir, settings.data_dir, *settings.data_dir.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return settings


@pytest.fixture
def findings(run, clock):
    def look():
        done = run(args=["doctor", "--json", "--now", clock.now.isoformat()])
        told = json.loads(done.output)
        assert done.exit_code == (0 if told["well"] else 1)
        return {finding["name"]: finding for finding in told["findings"]}

    return look


def test_a_desk_in_good_order_is_well(desk, findings):
    found = findings()
    assert {name for name, finding in found.items() if finding["state"] == "bad"} == set()
    assert found["backups"]["said"] == "Last backup: today 02:00, checked; restored on trial today 02:00."
    assert all(finding["way_out"] for finding in found.values() if finding["state"] != "ok")
    assert all(finding["said"].endswith(".") for finding in found.values())


def state_of_mail(state):
    def act(_desk, _now):
        with writing():
            db.session.execute(text("UPDATE outbox_message SET state = :state"), {"state": state})

    return act


def only_backup(hours, **values):
    def act(_desk, now):
        with writing():
            db.session.execute(text("DELETE FROM keeping_run"))
            at = now - timedelta(hours=hours)
            db.session.add(KeepingRun(**{"kind": Kind.BACKUP, "state": RunState.OK, "at": at, **values}))

    return act


def no_backup(_desk, _now):
    with writing():
        db.session.execute(text("DELETE FROM keeping_run"))


def heart(**values):
    def act(_desk, now):
        with writing(HEARTBEAT_LOCK):
            row = outbox.heartbeat()
            for name, value in values.items():
                setattr(row, name, now - value if isinstance(value, timedelta) else value)

    return act


def other_form(_desk, _now):
    with writing():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def chmod(mode):
    return lambda desk, _now: desk.keyring_path.chmod(mode)


@pytest.mark.parametrize(
    ("harm", "name", "state", "said"),
    [
        pytest.param(state_of_mail("unknown"), "outbox", "bad", "1 unknown, 0 failed, 0 held.", id="unknown"),
        pytest.param(state_of_mail("failed"), "outbox", "bad", "0 unknown, 1 failed, 0 held.", id="failed"),
        pytest.param(state_of_mail("held"), "outbox", "warn", "0 unknown, 0 failed, 1 held.", id="held"),
        pytest.param(only_backup(60), "backups", "bad", "The last backup is 2 days old.", id="old backup"),
        pytest.param(
            only_backup(9, state=RunState.FAILED, trouble="the disk is full"), "backups", "bad",
            "A backup failed: the disk is full.", id="failed backup",
        ),
        pytest.param(no_backup, "backups", "bad", "There is no backup yet.", id="no backup"),
        pytest.param(
            only_backup(9, file="gone.backup"), "backups", "bad", "The last one, gone.backup, is not in",
            id="backup gone", marks=pytest.mark.sqlite,
        ),
        pytest.param(only_backup(9), "rehearsal", "warn", "No backup was restored on trial yet.", id="no rehearsal"),
        pytest.param(
            heart(ticked_at=timedelta(minutes=6)), "clock", "bad",
            "It last ticked 2026-05-06 13:54 UTC: digests and letters wait.", id="silent clock",
        ),
        pytest.param(
            heart(details={"send_outbox": {"at": "2026-05-06", "kind": "OSError"}}), "clock", "bad",
            "These fail at each tick: send_outbox.", id="failing job",
        ),
        pytest.param(other_form, "database", "bad", "It is newer than this program.", id="newer database"),
        pytest.param(chmod(0o644), "keys", "bad", "can be read by others", id="key open to others"),
        pytest.param(
            lambda desk, _now: desk.keyring_path.unlink(), "keys", "bad", "is missing; put it back", id="no key"
        ),
        pytest.param(
            lambda desk, _now: desk.secret_key_path.unlink(), "keys", "bad", "to sign sessions with", id="no secret key"
        ),
        pytest.param(
            lambda desk, _now: (desk.data_dir / "notes.txt").touch(0o644), "file rights", "warn",
            "notes.txt can be read by others.", id="file open to others",
        ),
    ],
)  # fmt: skip
def test_each_unhealthy_thing_is_named(desk, findings, clock, harm, name, state, said):  # noqa: PLR0917
    harm(desk, clock.now)
    found = findings()[name]
    assert found["state"] == state
    assert said in found["said"]
    assert found["way_out"]


def test_keys_in_the_data_folder_are_warned_of(desk, clock):
    inside = desk.data_dir / "keyring.json"
    desk.keyring_path.rename(inside)
    app = create_app(desk.model_copy(update={"key_file": inside}), clock)
    with app.app_context():
        told = app.test_cli_runner().invoke(args=["doctor", "--now", clock.now.isoformat()]).output
    assert "warn keys: The key file lies in the data folder" in told


def test_a_paused_channel_is_told_with_its_reason(desk, clock):
    heart(channel_paused="535 wrong password", channel_next_at=timedelta(minutes=-9))(desk, clock.now)
    app = create_app(mailroom.with_server(desk, 25), clock)
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["doctor", "--now", clock.now.isoformat()])
    assert done.exit_code == 1
    assert "bad  mail: Mail stands still, next try 14:09 UTC: 535 wrong password" in done.output


def test_it_can_be_asked_where_nothing_is_yet(settings, clock):
    shutil.rmtree(settings.data_dir)
    app = create_app(settings, clock)
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 1
    assert "Run `flask init`" in done.output


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/handoff/var", "nfs4"),
        ("/srv/handoff other", "ext4"),
        ("/mnt/my share/var", "cifs"),
        ("/home/me/var", "ext4"),
    ],
)
def test_the_file_system_under_a_folder_is_read_from_the_mounts(path, kind):
    mounts = (
        "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\nbox:/export /srv/handoff nfs4 rw 0 0\n"
        "//box/share /mnt/my\\040share cifs rw 0 0\n"
    )
    assert disks.file_system_of(Path(path), mounts) == kind
