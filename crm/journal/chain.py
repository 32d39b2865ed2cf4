"""The chain of the journal: each entry's digest holds the one before it, so no entry can change or go unseen.

Digests need no key, so that nothing that happens waits for one. At each tick the clock seals the newest digest
with a key of the keyring (HMAC-SHA256) over the seal before: who can write the database but has no key can make
new digests, never a new seal. The digest mail carries the head out of the house (security.md 6.2).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

SHOWN = 8  # characters of a digest in the digest mail


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


def digest_of(before: str, entry: Any) -> str:
    """Return an entry's digest, hexadecimal, from the digest before it ("" at the beginning).

    All of an entry goes in but its number: the order is the chain's own.
    """
    told = {
        "practice": entry.practice_id, "at": _text(entry.at), "actor": entry.actor, "type": entry.type,
        "happened_at": _text(entry.happened_at), "happened_on": _text(entry.happened_on), "source": entry.source_id,
        "client": entry.client_id, "payload": entry.payload, "undoes": entry.undoes,
    }  # fmt: skip
    # Entries of before these were kept have neither, and their digests stand as they were made.
    told |= {name: value for name in ("ip", "session") if (value := getattr(entry, name))}
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
    walk = _Walk(practice_id, {head.seq: head for head in heads}, keys, seen.split())
    for entry in entries:
        if not entry.digest and not walk.digest:
            continue  # from before there was a chain
        if trouble := walk.step(entry):
            return walk.verdict(trouble, entry.seq)
    if walk.heads:
        return walk.verdict("a sealed entry is missing", min(walk.heads))
    if walk.seen:
        return walk.verdict(f"there is no entry {seen} any more")
    return walk.verdict()


@dataclass(slots=True)
class _Walk:
    """How far a walk along the chain has come; `heads` and `seen` are what is still to be met."""

    practice_id: int
    heads: dict[int, Head]
    keys: Mapping[str, bytes]
    seen: list[str]
    digest: str = ""
    seal: str = ""
    entries: int = 0
    last: int = 0
    sealed_to: int = 0

    def step(self, entry: Any) -> str:
        """Go one entry on; return what is wrong with it, or nothing."""
        if entry.digest != digest_of(self.digest, entry):
            return "the entry was changed, or the one before it is missing"
        self.digest, self.last, self.entries = entry.digest, entry.seq, self.entries + 1
        if head := self.heads.pop(entry.seq, None):
            if trouble := self._seal_trouble(head):
                return trouble
            self.seal, self.sealed_to = head.mac, entry.seq
        if self.seen and self.seen[0] == str(entry.seq):
            if not entry.digest.startswith(self.seen[-1]):
                return "the entry is not the one of that digest mail"
            self.seen = []
        return ""

    def _seal_trouble(self, head: Head) -> str:
        if head.key_id not in self.keys:
            return f"the key {head.key_id} of its seal is not here"
        right = seal_of(self.keys[head.key_id], self.practice_id, head.seq, self.digest, self.seal)
        return "" if hmac.compare_digest(right, head.mac) else "its seal does not fit"

    def verdict(self, trouble: str = "", bad_seq: int | None = None) -> Verdict:
        head = short(self.last, self.digest) if self.digest else ""
        return Verdict(self.entries, head, self.sealed_to, trouble, bad_seq)


def _text(moment: datetime | date | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat() if moment else None
