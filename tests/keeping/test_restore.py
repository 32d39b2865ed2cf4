"""A backup comes back: equal, silent, with nobody signed in and nobody who was erased; or it is refused untouched."""

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import builders
import mailroom
import pytest
from flask import current_app
from flask_migrate import downgrade
from limits import no_file_over
from smtp_server import SmtpServer
from sqlalchemy import select, text
from table_rows import every_row

from crm import signing_keys
from crm.accounts import service as accounts
from crm.accounts.models import User, UserSession
from crm.clients import erasure_service, queries
from crm.clients.models import Client
from crm.clients.record_models import Erasure
from crm.crypto import Keyring, load_keyring, write_keyring
from crm.db import db, writing
from crm.factory import create_app
from crm.journal.audit_cli import verdict_of
from crm.journal.models import JournalEntry
from crm.keeping import archive, backup_jobs, copying, restoring
from crm.keeping.manifest import Manifest
from crm.outreach import feed_service
from crm.outreach.models import MessageState, OutboxMessage
from crm.outreach.worker import Worker
from crm.recovery import sheet

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def made(practice, clock) -> Path:
    return backup_jobs.make(now=clock.now).path


@pytest.fixture
def keyring(settings) -> Keyring:
    return load_keyring(settings.keyring_path)


@pytest.fixture
def new_desk(settings, clock):
    """Return the desk in another folder, with the keys of this one."""

    def desk(folder, port=None):
        there = settings.model_copy(
            update={"data_dir": folder, "database_url": "", "key_file": settings.keyring_path,
                    "secret_key_file": settings.secret_key_path}
        )  # fmt: skip
        app = create_app(mailroom.with_server(there, port) if port else there, clock)
        app.config["WTF_CSRF_ENABLED"] = False
        return app

    return desk


def without(held: dict[str, list[str]], *tables: str) -> dict[str, list[str]]:
    return {table: rows for table, rows in held.items() if table not in tables}


def test_what_comes_back_is_equal_and_the_feed_is_the_same(practice, clock, keyring, new_desk, visitor, tmp_path):  # noqa: PLR0917
    with writing(practice.id):
        _feed, token = feed_service.create_feed(
            practice, builders.user(), name="My phone", hide_sources=False, now=clock.now
        )
    shown, before = visitor.get(f"/cal/{token}.ics"), every_row()
    restored = restoring.restore(backup_jobs.make(now=clock.now).path, tmp_path / "new", keyring, now=clock.now)
    assert (restored.held, restored.signed_out, restored.erased_again, restored.trouble) == (1, 1, (), "")
    again = new_desk(tmp_path / "new")
    with again.app_context():
        after = every_row()
        assert without(after, "journal_entry", "outbox_message", "digest_day", "calendar_feed") == without(
            before, "journal_entry", "outbox_message", "digest_day", "calendar_feed"
        )
        assert set(after["journal_entry"]) > set(before["journal_entry"])
        assert verdict_of(builders.practice())[0].holds
        shown_again = again.test_client().get(f"/cal/{token}.ics", headers={"If-None-Match": shown.headers["ETag"]})
        assert (shown_again.status_code, shown_again.data) == (200, shown.data)  # its tag belongs to days that are lost


def test_nothing_is_sent_until_somebody_looks(practice, clock, keyring, new_desk, tmp_path):
    for number, state in enumerate(MessageState):
        mailroom.put(f"is:{state.value}", now=clock.now)
        with writing():
            db.session.execute(
                text("UPDATE outbox_message SET state = :state WHERE key = :key"),
                {"state": state.value, "key": f"is:{state.value}"},
            )
        assert number < 9
    path = backup_jobs.make(now=clock.now).path
    later = clock.set("2026-05-08T15:00:00Z")
    restoring.restore(path, tmp_path / "new", keyring, now=later)
    with SmtpServer() as server:
        app = new_desk(tmp_path / "new", server.port)
        for hours in range(3):
            assert None not in Worker(app).run_once(later + timedelta(hours=hours)).values()
        told = {kept.content.split(b"Subject: ")[1].split(b"\r\n")[0] for kept in server.kept}
        assert told == {b"The desk was restored from a backup"}
    with app.app_context():
        rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.key.like("is:%"))).all()
        ended = {"sent", "failed", "cancelled"}
        for row in rows:
            was = row.key.removeprefix("is:")
            assert row.state.value == (was if was in ended else "held")
            if was not in ended:
                assert row.reply == "From the backup of 2026-05-06 14:00 UTC; may have been sent since."


