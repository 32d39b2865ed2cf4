"""The file of a backup: what is damaged, cut off, longer or sealed with another key is refused."""

import gzip
import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.crypto import Keyring
from crm.keeping import archive
from crm.keeping.manifest import BACKUP, Contents, Erased, Manifest

KEYS = Keyring("k001", {"k001": bytes(range(32))})
AT = datetime(2026, 5, 6, 14, tzinfo=UTC)
NOISE = random.Random(7)  # noqa: S311 - repeatable, protects nothing
LINES = b"".join(b'[%d,"%s"]\n' % (number, NOISE.randbytes(40).hex().encode()) for number in range(9000))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> Path:
    """A backup of one table and one file, several chunks long."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "tables").mkdir()
    (folder / "files").mkdir()
    with gzip.open(folder / "tables" / "task.jsonl.gz", "wb", compresslevel=1) as file:
        file.write(LINES)
    noise = NOISE.randbytes(2 * archive.CHUNK)
    (folder / "files" / "noise").write_bytes(noise)
    manifest = Manifest(
        BACKUP, "0.1.0", "0005", AT, "sqlite", "k001",
        practices=("p",),
        tables=(Contents("task", ("id", "key"), 9000, hashlib.sha256(LINES).hexdigest()),),
        files={"files/noise": hashlib.sha256(noise).hexdigest()},
        erased=(Erased("p", "c", "C-0142", AT),),
    )  # fmt: skip
    path = folder / "whole.backup"
    with path.open("wb") as file:
        archive.write(file, manifest, folder, KEYS)
    return path


def test_what_was_written_is_read_again(sealed):
    manifest = archive.verify(sealed, KEYS)
    assert (manifest.rows, manifest.erased[0].code, manifest.made_at) == (9000, "C-0142", AT)
    assert manifest == archive.read_manifest(sealed, KEYS)
    with archive.opened(sealed, KEYS) as (_manifest, members):
        assert {name: len(content.read()) for name, content in members} == {
            "tables/task.jsonl.gz": len(LINES), "files/noise": 2 * archive.CHUNK,
        }  # fmt: skip


def test_no_word_of_it_can_be_read_without_the_key(sealed):
    content = sealed.read_bytes()
    assert b"manifest" not in content
    assert b"C-0142" not in content


@pytest.mark.parametrize("seed", range(100))
def test_one_changed_bit_is_found(sealed, tmp_path, seed):
    content = bytearray(sealed.read_bytes())
    place = random.Random(seed).randrange(len(content) * 8)  # noqa: S311 - repeatable
    content[place // 8] ^= 1 << place % 8
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(content)
    with pytest.raises(archive.BadArchive):
        archive.verify(damaged, KEYS)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _whole: b"", id="empty"),
        pytest.param(lambda whole: whole[: archive.HEAD_BYTES], id="the head alone"),
        pytest.param(lambda whole: whole[:-1], id="without its last byte"),
        pytest.param(lambda whole: whole[: len(whole) // 2], id="half of it"),
        pytest.param(
            lambda whole: whole[: archive.HEAD_BYTES + archive.CHUNK + archive.TAG_BYTES], id="cut between chunks"
        ),
        pytest.param(lambda whole: whole + b"\0", id="a byte too many"),
        pytest.param(
            lambda whole: whole[: archive.HEAD_BYTES] + whole[archive.HEAD_BYTES + archive.CHUNK + archive.TAG_BYTES :],
            id="the first chunk left out",
        ),
    ],
)
def test_what_is_cut_or_put_together_anew_is_found(sealed, tmp_path, change):
    other = tmp_path / "other.backup"
    other.write_bytes(change(sealed.read_bytes()))
    with pytest.raises(archive.BadArchive):
        archive.verify(other, KEYS)


def test_the_key_it_needs_is_named(sealed):
    with pytest.raises(archive.BadArchive, match="k001"):
        archive.verify(sealed, Keyring("k002", {"k002": bytes(32)}))
    with pytest.raises(archive.BadArchive, match="damaged"):
        archive.verify(sealed, Keyring("k001", {"k001": bytes(32)}))
