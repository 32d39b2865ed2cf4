"""Row 64: the key of client data is changed while the desk runs, and can be killed anywhere on the way."""

import os
import signal
import sqlite3
import stat
from uuid import uuid4

import builders
import canaries
import pytest
import strace
from sqlalchemy import LargeBinary, insert, text

from crm import crypto, demo, signing_keys
from crm.clients.models import Client
from crm.clients.record_models import Measurement
from crm.crypto import Keyring, Sealer, Unreadable, load_keyring
from crm.db import Base, db, writing
from crm.factory import create_app
from crm.journal import service as journal
from crm.journal.jobs import seal_journal
from crm.journal.keeping_acts import DataRestored
from crm.keeping import reseal_jobs
from crm.keeping.sealed_columns import SEALED
from crm.outreach import action_links

MORE = 1200  # rows of one table: three batches
# The key file is written, synced and renamed; the database is written page by page.
KILLS = (
    ("fsync", 1), ("rename", 1), ("fsync", 2),
    *(("pwrite64", nth) for nth in (1, 2, 5, 9, 20, 40, 50, 60)),
)  # fmt: skip
# Keys and ids of passkeys belong to devices; a list of providers is public.
NOT_OF_CLIENTS = {"webauthn", "import_batch"}


@pytest.fixture
def desk(app, settings, clock):
    """A client, and an entry of the journal with a note."""
    with app.app_context():
        practice, sealer = builders.practice(), app.extensions["handoff"].sealer()
        with writing():
            client = builders.client(practice)
            client.sealed = sealer.seal({"name": "Zoë"}, table="client", row=client.uuid)
            entry = journal.record(practice, DataRestored(made_at="2026-05-01"), now=clock.now)
            journal.add_note(entry, "a note", sealer)
        db.session.remove()
        yield settings
        db.session.remove()


@pytest.fixture
def full_desk(desk, app, clock):
    """The sample practice as well, and many values of one client."""
    sealer = app.extensions["handoff"].sealer()
    with writing():
        demo.load(builders.practice(), sealer, now=clock.now)
        db.session.flush()
        one = db.session.query(Measurement).order_by(Measurement.id).first()
        like = {column.name: getattr(one, column.name) for column in Measurement.__table__.columns}
        del like["id"]
        rows = [like | {"uuid": str(uuid4())} for _ in range(MORE)]
        for row in rows:
            row["sealed"] = sealer.seal({"value": row["uuid"]}, table="measurement", row=row["uuid"])
        db.session.execute(insert(Measurement), rows)
    db.session.remove()
    return desk


def opened(settings) -> dict[tuple[str, str], bytes]:
    """Open every sealed value with the keys of the key file as it is now; none may fail."""
    sealer, found = Sealer(load_keyring(settings.keyring_path)), {}
    for column in SEALED:
        query = f"SELECT {column.bound_to}, sealed FROM {column.table} WHERE sealed IS NOT NULL"  # noqa: S608
        for row, sealed in db.session.execute(text(query)):
            found[column.table, str(row)] = sealer._opened(bytes(sealed), column.table, str(row))
    at_rest()
    return found


def at_rest():
    """Let no connection of the test lie open beside the commands."""
    db.session.remove()
    db.engine.dispose()


def test_row_64_every_column_that_holds_bytes_is_in_the_list_of_sealed_ones():
    holds = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and table.name not in NOT_OF_CLIENTS
    }
    assert holds == {(column.table, "sealed") for column in SEALED}


@pytest.mark.sqlite
def test_row_64_killed_anywhere_everything_opens_and_in_the_end_no_row_has_the_old_key(full_desk, warm, tmp_path):
    before, env, killed = opened(full_desk), {"HANDOFF_DATA_DIR": str(full_desk.data_dir)}, 0
    assert len(before) > MORE

    def run(kill=None) -> tuple[int, str]:
        pipe = tmp_path / "said"
        os.mkfifo(pipe)
        pid = warm.start("keys", "rotate", env=env, output=pipe)
        try:
            if kill is None:
                said = pipe.read_text()
            else:
                with strace.attached(pid, *strace.kill_at(*kill)):
                    said = pipe.read_text()
        finally:
            pipe.unlink()
        return warm.wait(pid), said

    for kill in KILLS:
        code, said = run(kill)
        assert code in {0, -signal.SIGKILL}, said
        killed += code == -signal.SIGKILL
        assert opened(full_desk) == before, kill
    assert killed >= 10
    code, said = run()
    assert code == 0, said
    assert opened(full_desk) == before
    active = load_keyring(full_desk.keyring_path).active
    assert set(reseal_jobs.rows_by_key()) == {active}
    assert active > "k001"
    assert {path.name for path in full_desk.keyring_path.parent.iterdir()} == {"keyring.json", "secret_key"}