def test_everybody_signs_in_again_and_links_are_void(practice, clock, keyring, new_desk, tmp_path):
    with writing():
        link = accounts.new_link(now=clock.now, user=builders.user())
    held = builders.signed_in(current_app._get_current_object()).get_cookie("handoff")
    path = backup_jobs.make(now=clock.now).path
    old = builders.user().fs_uniquifier
    restoring.restore(path, tmp_path / "new", keyring, now=clock.now)
    app = new_desk(tmp_path / "new")
    browser = app.test_client()
    browser.set_cookie("handoff", held.value)
    assert browser.get("/").location == "/login"
    assert browser.get(f"/setup/{link}").status_code == 404
    with app.app_context():
        assert old not in db.session.scalars(select(User.fs_uniquifier)).all()
        assert db.session.scalars(select(UserSession)).all() == []


def test_today_says_what_is_missing_until_somebody_has_read_it(made, clock, keyring, new_desk, tmp_path):
    restoring.restore(made, tmp_path / "new", keyring, now=clock.set("2026-05-08T15:00:00Z"))
    app = new_desk(tmp_path / "new")
    owner = builders.signed_in(app)
    words = "It is as it was Wed\xa06\xa0May 10:00. What was entered after that is missing"
    assert words in owner.get("/").text
    assert owner.post("/restored/read").status_code == 303
    assert words not in owner.get("/").text


def test_a_client_erased_since_stays_erased(practice, clock, keyring, new_desk, run, tmp_path):  # noqa: PLR0917
    old = backup_jobs.make(now=clock.now).path
    with writing(practice.id):
        client = queries.get_client_by_code(practice.id, "C-0101")
        uuid = client.uuid
        erasure_service.erase(practice, client, now=clock.now + timedelta(minutes=5))
    newer = backup_jobs.make(now=clock.now + timedelta(days=1)).path
    restored = restoring.restore(old, tmp_path / "beside", keyring, now=clock.now + timedelta(days=2))
    assert restored.erased_again == ("C-0101",)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (old, newer):
        shutil.copy(path, elsewhere / path.name.replace("handoff", "copy").replace(".backup", ".file"))
    lone, ledger = sorted(elsewhere.iterdir())
    told = run(args=["restore", str(lone), "--into", str(tmp_path / "lone"), "--ledger", str(ledger)])
    assert "Erased again, as the ledger says: C-0101." in told.output
    for name in ("beside", "lone"):
        content = (tmp_path / name / "handoff.sqlite3").read_bytes()
        assert uuid.encode() in content  # in the ledger
        with new_desk(tmp_path / name).app_context():
            assert [c.code for c in db.session.scalars(select(Client))] == ["C-0102"]
            (line,) = db.session.scalars(select(Erasure)).all()
            assert (line.client_uuid, line.erased_at) == (uuid, clock.now + timedelta(minutes=5))
            assert verdict_of(builders.practice())[0].holds


def test_a_hundred_flipped_bits_are_all_refused_before_anything_is_touched(made, clock, keyring, tmp_path):
    content, damaged = made.read_bytes(), tmp_path / "damaged.backup"
    for seed in range(100):
        place = random.Random(seed).randrange(len(content) * 8)  # noqa: S311 - repeatable
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        damaged.write_bytes(flipped)
        with pytest.raises(restoring.Refusal) as refused:
            restoring.restore(damaged, tmp_path / "new", keyring, now=clock.now)
        assert refused.value.field == "file"
    assert sorted(path.name for path in tmp_path.iterdir() if "new" in path.name) == []


