"""Rows 21 and 22: the key lies apart from the data and in no backup; files, folders and SQLite are set to be safe."""

import base64
import json
import shutil
import sqlite3
import stat
from contextlib import closing

import canaries
import pytest

from crm.crypto import load_keyring
from crm.db import PRAGMAS
from crm.keeping import archive

pytestmark = pytest.mark.sqlite


@pytest.fixture
def backup(product):
    """The newest backup of the running product."""
    code, said = product.flask("backup", "--json")
    assert code == 0, said
    return max(product.settings.backup_path.glob("*.backup"))


def forms_of(key: bytes) -> list[bytes]:
    """Return a key in the forms it could lie about in."""
    text = base64.b64encode(key).rstrip(b"=")
    return [
        key,
        text,
        base64.urlsafe_b64encode(key).rstrip(b"="),
        key.hex().encode(),
        text.decode().encode("utf-16-le"),
    ]


def test_row_21_an_opened_backup_holds_no_byte_of_a_key(product, backup, tmp_path):
    keyring, plain = load_keyring(product.settings.keyring_path), tmp_path / "plain"
    with plain.open("xb") as file:
        manifest = archive.read(backup, keyring, file)
    secret = product.settings.secret_key_path.read_bytes().splitlines()[0]
    content = plain.read_bytes() + json.dumps(manifest.told()).encode() + backup.read_bytes()
    assert b"SQLite format 3" in content
    found = [form for key in (*keyring.keys.values(), secret) for form in forms_of(key) if form in content]
    assert found == []


def test_row_21_no_copy_a_client_gets_and_no_log_holds_a_key(product, tmp_path):
    keyring = load_keyring(product.settings.keyring_path)
    code, said = product.flask("client", "export", "C-0101", "--practice", "1", "--out", str(tmp_path))
    assert code == 0, said[:500]
    told = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + product.log.read_bytes()
    kept = [path for path in product.files() if product.settings.keyring_path.parent not in path.parents]
    for content in (told, *(path.read_bytes() for path in kept)):
        for key in keyring.keys.values():
            assert not [form for form in forms_of(key) if form in content]


def test_row_21_without_the_key_pages_of_clients_refuse_the_feed_works_and_the_doctor_says_so(product):
    owner = product.sign_in()
    page = owner.post("/calendar/feeds", {"name": "Row 21"})
    assert page.status == 200, page.status
    feed = page.text.partition("/cal/")[2].partition(".ics")[0]
    keys = product.settings.keyring_path
    away = keys.with_suffix(".away")
    keys.rename(away)
    try:
        refused = owner.get("/clients/C-0101")
        assert "Cannot be read: the key is missing" in refused.text
        canaries.assert_clean(refused.body, "the page of a client")
        assert owner.post("/clients/C-0101/goals", {
            "activity": "x", "days": "30", "measure": "", "side": "", "unit": "steps", "target": "20",
        }).status == 503  # fmt: skip
        assert b"BEGIN:VCALENDAR" in product.visitor().get(f"/cal/{feed}.ics").body
        code, said = product.flask("doctor")
        assert code != 0
        assert "Client data cannot be opened" in said
        assert "flask keys restore" in said
    finally:
        away.rename(keys)
    assert canaries.NAME in owner.get("/clients/C-0101").text


def finding(product, name: str, **environment: str) -> dict[str, str]:
    _code, said = product.flask("doctor", "--json", environment=environment)
    told = json.loads(said[said.index("{") :].splitlines()[0])["findings"]
    return next(one for one in told if one["name"] == name)


@pytest.mark.parametrize("place", ["data", "backups"])
def test_row_21_the_doctor_warns_of_a_key_beside_the_data_or_the_backups(product, place, tmp_path):
    folder = product.settings.data_dir if place == "data" else product.settings.backup_path
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / "keyring.json"
    shutil.copy(product.settings.keyring_path, copy)
    copy.chmod(0o600)
    try:
        told = finding(product, "keys", HANDOFF_KEY_FILE=str(copy))
    finally:
        copy.unlink()
    assert told["state"] == "warn"
    assert "who copies the folder can read all of it" in told["said"]


def test_row_21_a_key_that_others_can_read_is_refused_and_the_doctor_says_how_to_close_it(product, tmp_path):
    copy = tmp_path / "keyring.json"
    shutil.copy(product.settings.keyring_path, copy)
    copy.chmod(0o644)
    told = finding(product, "keys", HANDOFF_KEY_FILE=str(copy))
    assert told["state"] == "bad"
    assert f"chmod 600 {copy}" in told["said"]


def test_row_22_files_and_folders_are_open_to_their_owner_only(product, backup, tmp_path):
    code, said = product.flask("init", environment={"HANDOFF_DATA_DIR": str(tmp_path / "new" / "var")})
    assert code == 0, said
    ours = [product.settings.backup_path, tmp_path / "new" / "var", tmp_path / "new" / "var-keys"]
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in ours}
    assert set(modes.values()) == {0o700}, modes
    files = [
        path for folder in ours for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock")
    ]
    assert {path.name: oct(path.stat().st_mode) for path in files if path.stat().st_mode & 0o077} == {}
    assert backup in files


def test_row_22_pragmas_are_read_back_by_the_doctor_and_are_the_safe_ones(product):
    told = finding(product, "settings of SQLite")
    assert told["state"] == "ok"
    assert dict(PRAGMAS).items() >= {
        "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON", "secure_delete": "ON",
        "temp_store": "MEMORY", "mmap_size": "0", "trusted_schema": "OFF",
    }.items()  # fmt: skip
    for name, value in (("secure_delete", "1"), ("synchronous", "2"), ("foreign_keys", "1"), ("temp_store", "2"),
                        ("mmap_size", "0"), ("trusted_schema", "0"), ("journal_mode", "wal")):  # fmt: skip
        assert told["facts"][name] == value, name
    with closing(sqlite3.connect(product.settings.data_dir / "handoff.sqlite3")) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_row_22_what_a_client_left_is_wiped_with_the_row(product):
    word = "Zanthoxylum-row-22"
    product.sql("CREATE TABLE row_22 (said TEXT)")
    product.sql(f"INSERT INTO row_22 VALUES ('{word}')")  # noqa: S608
    product.sql("DROP TABLE row_22")
    with closing(sqlite3.connect(product.settings.data_dir / "handoff.sqlite3")) as file:
        file.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
    assert word.encode() not in (product.settings.data_dir / "handoff.sqlite3").read_bytes()


def test_row_22_the_backup_is_no_plain_file(backup):
    content = backup.read_bytes()
    assert b"SQLite format 3" not in content
    assert not content.startswith(b"\x1f\x8b")
