"""Row 14: there is no default secret; a weak one is refused in one line, and every installation makes its own."""

import base64
import json
import stat
from pathlib import Path

import pytest

from crm.settings import SettingsError
from crm.signing_keys import read

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sqlite  # keys lie beside the data folder, whatever the database


@pytest.fixture(scope="module")
def flask(warm, tmp_path_factory):
    """Run a command on the installation in a folder; return its exit code and what it said."""
    said = tmp_path_factory.mktemp("said") / "out"

    def run(folder: Path, *command: str, **environment: str) -> tuple[int, str]:
        said.write_text("")
        pid = warm.start(*command, env={"HANDOFF_DATA_DIR": str(folder / "var")} | environment, output=said)
        return warm.wait(pid), said.read_text()

    return run


@pytest.fixture(scope="module")
def made(flask, tmp_path_factory):
    """Two installations, each by `flask init`."""
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")]
    for folder in folders:
        code, said = flask(folder, "init")
        assert code == 0, said
    return folders


def test_row_14_two_installations_have_no_key_in_common(made):
    one, two = (json.loads((folder / "var-keys" / "keyring.json").read_text()) for folder in made)
    assert not set(one["keys"].values()) & set(two["keys"].values())
    assert all(len(base64.b64decode(key)) == 32 for key in one["keys"].values())
    signing = {(folder / "var-keys" / "secret_key").read_text().strip() for folder in made}
    assert len(signing) == 2
    assert all(len(key) >= 43 for key in signing)


def test_row_14_keys_are_open_to_their_owner_only_and_lie_outside_the_data(made):
    keys = made[0] / "var-keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {
        "keyring.json": 0o600, "secret_key": 0o600,
    }  # fmt: skip


def test_row_14_a_second_init_changes_no_key(made, flask):
    before = {path.name: path.read_bytes() for path in (made[0] / "var-keys").iterdir()}
    assert flask(made[0], "init")[0] == 0
    assert {path.name: path.read_bytes() for path in (made[0] / "var-keys").iterdir()} == before


@pytest.mark.parametrize(
    "weak",
    [
        pytest.param("", id="empty"),
        pytest.param("dev", id="dev"),
        pytest.param("x8Fq!pL0z_3mWvA", id="15 bytes"),
        pytest.param("a" * 64, id="one letter"),
        pytest.param("secret" * 8, id="a word again and again"),
    ],
)
def test_row_14_a_weak_signing_key_is_refused_in_one_clear_line(made, flask, tmp_path, weak):
    file = tmp_path / "secret_key"
    file.write_text(weak + "\n")
    code, said = flask(made[0], "worker", "--once", HANDOFF_SECRET_KEY_FILE=str(file))  # it would end by itself
    assert code != 0
    (line,) = said.strip().splitlines()
    assert line.startswith("Handoff cannot start: secret_key:")
    assert "run `flask init`" in line
    assert not weak or weak not in line


def keyring_of(key: bytes) -> str:
    return json.dumps({"active": "k001", "keys": {"k001": base64.b64encode(key).decode()}})


@pytest.mark.parametrize(
    "weak",
    [
        pytest.param("", id="empty"),
        pytest.param("dev", id="dev"),
        pytest.param(keyring_of(bytes(range(15))), id="15 bytes"),
        pytest.param(keyring_of(bytes(32)), id="zeros"),
        pytest.param(keyring_of(b"your-secret-key-here-please-edit"), id="a sample"),
    ],
)
def test_row_14_a_weak_key_of_client_data_is_refused(made, flask, tmp_path, weak):
    file = tmp_path / "keyring.json"
    file.touch(0o600)
    file.write_text(weak)
    code, said = flask(made[0], "keys", "rotate", HANDOFF_KEY_FILE=str(file))
    assert code != 0
    assert str(file) in said
    assert file.read_text() == weak


def test_row_14_no_paper_and_no_recipe_holds_a_key_one_could_use(tmp_path):
    papers = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "config").glob("*"),
        *(ROOT / "deploy").rglob("*"),
    ]
    for paper in (path for path in papers if path.is_file()):
        for word in paper.read_text().replace('"', " ").replace("`", " ").replace("=", " ").split():
            file = tmp_path / "key"
            file.write_text(word)
            if len(word) >= 43 and word.replace("-", "").replace("_", "").isalnum():
                with pytest.raises(SettingsError):
                    read(file)