def another_file(path: Path, manifest: Manifest, folder: Path, keyring: Keyring, database: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "database").write_bytes(database)
    with path.open("wb") as file:
        archive.write(file, manifest, folder / "database", keyring)


def changed(manifest: Manifest, **values) -> Manifest:
    return Manifest.read({**manifest.told(), **values})


def unpacked(path: Path, keyring: Keyring, to: Path) -> Path:
    to.mkdir()
    with (to / "handoff.sqlite3").open("wb") as file:
        archive.read(path, keyring, file)
    return to / "handoff.sqlite3"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no such file", "there is no file"),
        ("cut off", "cut off or damaged"),
        ("another key", "another key than the “k001” of the key file"),
        ("newer schema", "was made by a newer program (9.9); install that one first"),
        ("other rows", "its rows are not those its manifest counts"),
        ("not empty", "is not empty; choose a folder that is empty or not there yet"),
        ("no folder", "is no folder"),
        ("other keys", "keyring.json holds other keys; move that file away first"),
        ("bad ledger", "ledger: broken.backup cannot be read: it is not a backup of Handoff"),
    ],
)
def test_a_refusal_names_its_reason_and_touches_nothing(made, run, keyring, settings, tmp_path, how, said):  # noqa: PLR0917
    into, manifest, more = tmp_path / "new", archive.read_manifest(made, keyring), []
    database = unpacked(made, keyring, tmp_path / "plain").read_bytes()
    match how:
        case "no such file":
            made.unlink()
        case "cut off":
            made.write_bytes(made.read_bytes()[:-100])
        case "another key":
            settings.keyring_path.unlink()
            write_keyring(settings.keyring_path, Keyring("k001", {"k001": bytes(range(32))}))
        case "newer schema":
            another_file(made, changed(manifest, schema="9999", program="9.9"), tmp_path / "x", keyring, database)
        case "other rows":
            rows = manifest.rows | {"task": 7}
            another_file(made, changed(manifest, rows=rows), tmp_path / "x", keyring, database)
        case "not empty":
            into.mkdir()
            (into / "notes.txt").write_text("mine")
        case "no folder":
            into.write_text("mine")
        case "other keys":
            write_keyring(tmp_path / "new-keys" / "keyring.json", Keyring("k001", {"k001": bytes(32)}))
        case "bad ledger":
            (tmp_path / "broken.backup").write_bytes(b"x" * 100)
            more = ["--ledger", str(tmp_path / "broken.backup")]
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    refused = run(args=["restore", str(made), "--into", str(into), *more])
    assert refused.exit_code == 2, refused.output
    assert said in refused.output
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before
    told = run(args=["restore", str(made), "--into", str(into), *more, "--json"])
    assert set(json.loads(told.output)["error"]) == {"field", "message"}


def test_a_full_disk_leaves_nothing_behind(made, run, tmp_path):
    with no_file_over(100_000):
        refused = run(args=["restore", str(made), "--into", str(tmp_path / "new")])
    assert refused.exit_code == 1
    assert "nothing of the backup is left there" in refused.output
    assert not (tmp_path / "new").exists()


def test_a_restore_that_was_killed_can_be_begun_again(made, run, tmp_path):
    left = tmp_path / "new" / ".restoring"
    left.mkdir(parents=True)
    (left / "handoff.sqlite3").write_bytes(b"half a database")
    assert run(args=["restore", str(made), "--into", str(tmp_path / "new")]).exit_code == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["handoff.sqlite3"]


def test_without_keys_the_way_out_is_the_recovery_sheet(made, run, settings, tmp_path):
    settings.keyring_path.unlink()
    refused = run(args=["restore", str(made), "--into", str(tmp_path / "new")])
    assert refused.exit_code == 1
    assert "flask keys restore" in refused.output
    assert not (tmp_path / "new").exists()


