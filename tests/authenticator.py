"""A passkey's other half, as a browser and its key would answer: for tests without a browser."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key for one portal; `verifies`: whether it sees finger, face or PIN."""

    origin: str
    rp_id: str
    verifies: bool = True
    count: int = 0
    handle: bytes = b""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a request for a new passkey, without attestation."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        known = self._flags(WITH_KEY) + b"\0" * 16 + len(self.credential_id).to_bytes(2, "big")
        data = self._head(known) + self.credential_id + cbor2.dumps(self._public_key())
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(
            attestationObject=attestation, clientDataJSON=client, transports=["internal"]
        )

    def show(self, options: dict[str, Any]) -> str:
        """The answer to a challenge."""
        self.count += 1
        data = self._head(self._flags(0))
        client = self._client("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            authenticatorData=data,
            clientDataJSON=client,
            signature=self.key.sign(signed, ec.ECDSA(SHA256())),
            userHandle=self.handle,
        )

    def _flags(self, more: int) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        return bytes([flags]) + self.count.to_bytes(4, "big")

    def _head(self, rest: bytes) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + rest

    def _public_key(self) -> dict[int, object]:
        point = self.key.public_key().public_numbers()
        return {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: Any) -> str:
        plain = {
            k: bytes_to_base64url(v) if isinstance(v, bytes) else v for k, v in response.items()
        }
        name = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": plain})
