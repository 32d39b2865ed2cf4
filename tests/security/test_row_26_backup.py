"""Row 26: a backup is of one moment, sealed, read again by itself; one that fails costs no older one and is said."""

import base64
import json
import sqlite3
import subprocess
import sys
import threading

import canaries
import pytest
from outside import Product
from warm import ROOT


@pytest.fixture
def carry(product, tmp_path):
    """Return what restores a backup of the product into a new folder, and the database that comes out."""

    def carry(file: str, name: str = "restored") -> sqlite3.Connection:
        code, said = product.flask("restore", file, "--into", str(tmp_path / name), "--json")
        assert code == 0, said
        return sqlite3.connect(tmp_path / name / "handoff.sqlite3")

    return carry


def made(product: Product) -> dict:
    code, said = product.flask("backup", "--json")
    assert code == 0, said
    return json.loads(said.splitlines()[-1])


def test_row_26_a_backup_made_while_pages_write_holds_all_that_was_there_before_and_nothing_by_halves(product, carry):
    enough, stop, answers = threading.Event(), threading.Event(), []

    def write() -> None:
        owner, number = product.sign_in(), 0
        while not stop.is_set():
            number += 1
            form = {"line": f"write {number}", "kind": "call", "due": "2030-01-02", "source_id": "", "client_code": ""}
            answers.append(owner.post("/quick-add", form).status)
            if number == 20:
                enough.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert enough.wait(30)
    before = product.sql("SELECT count(*) FROM task WHERE key LIKE 'manual:%'")[0][0]
    done = made(product)
    stop.set()
    writer.join(30)
    assert set(answers) == {303}
    with carry(done["file"]) as restored:
        tasks = {key for (key,) in restored.execute("SELECT key FROM task WHERE key LIKE 'manual:%'")}
        told = {
            json.loads(p)["key"]
            for (p,) in restored.execute("SELECT payload FROM journal_entry WHERE type='manual_task_added'")
        }
        assert len(tasks) >= before
        assert tasks <= told  # a task and its entry together, or neither
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_row_26_neither_a_key_nor_a_word_can_be_read_out_of_a_backup(product):
    content = open(made(product)["file"], "rb").read()  # noqa: PTH123, SIM115
    canaries.assert_clean(content, "backup")
    for key in json.loads(product.settings.keyring_path.read_text())["keys"].values():
        assert key.encode() not in content
        assert base64.b64decode(key + "==") not in content
    assert product.settings.secret_key_path.read_bytes().strip() not in content


def test_row_26_a_backup_that_finds_the_disk_full_keeps_the_older_ones_and_is_said_on_the_first_page(product):
    product.tick()  # folds SQLite's log, so that the note of the failure finds room below the limit
    made(product)
    older = sorted(product.settings.backup_path.glob("*.backup"))
    environment = {"PATH": "/usr/bin:/bin", **product.environment}
    full = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -f 400; exec {sys.executable} -B -m flask backup"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        assert full.returncode == 1
        assert sorted(product.settings.backup_path.glob("*.backup")) == older
        assert "A backup failed" in product.sign_in().get("/").text
        assert "A backup failed" in product.flask("doctor")[1]
    finally:
        made(product)
    assert "A backup failed" not in product.sign_in().get("/").text
