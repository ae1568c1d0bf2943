# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What an entry is made of, byte by byte, and how entries are chained. Plain values in, plain values out.

Sources: RFC 8785 (canonical JSON), RFC 6962 section 2.1 (leaf hash of a Merkle tree). The format is described for
outsiders in `docs/reference/journal-format.md`; changing one byte of it breaks every proof given before.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from datacity.kernel.bus import Publicity, Verb
from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Conflict, Invalid, Missing
from datacity.kernel.ref import Ref

VERBS = (
    Verb("entry.erased", Publicity.PUBLIC, "Details of an entry erased"),
    Verb("actor.unlinked", Publicity.RESTRICTED, "Person unlinked from the journal"),
)

NO_EDITION = "city"
"""The scope of pseudonyms outside any edition."""

NONCE_BYTES = 32
SECRET_BYTES = 32
LONGEST_PAYLOAD = 65_536
"""Bytes of a payload in canonical form; larger things are files, named by their hash."""

DEEPEST_PAYLOAD = 8
LARGEST_INTEGER = 2**53 - 1
CHAIN_START = bytes(32)
"""What the first entry is chained to."""

ALARM_SECONDS = 60
"""Age at which an entry without position is an alarm."""


@dataclass(frozen=True)
class Leaf:
    """The part of an entry that its leaf hash covers; all text but `entry`, which is the entry's number (> 0).

    actor: 64 hexadecimal digits, a pseudonym. at, recorded_at: UTC with microseconds and Z. payload_digest: 64 hexadecimal digits.
    """

    entry: int
    verb: str
    publicity: str
    edition: str
    actor: str
    subject: str
    at: str
    recorded_at: str
    payload_digest: str

    def as_dict(self) -> dict[str, str | int]:
        """Give the leaf as the JSON value that is hashed and published; `datacity` is the number of the format."""
        return {"datacity": 1, **asdict(self)}

    def hash(self) -> bytes:
        """Give the RFC 6962 leaf hash of the canonical bytes, 32 bytes."""
        return hashlib.sha256(b"\x00" + canonical_bytes(self.as_dict())).digest()


def chained(previous: bytes, leaf_hash: bytes) -> bytes:
    """Give the chain hash of an entry: SHA-256 of the chain hash before it and its leaf hash, 32 bytes each."""
    return hashlib.sha256(previous + leaf_hash).digest()


def payload_digest(nonce: bytes, payload: bytes) -> bytes:
    """Give SHA-256(nonce ‖ payload). The nonce keeps short payloads from being guessed from their digest."""
    return hashlib.sha256(nonce + payload).digest()


def pseudonym(secret: bytes, edition: str) -> str:
    """Give who acts, as one edition sees it: HMAC-SHA-256 of the edition's slug under the person's secret, in hexadecimal.

    Within an edition the same person has the same pseudonym; across editions nobody can tell without the secret.
    """
    return hmac.new(secret, edition.encode(), hashlib.sha256).hexdigest()


def moment_text(moment: datetime) -> str:
    """Give an aware time as UTC text with microseconds, `2027-03-01T09:30:00.000000Z`. Raises Invalid for a naive one."""
    if moment.tzinfo is None:
        raise Invalid(
            "journal.naive_time", "The time {moment} has no time zone.", field="at", moment=moment.isoformat()
        )
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def known_verb(name: str, verbs: Mapping[str, Verb]) -> Verb:
    """Give the declared verb. Raises Missing for an unknown one, Conflict for a silent one, which leaves no entry."""
    verb = verbs.get(name)
    if verb is None:
        raise Missing(
            "journal.unknown_verb", "No app declares the journal verb {verb}.",
            hint="Declare it in VERBS of the app's rules.py.", verb=name,
        )  # fmt: skip
    if verb.publicity is Publicity.SILENT:
        raise Conflict("journal.silent_verb", "The verb {verb} is silent: it leaves no entry.", verb=name)
    return verb


def payload_bytes(payload: Mapping[str, Any] | None) -> bytes:
    """Give the canonical bytes of a payload: texts and whole numbers, in lists and objects.

    Raises Invalid for anything else (yes/no, null, decimal numbers, keys that are not text), for numbers beyond
    ±(2^53 − 1), more than 8 levels or more than 65,536 bytes, and names the place.
    """
    plain = dict(payload or {})
    _check(plain, "payload", 1)
    data = canonical_bytes(plain)
    if len(data) > LONGEST_PAYLOAD:
        raise Invalid(
            "journal.payload_long", "The payload has {bytes} bytes; at most {most} are kept.",
            hint="Keep the text as a file and write its hash.", field="payload", bytes=len(data), most=LONGEST_PAYLOAD,
        )  # fmt: skip
    return data


def _check(value: Any, place: str, level: int) -> None:
    if level > DEEPEST_PAYLOAD:
        raise Invalid(
            "journal.payload_deep",
            "{place} is nested more than {most} levels deep.",
            field="payload",
            place=place,
            most=DEEPEST_PAYLOAD,
        )
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                raise Invalid(
                    "journal.payload_key",
                    "{place} has the key {key}, which is not text.",
                    field="payload",
                    place=place,
                    key=repr(key),
                )
            _check(each, f"{place}.{key}", level + 1)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            _check(each, f"{place}[{number}]", level + 1)
    elif type(value) is int and abs(value) > LARGEST_INTEGER:
        raise Invalid("journal.payload_number", "{place} is beyond ±(2^53 − 1).", field="payload", place=place)
    elif type(value) is not int and not isinstance(value, str):
        raise Invalid(
            "journal.payload_kind", "{place} is of the kind {kind}; only texts and whole numbers are kept.",
            hint="Write yes or no, dates and amounts as text or as whole cents.", field="payload", place=place, kind=type(value).__name__,
        )  # fmt: skip


def entry_ref(number: int) -> Ref:
    """Give the reference of an entry."""
    return Ref("entry", str(number))
