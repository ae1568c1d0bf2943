# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Private keys on disk: one pair for seals, one for clearances, each with validity and successors.

A folder (0700) holds, for each key, `<use>-<id>.key` (private, PEM, 0600) and `<use>-<id>.pem` (public); `keys.json` lists the
public halves; `seal.pem` and `clearance.pem` are the newest ones under a short name. Private keys leave this module in no form.
"""

import base64
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from datacity.engine.proof.public import PublicKey, Trust, Use, listed_keys, moment
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Forbidden, Invalid, Missing

_LIST = "keys.json"


@dataclass(frozen=True)
class Signature:
    """A detached signature: who made it, and its 64 raw bytes."""

    key: PublicKey
    raw: bytes


class KeyRing:
    """The private keys of a folder, ready to sign; shows only public halves."""

    def __init__(self, keys: Mapping[PublicKey, Ed25519PrivateKey]) -> None:
        """Hold these keys, oldest first."""
        self._keys = dict(keys)

    def __repr__(self) -> str:
        """Name the public ids only."""
        return f"KeyRing({', '.join(f'{key.use} {key.id}' for key in self._keys)})"

    __str__ = __repr__

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Refuse to be pickled: a secret would travel."""
        raise Forbidden("keys.pickle", "Private keys are not copied into other processes.")

    @classmethod
    def load(cls, folder: Path) -> "KeyRing":
        """Read the keys of a folder.

        Raises Missing when there are none, Forbidden when a private file can be read by others, Invalid when files do not belong together.
        """
        return cls({key: _load_private(folder, key) for key in _listed(folder)})

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """The public halves, oldest first."""
        return tuple(self._keys)

    def as_dict(self) -> dict[str, Any]:
        """Give the public halves as served under `/.well-known/datacity.json`."""
        return _listing(self.public)

    def trust(self, use: Use | None = None) -> Trust:
        """Give the trust in one's own keys, of one use or both."""
        return Trust(frozenset(key for key in self._keys if use in {None, key.use}))

    def key(self, use: Use, *, at: datetime | None = None) -> PublicKey:
        """Give the newest key of that use, valid at that moment when one is given.

        Raises Missing without such a key, Conflict when all have expired or are not valid yet.
        """
        own = [key for key in self._keys if key.use == use]
        if not own:
            raise Missing("keys.none", "There is no {use} key.", use=str(use))
        valid = [key for key in own if at is None or key.valid_at(moment(at))]
        if not valid:
            raise Conflict(
                "keys.expired",
                "No {use} key is valid now; the newest one is valid until {until}.",
                hint="Make its successor: datacity keys DIR --renew {use}.",
                use=str(use),
                until=own[-1].valid_until,
            )
        return valid[-1]

    def seal(self, data: bytes, *, at: datetime | None = None) -> Signature:
        """Sign the bytes with the newest seal key. Raises like `key`."""
        return self.sign(self.key(Use.SEAL, at=at), data)

    def seal_statement(self, statement: Mapping[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
        """Give a signed statement, `{"statement": {…, "signed_by": …}, "signature": base64}`; the signature covers its canonical form."""
        return self._sign_statement(self.key(Use.SEAL, at=at), statement)

    def clear(self, statement: Mapping[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
        """Give the clearance statement, signed like `seal_statement` but with the clearance key."""
        return self._sign_statement(self.key(Use.CLEARANCE, at=at), statement)

    def _sign_statement(self, key: PublicKey, statement: Mapping[str, Any]) -> dict[str, Any]:
        whole = {**statement, "signed_by": key.named()}
        signature = self.sign(key, canonical_bytes(whole))
        return {"statement": whole, "signature": base64.b64encode(signature.raw).decode()}

    def sign(self, key: PublicKey, data: bytes) -> Signature:
        """Sign the bytes with this key of the ring, for instance to endorse its successor."""
        return Signature(key, self._keys[key].sign(data))


def make(folder: Path, *, at: datetime, years: int = 5) -> KeyRing:
    """Make a seal and a clearance key in a folder of their own.

    years: of validity from `at`, 1 to 20. Raises Conflict when the folder has keys already, Invalid for other years.
    """
    if (folder / _LIST).exists():
        raise Conflict(
            "keys.exist",
            "{name} has keys already.",
            hint="To replace one that ends soon: datacity keys DIR --renew seal.",
            name=folder.name,
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for use in Use:
        _add(folder, use, at=at, years=years, predecessor=None)
    return KeyRing.load(folder)


def renew(folder: Path, use: Use, *, at: datetime, years: int = 5) -> KeyRing:
    """Make the successor of the newest key of that use, endorsed by it.

    Raises like `KeyRing.load`; Conflict when the newest key is valid no more: an expired key endorses nobody.
    """
    ring = KeyRing.load(folder)
    _add(folder, use, at=at, years=years, predecessor=(ring, ring.key(use, at=at)))
    return KeyRing.load(folder)


def _add(folder: Path, use: Use, *, at: datetime, years: int, predecessor: tuple[KeyRing, PublicKey] | None) -> None:
    if not 1 <= years <= 20:
        raise Invalid("keys.years", "A key is valid for 1 to 20 years, not {years}.", field="years", years=years)
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = PublicKey(raw, use, moment(at), moment(at + timedelta(days=365.25 * years)))
    if predecessor is not None:
        ring, older = predecessor
        key = replace(key, predecessor=older.id)
        key = replace(key, endorsement=ring.sign(older, key.endorsed_bytes).raw.hex())
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(folder / f"{use}-{key.id}.key", secret, mode=0o600)
    _write(folder / f"{use}-{key.id}.pem", key.pem.encode())
    _write(folder / f"{use}.pem", key.pem.encode())
    listed = _listed(folder) if (folder / _LIST).exists() else []
    _write(folder / _LIST, json.dumps(_listing((*listed, key)), indent=2).encode() + b"\n")


def _listing(keys: tuple[PublicKey, ...]) -> dict[str, Any]:
    return {"datacity": 1, "kind": "keys", "keys": [key.as_dict() for key in keys]}


def _listed(folder: Path) -> list[PublicKey]:
    path = folder / _LIST
    if not path.is_file():
        raise Missing(
            "keys.no_folder",
            "There are no keys in {name}.",
            hint="Make them: datacity keys {name}.",
            field="keys",
            name=str(folder.name),
        )
    try:
        return listed_keys(json.loads(path.read_bytes()))
    except ValueError as error:
        raise Invalid("keys.unreadable", "{name} cannot be read.", name=_LIST) from error


def _load_private(folder: Path, key: PublicKey) -> Ed25519PrivateKey:
    path = folder / f"{key.use}-{key.id}.key"
    if not path.is_file():
        raise Missing("keys.no_private", "The private half of the {use} key {id} is not there.", use=key.use, id=key.id)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Forbidden(
            "keys.open",
            "Others can read the private file of the {use} key {id}.",
            hint="Close it with chmod 600, then consider the key known to others and renew it.",
            use=key.use,
            id=key.id,
        )
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise Invalid(
            "keys.private", "The private file of the {use} key {id} cannot be read.", use=key.use, id=key.id
        ) from error
    if (
        not isinstance(private, Ed25519PrivateKey)
        or private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) != key.raw
    ):
        raise Invalid(
            "keys.mismatch", "The private file of the {use} key {id} belongs to another key.", use=key.use, id=key.id
        )
    return private


def _write(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all, on disk, never more open than `mode`."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    half.rename(path)
