# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A passkey in software, for tests without a browser: answers challenges as a device that checked its person.

Source: Web Authentication, level 2, sections 6.1 (authenticator data), 6.5.4 (attestation object), 7.1, 7.2.
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    """Write bytes as base64url."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Passkey:
    """One credential at one site. verified: whether the device says that it checked finger, face or PIN."""

    host: str = "testserver"
    origin: str = "https://testserver"
    verified: bool = True
    number: bytes = field(default_factory=lambda: token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str = ""

    def make(self, options: dict[str, Any]) -> str:
        """Answer the challenge that asks for a new passkey."""
        self.user = options["publicKey"]["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + struct.pack(">H", len(self.number)) + self.number + public
        data = self._data(ATTESTED) + attested
        whole = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._client("webauthn.create", options), {"attestationObject": text(whole)})

    def use(self, options: dict[str, Any]) -> str:
        """Answer the challenge that asks for this passkey."""
        client, data = self._client("webauthn.get", options), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"authenticatorData": text(data), "signature": text(signature), "userHandle": self.user}
        return self._answer(client, parts)

    def _data(self, more: int) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, 0)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        assert urlsafe_b64decode(challenge + "==")
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, client: bytes, parts: dict[str, str]) -> str:
        number = text(self.number)
        return json.dumps(
            {
                "id": number,
                "rawId": number,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {"clientDataJSON": text(client), **parts},
            }
        )
