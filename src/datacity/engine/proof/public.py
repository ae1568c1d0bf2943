# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Public halves of keys, and whom a reader trusts.

A key's id is the first 16 hexadecimal digits of the SHA-256 of its 32 raw bytes. Moments are text, "2026-05-04T12:00:00Z".
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from datacity.kernel.canonical import canonical_bytes, sha256_hex
from datacity.kernel.errors import Invalid, Missing

_HEX = re.compile(r"[0-9a-f]{64}")


class Use(StrEnum):
    """What a key signs: seals (releases, snapshots, receipts, checkpoints) or clearances."""

    SEAL = "seal"
    CLEARANCE = "clearance"


def moment(at: datetime) -> str:
    """Give an aware moment as text in UTC, whole seconds. Raises Invalid for a naive one."""
    if at.tzinfo is None:
        raise Invalid("proof.naive", "The moment {at} has no time zone.", at=at.isoformat())
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class PublicKey:
    """A public key and what its owner says of it.

    raw: 32 bytes. use, valid_from, valid_until: empty when only the key itself is known (a bare PEM file).
    predecessor: id of the key that endorsed this one, with `endorsement`, its signature over `endorsed_bytes`.
    """

    raw: bytes
    use: str = ""
    valid_from: str = ""
    valid_until: str = ""
    predecessor: str = ""
    endorsement: str = ""

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the raw key."""
        return sha256_hex(self.raw)[:16]

    @property
    def pem(self) -> str:
        """The key as openssl reads it (SubjectPublicKeyInfo)."""
        return (
            Ed25519PublicKey.from_public_bytes(self.raw)
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Tell whether the signature (64 raw bytes) over the data was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def valid_at(self, at: str) -> bool:
        """Tell whether the moment lies in the key's validity, both ends included; True when none is stated."""
        return (not self.valid_from or self.valid_from <= at) and (not self.valid_until or at <= self.valid_until)

    @property
    def endorsed_bytes(self) -> bytes:
        """What a predecessor signs: the canonical form of everything but the endorsement."""
        return canonical_bytes(
            {key: value for key, value in self.as_dict().items() if key not in {"endorsement", "pem"}}
        )

    def as_dict(self) -> dict[str, str]:
        """Give the key as in `keys.json` and `/.well-known/datacity.json`; empty fields are left out."""
        fields = {
            "id": self.id,
            "use": self.use,
            "public": self.raw.hex(),
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "predecessor": self.predecessor,
            "endorsement": self.endorsement,
            "pem": self.pem,
        }
        return {key: value for key, value in fields.items() if value}

    def named(self) -> dict[str, str]:
        """Give what a signed thing says of its signer: `{"key": id, "public": 64 hexadecimal digits}`."""
        return {"key": self.id, "public": self.raw.hex()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "PublicKey":
        """Read a key from `keys.json`. Raises Invalid when it is none, or its id is another key's."""
        public = value.get("public")
        if not isinstance(public, str) or not _HEX.fullmatch(public):
            raise Invalid("keys.public", "A public key is 64 hexadecimal digits.", field="public")
        texts = {
            name: str(value.get(name, ""))
            for name in ("use", "valid_from", "valid_until", "predecessor", "endorsement")
        }
        key = cls(bytes.fromhex(public), **texts)
        if value.get("id", key.id) != key.id:
            raise Invalid("keys.id", "The key {id} is not the key of that id.", field="id", id=str(value["id"]))
        return key

    @classmethod
    def from_pem(cls, text: str) -> "PublicKey":
        """Read a public key from PEM. Raises Invalid when it is none, or not of Ed25519."""
        try:
            key = load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Invalid("keys.pem", "This is not a public key in PEM form.") from error
        if not isinstance(key, Ed25519PublicKey):
            raise Invalid("keys.kind", "This key is not an Ed25519 key.")
        return cls(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


@dataclass(frozen=True)
class Trust:
    """The keys a reader trusts, by their own decision; empty trusts nobody."""

    keys: frozenset[PublicKey] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anybody is trusted."""
        return bool(self.keys)

    @classmethod
    def of(cls, sources: "Trust | Iterable[Path | str | PublicKey]") -> "Trust":
        """Gather keys: PEM files, `keys.json` or `datacity.json` files, 64 hexadecimal digits, or keys.

        Raises Missing for a file that is not there, Invalid for one without a key.
        """
        if isinstance(sources, Trust):
            return sources
        found: set[PublicKey] = set()
        for source in sources:
            found.update([source] if isinstance(source, PublicKey) else _read_keys(str(source)))
        return cls(frozenset(found))

    def find(self, key: PublicKey, *, use: Use) -> PublicKey | None:
        """Give the trusted record of this key when it may be used so; a bare PEM key may be used for anything."""
        return next((each for each in self.keys if each.raw == key.raw and each.use in {"", use}), None)

    def extended(self, listed: Iterable[PublicKey]) -> "Trust":
        """Give this trust plus every listed key that a trusted key of the same use endorsed, successors of successors too."""
        found = set(self.keys)
        waiting = [key for key in listed if key.endorsement]
        grown = True
        while grown:
            fresh = [key for key in waiting if key not in found and _is_endorsed(key, found)]
            found.update(fresh)
            grown = bool(fresh)
        return Trust(frozenset(found))


def listed_keys(value: Any) -> list[PublicKey]:
    """Read the keys of a `keys.json` value. Raises Invalid when it is none."""
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not all(isinstance(each, dict) for each in keys):
        raise Invalid("keys.list", "This file lists no keys.")
    return [PublicKey.from_dict(each) for each in keys]


def _is_endorsed(key: PublicKey, trusted: Iterable[PublicKey]) -> bool:
    try:
        signature = bytes.fromhex(key.endorsement)
    except ValueError:
        return False
    return any(
        each.id == key.predecessor
        and each.use in {"", key.use}
        and each.valid_at(key.valid_from)
        and each.signed(signature, key.endorsed_bytes)
        for each in trusted
    )


def _read_keys(source: str) -> list[PublicKey]:
    if _HEX.fullmatch(source):
        return [PublicKey(bytes.fromhex(source))]
    path = Path(source)
    if not path.is_file():
        raise Missing("keys.no_file", "There is no key file {name}.", field="trust", name=source)
    text = path.read_text(encoding="utf-8", errors="replace")
    if text.lstrip().startswith("-----BEGIN"):
        return [PublicKey.from_pem(text)]
    try:
        return listed_keys(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(
            "keys.file",
            "{name} holds no public key.",
            hint="Give a PEM file, a keys.json file or 64 hexadecimal digits.",
            field="trust",
            name=path.name,
        ) from error
