"""The file of a backup: what is damaged, cut off, longer or sealed with another key is refused."""

import hashlib
import io
import random
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.crypto import Keyring
from crm.keeping import archive
from crm.keeping.manifest import PROGRAM, Erased, Manifest, Watermark

KEYS = Keyring("k001", {"k001": bytes(range(32))})
AT = datetime(2026, 5, 6, 14, tzinfo=UTC)
NOISE = random.Random(7).randbytes(2 * archive.CHUNK + 5)  # noqa: S311 - repeatable, protects nothing
SEALED_CHUNK = archive.CHUNK + archive.TAG_BYTES


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> Path:
    """A backup several chunks long."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "database").write_bytes(NOISE)
    manifest = Manifest(
        program="0.1.0", schema="0006", made_at=AT, database="sqlite", key_id="k001", size=len(NOISE),
        sha256=hashlib.sha256(NOISE).hexdigest(), rows={"task": 9000}, heads={"p": "12 7f3a9c21"},
        erased=(Erased("p", "c", "C-0142", AT),), outbox=Watermark(7, AT, 2),
    )  # fmt: skip
    path = folder / "whole.backup"
    with path.open("wb") as file:
        archive.write(file, manifest, folder / "database", KEYS)
    return path


def test_what_was_written_is_read_again(sealed):
    database = io.BytesIO()
    manifest = archive.read(sealed, KEYS, database)
    assert database.getvalue() == NOISE
    assert (manifest.row_count, manifest.erased[0].code, manifest.made_at) == (9000, "C-0142", AT)
    assert manifest == archive.read_manifest(sealed, KEYS)


def test_no_word_of_it_can_be_read_without_the_key(sealed):
    content = sealed.read_bytes()
    assert b"schema" not in content
    assert b"C-0142" not in content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda _whole: b"", "not a backup", id="empty"),
        pytest.param(lambda whole: b"PK" + whole[2:], "not a backup", id="some other file"),
        pytest.param(lambda whole: whole[: archive.HEAD_BYTES], "cut off or damaged, in its part 1", id="head alone"),
        pytest.param(lambda whole: whole[:-1], "cut off or damaged, in its part 3", id="without its last byte"),
        pytest.param(lambda whole: whole[: len(whole) // 2], "cut off or damaged", id="half of it"),
        pytest.param(
            lambda whole: whole[: archive.HEAD_BYTES + SEALED_CHUNK], "cut off or damaged", id="cut between chunks"
        ),
        pytest.param(lambda whole: whole + b"\0", "cut off or damaged", id="a byte too many"),
        pytest.param(
            lambda whole: whole[: archive.HEAD_BYTES] + whole[archive.HEAD_BYTES + SEALED_CHUNK :],
            "cut off or damaged, in its part 1", id="the first chunk left out",
        ),
    ],
)  # fmt: skip
def test_what_is_cut_or_put_together_anew_is_found(sealed, tmp_path, change, said):
    other = tmp_path / "other.backup"
    other.write_bytes(change(sealed.read_bytes()))
    with pytest.raises(archive.BadArchive, match=said):
        archive.read(other, KEYS)


def test_a_database_that_is_not_the_one_the_manifest_tells_of_is_found(sealed, tmp_path):
    (tmp_path / "database").write_bytes(NOISE[:-1])
    other = tmp_path / "other.backup"
    with other.open("wb") as file:
        archive.write(file, archive.read_manifest(sealed, KEYS), tmp_path / "database", KEYS)
    with pytest.raises(archive.BadArchive, match="not what its manifest says"):
        archive.read(other, KEYS)


def test_the_key_it_needs_is_named(sealed):
    with pytest.raises(archive.BadArchive, match="“k001”, which is not in the key file"):
        archive.read(sealed, Keyring("k002", {"k002": bytes(32)}))
    with pytest.raises(archive.BadArchive, match="another key than the “k001”"):
        archive.read(sealed, Keyring("k001", {"k001": bytes(32)}))


def test_a_manifest_names_this_program():
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert told["project"]["version"] == PROGRAM
