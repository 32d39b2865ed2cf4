"""A passkey made in memory, so that a test can let it answer what, where and how often no real one would."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Passkey:
    """One key pair of one address."""

    origin: str = "http://localhost"
    host: str = "localhost"
    counter: int = 0
    verified: bool = True
    handle: str = ""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def made(self, options: dict[str, Any]) -> str:
        """Answer the question of an address that wants to save it."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(point)
        told = {"fmt": "none", "attStmt": {}, "authData": self._told(HAS_KEY) + about}
        asked = self._asked("webauthn.create", options["challenge"])
        return self._sent({"clientDataJSON": b64(asked), "attestationObject": b64(cbor2.dumps(told)), "transports": []})

    def answer(self, options: dict[str, Any]) -> str:
        """Sign the question of an address."""
        self.counter += 1
        told, asked = self._told(), self._asked("webauthn.get", options["challenge"])
        signature = self.key.sign(told + hashlib.sha256(asked).digest(), ECDSA(SHA256()))
        return self._sent(
            {"clientDataJSON": b64(asked), "authenticatorData": b64(told), "signature": b64(signature),
             "userHandle": self.handle}
        )  # fmt: skip

    def _told(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _asked(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _sent(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})