@pytest.fixture
def run(app):
    return app.test_cli_runner().invoke


def keys_of_rows() -> set[str]:
    found = set(reseal_jobs.rows_by_key())
    db.session.remove()
    return found


def test_row_64_the_clock_goes_on_with_what_a_killed_command_left(desk, app, clock):
    before = opened(desk)
    replaced_only(desk)
    last = reseal_jobs.LastPass()
    assert reseal_jobs.reseal(now=clock.now, last=last) == len(before)
    assert reseal_jobs.reseal(now=clock.now, last=last) == 0
    assert keys_of_rows() == {"k002"}
    assert opened(desk) == before


def replaced_only(settings):
    """Leave the key file as a command leaves it that dies just after."""
    keyring = load_keyring(settings.keyring_path).with_new_key()
    crypto.replace_keyring(settings.keyring_path, keyring)


def test_row_64_a_row_saved_by_a_page_while_it_is_sealed_anew_keeps_what_the_page_saved(desk, app):
    column, sealer = SEALED[0], app.extensions["handoff"].sealer()
    client = db.session.query(Client).filter(Client.sealed.is_not(None)).first()
    number, uuid, read = client.id, client.uuid, client.sealed
    with writing():  # the page comes in between
        db.session.get(Client, number).sealed = sealer.seal({"name": "Saved meanwhile"}, table="client", row=uuid)
    replaced_only(desk)
    with writing():
        assert reseal_jobs._swapped(column, sealer, number, uuid, read) == 0
    db.session.expire_all()
    kept = db.session.get(Client, number).sealed
    assert sealer.open(kept, table="client", row=uuid) == {"name": "Saved meanwhile"}


def test_row_64_a_damaged_row_stays_as_it_is_and_holds_its_key_back(desk, run):
    with writing():
        client = db.session.query(Client).filter(Client.sealed.is_not(None)).first()
        number, damaged = client.id, client.sealed[:-1] + bytes([client.sealed[-1] ^ 1])
        client.sealed = damaged
    db.session.remove()
    assert run(args=["keys", "rotate"]).exit_code == 0
    assert db.session.get(Client, number).sealed == damaged
    db.session.remove()
    told = run(args=["keys", "retire"])
    assert told.exit_code == 1
    assert "k001 is needed by 1 row of client" in told.output


def test_row_64_the_running_desk_takes_the_new_key_without_a_new_start(product):
    browser, old = product.sign_in(), load_keyring(product.settings.keyring_path).active
    assert canaries.NAME in browser.get("/clients/C-0101").text  # its keys are in memory
    code, said = product.flask("keys", "rotate")
    assert code == 0, said
    new = load_keyring(product.settings.keyring_path).active
    assert new > old
    assert canaries.NAME in browser.get("/clients/C-0101").text
    assert canaries.AVOID in browser.get("/clients/C-0101/record/health").text
    answer = browser.post("/clients/C-0101/goals", {
        "activity": "a walk", "days": "30", "measure": "", "side": "", "unit": "steps", "target": "20",
    })  # fmt: skip
    assert answer.status == 303, answer.text[:300]
    with product.app.app_context():
        assert keys_of_rows() == {new}
    assert stat.S_IMODE(product.settings.keyring_path.stat().st_mode) == 0o600
    assert [
        row for row in product.sql("SELECT payload FROM journal_entry WHERE type = 'key_rotated'") if new in str(row)
    ]
    _code, doctor = product.flask("doctor")
    assert "Nobody has confirmed that the keys are on paper" in doctor


def test_row_64_the_old_key_goes_when_no_row_no_backup_and_no_seal_needs_it(desk, run, clock, app):
    seal_journal(now=clock.now)
    assert run(args=["backup"]).exit_code == 0
    run(args=["keys", "rotate"])
    told = run(args=["keys", "retire"])
    assert told.exit_code == 1
    assert "k001 is needed by 1 kept backups, the newest" in told.output
    assert "the newest seal of the journal" in told.output
    assert set(load_keyring(desk.keyring_path).keys) == {"k001", "k002"}
    for path in desk.backup_path.glob("*.backup"):
        path.unlink()
    seal_journal(now=clock.now)
    assert run(args=["keys", "retire"]).exit_code == 0
    assert set(load_keyring(desk.keyring_path).keys) == {"k002"}
    assert run(args=["audit", "verify"]).exit_code == 0, "older seals hold by the newest"
    assert opened(desk)
    assert run(args=["keys", "retire"]).output == "There is no old key.\n"