def test_an_older_schema_is_brought_to_the_newest_form(app, made, clock, keyring, new_desk, tmp_path):  # noqa: PLR0917
    manifest, plain = archive.read_manifest(made, keyring), unpacked(made, keyring, tmp_path / "old")
    with app.extensions["handoff"].elsewhere(plain.parent).app_context():
        downgrade(revision="0005")
        db.session.remove()
        db.engine.dispose()
    size, digest = copying.fingerprint(plain)
    older = changed(manifest, schema="0005", size=size, sha256=digest, rows=copying.examine(plain))
    another_file(made, older, tmp_path / "x", keyring, plain.read_bytes())
    restoring.restore(made, tmp_path / "new", keyring, now=clock.now)
    with new_desk(tmp_path / "new").app_context():
        assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == manifest.schema
        assert [entry.type for entry in db.session.scalars(select(JournalEntry))][-1] == "data_restored"
        with pytest.raises(Exception, match="append-only"), writing():
            db.session.execute(text("UPDATE journal_entry SET type = 'x'"))


def test_a_backup_and_the_sheet_are_enough_on_another_machine(made, keyring, settings, clock):
    """Another folder, another time zone, and another user where the tests may become one."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(made, home / "carried.backup")
        here = settings.model_copy(update={
            "data_dir": home / "var", "database_url": "", "key_file": None, "secret_key_file": None,
        })  # fmt: skip
        app = create_app(here, clock)
        with app.app_context():
            typed = "\n".join(str(line) for line in sheet(keyring)) + "\n\n"
            assert app.test_cli_runner().invoke(args=["keys", "restore"], input=typed).exit_code == 0
        who = nobody() if all(_is_open(path) for path in (ROOT, Path(sys.executable))) else {}
        for path in (home, *home.rglob("*")) if who else ():
            os.chown(path, who["user"], who["group"])
        done = subprocess.run(
            [sys.executable, "-B", "-m", "flask", "--app", "app", "restore", str(home / "carried.backup"), "--into",
             str(home / "var")],
            env={"PATH": os.environ["PATH"], "HANDOFF_DATA_DIR": str(home / "var"), "TZ": "Pacific/Auckland"},
            cwd=ROOT, capture_output=True, text=True, check=False, **who,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Missing: whatever was entered since 2026-05-06 14:00 UTC." in done.stdout
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*")}
        assert {name: mode for name, mode in modes.items() if name not in {"write.lock", "carried.backup"}} == {
            "var": 0o700, "handoff.sqlite3": 0o600, "var-keys": 0o700, "keyring.json": 0o600, "secret_key": 0o600,
            "keyring.confirmed": 0o600,
        }  # fmt: skip
        assert "sign in with a recovery code" in done.stdout
        with app.app_context():
            client = queries.get_client_by_code(builders.practice().id, "C-0101")
            sealer = app.extensions["handoff"].sealer()
            assert sealer.open(client.sealed, table="client", row=client.uuid)["name"].endswith("1")
            db.session.remove()
            db.engine.dispose()


def test_on_the_same_machine_authenticators_go_on_and_old_links_do_not(app, settings, made, tmp_path):
    done = app.test_cli_runner().invoke(args=["restore", str(made), "--into", str(tmp_path / "new"), "--json"])
    assert json.loads(done.output)["authenticators_fit"]
    before = signing_keys.read(settings.secret_key_path)
    after = signing_keys.read(tmp_path / "new-keys" / "secret_key")
    assert after.second_factor == before.second_factor
    assert set(after.signing).isdisjoint(before.signing)


def nobody() -> dict[str, Any]:
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}


def _is_open(path: Path) -> bool:
    """Say whether everybody may come to a file, by its own name and by what it points to."""
    return all(p.stat().st_mode & 0o001 for q in (path, path.resolve()) for p in (q, *q.parents))
