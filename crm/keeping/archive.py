"""The file of a backup: its manifest and the packed database, sealed in chunks, so that no cut and no bit goes unseen.

A file is magic, key id (4 bytes), a mark of the key (8), salt (32 random bytes), then chunks of 1 MiB, each
AES-256-GCM with its tag. The key of one file is derived from the key for backups and the salt. A chunk's nonce is its
number and whether it is the last; the head is the associated data of each. So nothing can be changed, left out,
added, cut off or put elsewhere. Inside: the manifest as one line of JSON, then the database, packed by gzip.
"""

import gzip
import hashlib
import io
import json
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crm.crypto import Keyring, Unreadable
from crm.keeping.manifest import Manifest

MAGIC = b"HANDOFF-BACKUP\x01"
ID_BYTES, MARK_BYTES, SALT_BYTES, TAG_BYTES = 4, 8, 32, 16
HEAD_BYTES = len(MAGIC) + ID_BYTES + MARK_BYTES + SALT_BYTES
CHUNK = 1024 * 1024
MANIFEST_LIMIT = 16 * CHUNK
PURPOSE = "backup"


class BadArchive(Exception):  # noqa: N818
    """The file is no backup, is damaged or cut off, or its key is not here; the text says which."""


class SealedWriter(io.RawIOBase):
    """Seals what is written to it, chunk by chunk; `close` writes the last one."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        self._file, self._waiting, self._number = file, bytearray(), 0
        mark = keyring.sub_key(keyring.active, f"{PURPOSE} mark")[:MARK_BYTES]
        self._head = MAGIC + keyring.active.encode() + mark + secrets.token_bytes(SALT_BYTES)
        self._cipher = _cipher(self._head, keyring)
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        """Take bytes; full chunks leave at once."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # a full one stays until more comes: it may be the last
            self._leave(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Seal the end of the file; without it the file counts as cut off."""
        self._leave(bytes(self._waiting), last=True)

    def _leave(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._head))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens what a SealedWriter wrote; raises BadArchive at the first chunk that is not as it was."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        self._file, self._number, self._plain, self._ended = file, 0, memoryview(b""), False
        self._head = file.read(HEAD_BYTES)
        if len(self._head) < HEAD_BYTES or not self._head.startswith(MAGIC):
            raise BadArchive("it is not a backup of Handoff")
        self._cipher = _cipher(self._head, keyring)
        self._next = file.read(CHUNK + TAG_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill `target` as far as the chunk reaches; 0 at the end."""
        if not self._plain and not self._ended:
            self._plain = memoryview(self._open_next())
        size = min(len(target), len(self._plain))
        target[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _open_next(self) -> bytes:
        sealed, self._next = self._next, self._file.read(CHUNK + TAG_BYTES)
        last = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._head)
        except (InvalidTag, ValueError):
            raise BadArchive(f"it is cut off or damaged, in its part {self._number + 1}") from None
        self._number, self._ended = self._number + 1, last
        return plain


def key_id_of(path: Path) -> str:
    """Return the id of the key a backup is sealed with, as its first bytes name it; "" where they do not."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return _named(head) if head.startswith(MAGIC) else ""


def _named(head: bytes) -> str:
    return head[len(MAGIC) : len(MAGIC) + ID_BYTES].decode("ascii", "replace")


def _cipher(head: bytes, keyring: Keyring) -> AESGCM:
    key_id = _named(head)
    mark, salt = head[-SALT_BYTES - MARK_BYTES : -SALT_BYTES], head[-SALT_BYTES:]
    try:
        if mark != keyring.sub_key(key_id, f"{PURPOSE} mark")[:MARK_BYTES]:
            raise BadArchive(f"it was sealed with another key than the “{key_id}” of the key file, or is damaged")
        key = keyring.sub_key(key_id, PURPOSE)
    except Unreadable:
        raise BadArchive(f"it was sealed with the key “{key_id}”, which is not in the key file") from None
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"handoff archive").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def write(file: IO[bytes], manifest: Manifest, database: Path, keyring: Keyring) -> None:
    """Write the manifest and the database it describes to `file`, sealed with the active key."""
    sealed = SealedWriter(file, keyring)
    sealed.write(json.dumps(manifest.told(), ensure_ascii=False).encode() + b"\n")
    with gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1, mtime=0) as packed, database.open("rb") as plain:
        while block := plain.read(CHUNK):
            packed.write(block)
    sealed.finish()


@contextmanager
def _opened(path: Path, keyring: Keyring) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """Yield the manifest and the packed database behind it; what does not fit is a BadArchive."""
    try:
        with path.open("rb") as file:
            sealed = io.BufferedReader(SealedReader(file, keyring), CHUNK)
            manifest = Manifest.read(json.loads(sealed.readline(MANIFEST_LIMIT)))
            yield manifest, cast(IO[bytes], sealed)
    except (ValueError, KeyError, TypeError, EOFError, zlib.error, gzip.BadGzipFile):
        raise BadArchive("it was not written by this program") from None


def read_manifest(path: Path, keyring: Keyring) -> Manifest:
    """Return the manifest; only the beginning of the file is read and checked."""
    with _opened(path, keyring) as (manifest, _rest):
        return manifest


def read(path: Path, keyring: Keyring, into: IO[bytes] | None = None) -> Manifest:
    """Read a file to its end, hold it against its manifest, and unpack the database if a file is given for it.

    Raises BadArchive; what was unpacked until then is worth nothing.
    """
    digest, size = hashlib.sha256(), 0
    with _opened(path, keyring) as (manifest, sealed):
        with gzip.GzipFile(fileobj=sealed) as plain:
            while block := plain.read(CHUNK):
                digest.update(block)
                size += len(block)
                if into is not None:
                    into.write(block)
        if (size, digest.hexdigest()) != (manifest.size, manifest.sha256):
            raise BadArchive("its database is not what its manifest says")
        return manifest