def test_row_64_a_backup_made_half_way_holds_the_old_key_back_although_the_new_one_seals_it(desk, run, clock):
    replaced_only(desk)
    assert run(args=["backup"]).exit_code == 0
    run(args=["keys", "rotate"])
    assert keys_of_rows() == {"k002"}
    assert "k001 is needed by 1 kept backups" in run(args=["keys", "retire"]).output


@pytest.mark.sqlite
def test_row_64_a_seal_of_a_key_that_went_holds_only_under_a_later_one(desk, run, clock):
    seal_journal(now=clock.now)
    run(args=["keys", "rotate"])
    seal_journal(now=clock.now)
    assert run(args=["keys", "retire"]).exit_code == 0
    at_rest()
    with sqlite3.connect(desk.data_dir / "handoff.sqlite3") as file:  # the newest seal goes, as if somebody cut it off
        file.execute("DROP TRIGGER journal_head_no_delete")
        file.execute("DELETE FROM journal_head WHERE key_id = 'k002'")
    file.close()
    told = run(args=["audit", "verify"])
    assert (told.exit_code, "the key k001 of its seal is not here" in told.output) == (1, True)


def test_row_64_a_key_can_be_added_on_every_machine_before_it_is_used(desk, run):
    assert run(args=["keys", "rotate", "--add-only"]).exit_code == 0
    keyring = load_keyring(desk.keyring_path)
    assert (keyring.active, set(keyring.keys)) == ("k001", {"k001", "k002"})
    assert keys_of_rows() == {"k001"}
    run(args=["keys", "rotate"])
    assert set(load_keyring(desk.keyring_path).keys) == {"k001", "k002"}
    assert keys_of_rows() == {"k002"}


def test_row_64_a_machine_that_lags_behind_never_seals_back(desk, run):
    ahead = load_keyring(desk.keyring_path).with_new_key()
    run(args=["keys", "rotate", "--add-only"])
    crypto.replace_keyring(desk.keyring_path, Keyring("k001", ahead.keys))
    row = {"table": "client", "row": "x"}
    sealed = Sealer(ahead).seal({"n": 1}, **row)
    with writing():
        client = db.session.query(Client).first()
        client.sealed = Sealer(ahead).seal({"name": "Ahead"}, table="client", row=client.uuid)
    reseal_jobs.reseal_rows()
    assert keys_of_rows() == {"k001", "k002"}
    assert Sealer(load_keyring(desk.keyring_path)).open(sealed, **row) == {"n": 1}


def test_row_64_a_retired_key_opens_nothing_any_more(desk, run, clock):
    sealed = Sealer(load_keyring(desk.keyring_path)).seal({"n": 1}, table="t", row="r")
    run(args=["keys", "rotate"])
    seal_journal(now=clock.now)
    run(args=["keys", "retire"])
    with pytest.raises(Unreadable):
        Sealer(load_keyring(desk.keyring_path)).open(sealed, table="t", row="r")


def test_row_64_a_new_signing_key_leaves_links_in_flight_good_unless_told_otherwise(desk, run, clock):
    def stop_page(token):
        return create_app(desk, clock).test_client().get(f"/d/{token}/stop")

    user = builders.user()
    old = signing_keys.read(desk.secret_key_path).signing[0]
    token = action_links.subscriber_token(user.id, old)
    lost = stop_page(action_links.subscriber_token(user.id, "x" + old[1:]))
    right = stop_page(token)
    assert right.status_code == 200
    assert right.text != lost.text
    assert run(args=["keys", "renew-secret"]).exit_code == 0
    first, second = signing_keys.read(desk.secret_key_path).signing
    assert (first != old, second) == (True, old)
    assert stat.S_IMODE(desk.secret_key_path.stat().st_mode) == 0o600
    assert stop_page(token).text == right.text
    assert run(args=["keys", "renew-secret", "--at-once"]).exit_code == 0
    assert old not in signing_keys.read(desk.secret_key_path).signing
    assert signing_keys.read(desk.secret_key_path).second_factor == old, "authenticators go on"
    assert stop_page(token).text == lost.text
