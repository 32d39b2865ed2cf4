"""The chain of the journal: each entry's digest holds the one before it, so no entry can change or go unseen.

Digests need no key, so that nothing that happens waits for one. Twice a minute the clock seals the newest
digest with a key from the keyring (HMAC-SHA256); who can write the database but has no key can make new
digests, never a new seal. The digest mail carries the head out of the house (security.md 6.2).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

SHOWN = 8  # characters of a digest in the digest mail


class Entry(Protocol):
    """What of an entry is chained; `seq` is not, since the order is the chain's own."""

    practice_id: Any
    at: Any
    actor: Any
    type: Any
    happened_at: Any
    happened_on: Any
    source_id: Any
    client_id: Any
    payload: Any
    undoes: Any


@dataclass(frozen=True, slots=True)
class Head:
    """A digest that was sealed: of which entry, and the seal before it."""

    seq: int
    digest: str
    mac: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of one practice's chain found; `trouble` is empty where it holds."""

    entries: int
    head: str  # "48211 7f3a9c21"
    sealed_to: int  # the newest entry under a seal
    trouble: str = ""
    bad_seq: int | None = None

    @property
    def holds(self) -> bool:
        """Say whether nothing was found."""
        return not self.trouble


def digest_of(before: str, entry: Entry) -> str:
    """Return an entry's digest, hexadecimal, from the digest before it ("" at the beginning)."""
    told = {
        "practice": entry.practice_id, "at": _text(entry.at), "actor": entry.actor, "type": entry.type,
        "happened_at": _text(entry.happened_at), "happened_on": _text(entry.happened_on), "source": entry.source_id,
        "client": entry.client_id, "payload": entry.payload, "undoes": entry.undoes,
    }  # fmt: skip
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}|{plain}".encode()).hexdigest()


def seal_of(key: bytes, practice_id: int, seq: int, digest: str, before: str) -> str:
    """Return the seal over a head, hexadecimal; `before` is the seal before it ("" for the first)."""
    return hmac.new(key, f"{practice_id}|{seq}|{digest}|{before}".encode(), hashlib.sha256).hexdigest()


def short(seq: int, digest: str) -> str:
    """Return a head as the digest mail writes it: "48211 7f3a9c21"."""
    return f"{seq} {digest[:SHOWN]}"


def verify(
    practice_id: int, entries: Iterable[Any], heads: Iterable[Head], keys: Mapping[str, bytes], seen: str = ""
) -> Verdict:
    """Walk a chain: `entries` with `seq` and `digest` in their order, `heads` in theirs, `keys` by id.

    `seen` is a head from an old digest mail: with it even a chain cut at its end is found out.
    """
    waiting = {head.seq: head for head in heads}
    wanted = seen.split()
    before, count, last, sealed_to, seal = "", 0, 0, 0, ""
    for entry in entries:
        if not entry.digest and not before:
            continue  # from before there was a chain
        if entry.digest != digest_of(before, entry):
            return _broken(count, last, before, sealed_to, entry.seq, "entry was changed, or one before it is missing")
        before, count, last = entry.digest, count + 1, entry.seq
        if head := waiting.pop(entry.seq, None):
            if trouble := _seal_trouble(practice_id, head, entry.digest, seal, keys):
                return _broken(count, last, before, sealed_to, entry.seq, trouble)
            seal, sealed_to = head.mac, entry.seq
        if wanted and wanted[0] == str(entry.seq):
            if not entry.digest.startswith(wanted[-1]):
                return _broken(count, last, before, sealed_to, entry.seq, "entry is not the one of that digest mail")
            wanted = []
    if waiting:
        return _broken(count, last, before, sealed_to, min(waiting), "sealed entry is missing")
    if wanted:
        return _broken(count, last, before, sealed_to, None, f"there is no entry {seen} any more")
    return Verdict(count, short(last, before) if before else "", sealed_to)


def _seal_trouble(practice_id: int, head: Head, digest: str, before: str, keys: Mapping[str, bytes]) -> str:
    if head.key_id not in keys:
        return f"key {head.key_id} of the seal is not here"
    right = seal_of(keys[head.key_id], practice_id, head.seq, digest, before)
    return "" if hmac.compare_digest(right, head.mac) else "seal does not fit"


def _broken(count: int, last: int, before: str, sealed_to: int, seq: int | None, trouble: str) -> Verdict:
    return Verdict(count, short(last, before) if before else "", sealed_to, trouble, seq)


def _text(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment is not None else None
