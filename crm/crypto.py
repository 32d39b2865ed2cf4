"""Seal what names or describes a client: AES-256-GCM per row, keys outside the data folder (security.md 6.1).

Format of a sealed value: 0x01, key id (4 bytes), nonce (12 random bytes), ciphertext with tag. The text
inside is JSON padded to the next 64 bytes, so that lengths say little. Associated data is
`table|row uuid|1`: a value copied to another row does not open.
"""

import base64
import json
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
PAD = 64
KEY_BYTES = 32
FEWEST = 16  # different bytes in a key: 32 random ones have about 30, and never only letters


class KeyringError(Exception):
    """The key file is missing or cannot be used; the text says what to do."""


class Unreadable(Exception):  # noqa: N818
    """A sealed value is damaged, belongs to another row, or its key is not here."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys for client data: all known ones by id, and the one that new rows are sealed with."""

    active: str
    keys: dict[str, bytes]

    def sub_key(self, key_id: str, purpose: str) -> bytes:
        """Derive the 32 byte key for one purpose ("field", "audit", "backup") from the master key `key_id`."""
        if key_id not in self.keys:
            raise Unreadable(key_id)
        info = f"handoff {purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(self.keys[key_id])

    def with_new_key(self) -> "Keyring":
        """Return this keyring with one key more, the active one from now on; ids only ever grow."""
        numbers = [int(found[1:]) for found in self.keys if re.fullmatch("k[0-9]{3}", found)]
        key_id = f"k{1 + max(numbers, default=0):03d}"
        return Keyring(key_id, {**self.keys, key_id: secrets.token_bytes(KEY_BYTES)})

    def without(self, key_ids: set[str]) -> "Keyring":
        """Return this keyring without these keys; the active one stays."""
        return Keyring(self.active, {k: key for k, key in self.keys.items() if k == self.active or k not in key_ids})


def create_keyring(path: Path) -> None:
    """Write a new key file, readable by its owner only; never overwrite one."""
    write_keyring(path, Keyring("k001", {"k001": secrets.token_bytes(KEY_BYTES)}))


def write_keyring(path: Path, keyring: Keyring) -> None:
    """Write a key file, readable by its owner only; raises FileExistsError rather than overwrite one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(path, _written(keyring))


def replace_keyring(path: Path, keyring: Keyring) -> None:
    """Put a keyring in the place of another: after a power cut the old file is there or the new one, whole."""
    replace_secret(path, _written(keyring))


def replace_secret(path: Path, content: str) -> None:
    """Write a file of keys anew, readable by its owner only, in one step; a link stays the link it is."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # of a process that was killed here
    _write_new(beside, content)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written(keyring: Keyring) -> str:
    keys = {key_id: base64.b64encode(key).decode() for key_id, key in keyring.keys.items()}
    return json.dumps({"active": keyring.active, "keys": keys}) + "\n"


def _write_new(path: Path, content: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_keyring(path: Path) -> Keyring:
    """Read the key file; raise KeyringError where it is missing, open to others, or not a key file."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyringError(f"{path} can be read by others; run: chmod 600 {path}")
        stored = json.loads(path.read_text())
        keys = {key_id: base64.b64decode(key, validate=True) for key_id, key in stored["keys"].items()}
        active = stored["active"]
    except FileNotFoundError:
        raise KeyringError(f"the key file {path} is missing; put it back from your recovery copy") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise KeyringError(f"{path} is not a key file of Handoff") from None
    if active not in keys or any(len(key) != KEY_BYTES or len(key_id) != 4 for key_id, key in keys.items()):
        raise KeyringError(f"{path} is not a key file of Handoff")
    if any(len(set(key)) < FEWEST or all(32 <= byte < 127 for byte in key) for key in keys.values()):
        raise KeyringError(
            f"{path} holds a sample or a guessable key; `flask init` makes a random one where no file is"
        )
    return Keyring(active, keys)


class KeyFile:
    """The key file as a process that runs on sees it: read again whenever it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, ...], Keyring] | None = None

    def keyring(self) -> Keyring:
        """Return what the file holds now; raises KeyringError."""
        try:
            found = self._path.stat()
        except OSError:
            return load_keyring(self._path)  # which says what is wrong with it
        mark = (found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, load_keyring(self._path))
        return self._read[1]


class Sealer:
    """Seals and opens values with one keyring; the derived keys are kept, since deriving costs more than sealing.

    `newer` gives the keyring as it is now, where keys can be changed while this one is in use: it is asked before
    anything is sealed, and for a key that is not known.
    """

    def __init__(self, keyring: Keyring, newer: Callable[[], Keyring] | None = None) -> None:
        self._keyring = keyring
        self._newer = newer or (lambda: keyring)
        self._ciphers: dict[str, AESGCM] = {}

    @property
    def active(self) -> str:
        """Return the id of the key that is sealed with."""
        return self._look().active

    def _look(self) -> Keyring:
        if (keyring := self._newer()) != self._keyring:
            self._keyring, self._ciphers = keyring, {}
        return self._keyring

    def _cipher(self, key_id: str) -> AESGCM:
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            keyring = self._keyring if key_id in self._keyring.keys else self._look()
            cipher = self._ciphers[key_id] = AESGCM(keyring.sub_key(key_id, "field"))
        return cipher

    def seal(self, value: dict[str, Any], *, table: str, row: str) -> bytes:
        """Seal a JSON value for the row `row` (its uuid) of `table`."""
        plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        return self._sealed(plain + b" " * (-len(plain) % PAD), table, row)

    def seal_file(self, content: bytes, *, table: str, row: str) -> bytes:
        """Seal the bytes of a file for the row `row` of `table`; its length is not told by the sealed one's."""
        framed = len(content).to_bytes(8, "big") + content
        return self._sealed(framed + bytes(-len(framed) % PAD), table, row)

    def _sealed(self, plain: bytes, table: str, row: str) -> bytes:
        key_id, nonce = self._look().active, secrets.token_bytes(12)
        return VERSION + key_id.encode() + nonce + self._cipher(key_id).encrypt(nonce, plain, _bound_to(table, row))

    def open(self, sealed: bytes, *, table: str, row: str) -> dict[str, Any]:
        """Open a sealed value; raise Unreadable rather than give anything but what was sealed for this row."""
        opened: dict[str, Any] = json.loads(self._opened(sealed, table, row))
        return opened

    def open_file(self, sealed: bytes, *, table: str, row: str) -> bytes:
        """Open a sealed file: the very bytes that were sealed. Raises Unreadable."""
        framed = self._opened(sealed, table, row)
        return framed[8 : 8 + int.from_bytes(framed[:8], "big")]

    def sealed_anew(self, sealed: bytes, *, table: str, row: str) -> bytes:
        """Return the very same value, or file, under the active key. Raises Unreadable."""
        return self._sealed(self._opened(sealed, table, row), table, row)

    def _opened(self, sealed: bytes, table: str, row: str) -> bytes:
        if sealed[:1] != VERSION or len(sealed) < 33:
            raise Unreadable("format")
        key_id, nonce = sealed[1:5].decode("ascii", "replace"), sealed[5:17]
        try:
            return self._cipher(key_id).decrypt(nonce, sealed[17:], _bound_to(table, row))
        except InvalidTag:
            raise Unreadable("tag") from None


def _bound_to(table: str, row: str) -> bytes:
    return f"{table}|{row}|1".encode()
