"""The file of a backup: a tar that begins with its manifest, sealed in chunks, so that no cut and no bit goes unseen.

A file is magic, key id (4 bytes), salt (32 random bytes), then chunks of 1 MiB, each AES-256-GCM with its tag. The
key of one file is derived from the key for backups and the salt. A chunk's nonce is its number and whether it is the
last; the head is the associated data of each. So nothing can be changed, left out, added, cut off or put elsewhere.
"""

import gzip
import hashlib
import io
import json
import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crm.crypto import Keyring, Unreadable
from crm.keeping.manifest import Manifest

MAGIC = b"HANDOFF-BACKUP\x01"
ID_BYTES, SALT_BYTES, TAG_BYTES = 4, 32, 16
HEAD_BYTES = len(MAGIC) + ID_BYTES + SALT_BYTES
CHUNK = 1024 * 1024
PURPOSE = "backup"
MANIFEST = "manifest.json"


class BadArchive(Exception):  # noqa: N818
    """The file is no backup, is damaged or cut off, or its key is not here; the text says which."""


class SealedWriter(io.RawIOBase):
    """Seals what is written to it, chunk by chunk; `close` writes the last one."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        self._file, self._waiting, self._number = file, bytearray(), 0
        self._head = MAGIC + keyring.active.encode() + secrets.token_bytes(SALT_BYTES)
        self._cipher = _cipher(self._head, keyring)
        file.write(self._head)

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Take bytes; full chunks leave at once."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # a full one stays until more comes: it may be the last
            self._leave(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Seal the end of the file; without it the file counts as cut off."""
        if not self.closed:
            self._leave(bytes(self._waiting), last=True)
        super().close()

    def _leave(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._head))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens what a SealedWriter wrote; raises BadArchive at the first chunk that is not as it was."""

    def __init__(self, file: IO[bytes], keyring: Keyring) -> None:
        self._file, self._number, self._plain, self._place = file, 0, b"", 0
        self._head = file.read(HEAD_BYTES)
        if len(self._head) < HEAD_BYTES or not self._head.startswith(MAGIC):
            raise BadArchive("it is not a backup of Handoff")
        self._cipher = _cipher(self._head, keyring)
        self._next = file.read(CHUNK + TAG_BYTES)
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        parts, wanted = [], size if size >= 0 else 1 << 62
        while wanted and (part := self._some(wanted)):
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _some(self, wanted: int) -> bytes:
        if self._place == len(self._plain):
            if self._ended:
                return b""
            self._plain, self._place = self._open_next(), 0
        part = self._plain[self._place : self._place + wanted]
        self._place += len(part)
        return part

    def _open_next(self) -> bytes:
        sealed, self._next = self._next, self._file.read(CHUNK + TAG_BYTES)
        last = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._head)
        except (InvalidTag, ValueError):
            raise BadArchive("it is damaged or cut off") from None
        self._number, self._ended = self._number + 1, last
        return plain


def _cipher(head: bytes, keyring: Keyring) -> AESGCM:
    key_id, salt = head[len(MAGIC) : len(MAGIC) + ID_BYTES].decode("ascii", "replace"), head[-SALT_BYTES:]
    try:
        key = keyring.sub_key(key_id, PURPOSE)
    except Unreadable:
        raise BadArchive(f"it was sealed with the key “{key_id}”, which is not in the key file") from None
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"handoff archive").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def write(file: IO[bytes], manifest: Manifest, folder: Path, keyring: Keyring) -> None:
    """Write manifest and the files it names, which lie in `folder`, to `file`."""
    with SealedWriter(file, keyring) as sealed, tarfile.open(fileobj=cast(IO[bytes], sealed), mode="w|") as tar:
        told = json.dumps(manifest.told(), ensure_ascii=False).encode()
        tar.addfile(_member(MANIFEST, len(told)), io.BytesIO(told))
        for name in manifest.members():
            path = folder / name
            with path.open("rb") as content:
                tar.addfile(_member(name, path.stat().st_size), content)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


@contextmanager
def opened(path: Path, keyring: Keyring) -> Iterator[tuple[Manifest, Iterator[tuple[str, IO[bytes]]]]]:
    """Yield the manifest and then each member with its content, unpacked; raises BadArchive where something is wrong.

    What has been yielded is as it was written; that nothing is missing is known only when the members are at their end.
    """
    try:
        with path.open("rb") as file:
            sealed = SealedReader(file, keyring)
            with tarfile.open(fileobj=cast(IO[bytes], sealed), mode="r|") as tar:
                first = tar.next()
                content = tar.extractfile(first) if first and first.name == MANIFEST else None
                if content is None:
                    raise BadArchive("it has no manifest")
                manifest = Manifest.read(json.loads(content.read()))
                yield manifest, _members(tar, sealed)
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError):
        raise BadArchive("it was not written by this program") from None


def _members(tar: tarfile.TarFile, sealed: SealedReader) -> Iterator[tuple[str, IO[bytes]]]:
    while member := tar.next():
        content = tar.extractfile(member)
        if content is None:
            raise BadArchive("it holds what is no file")
        if member.name.endswith(".gz"):
            with gzip.open(content, "rb") as plain:
                yield member.name, cast(IO[bytes], plain)
        else:
            yield member.name, content
    while sealed.read(CHUNK):
        pass  # the end of the tar is not the end of the file


def read_manifest(path: Path, keyring: Keyring) -> Manifest:
    """Return the manifest; only the beginning of the file is read and checked."""
    with opened(path, keyring) as (manifest, _rest):
        return manifest


def verify(path: Path, keyring: Keyring) -> Manifest:
    """Read a file to its end and hold each member against the manifest; raises BadArchive. Writes nothing."""
    with opened(path, keyring) as (manifest, members):
        expected = manifest.members()
        for name, content in members:
            rows, digest = 0, hashlib.sha256()
            while block := content.read(CHUNK):
                digest.update(block)
                rows += block.count(b"\n")
            if expected.pop(name, None) != digest.hexdigest() or rows != manifest.rows_in(name, rows):
                raise BadArchive(f"{name} is not what the manifest says")
        if expected:
            raise BadArchive(f"{min(expected)} is missing")
        return manifest
