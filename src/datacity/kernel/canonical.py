# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""One byte form for one value: canonical JSON and its fingerprint.

Source: RFC 8785 (JSON Canonicalization Scheme).
"""

import hashlib
from typing import Any

import rfc8785

from datacity.kernel.errors import Invalid


def canonical_bytes(value: Any) -> bytes:
    """Give the RFC 8785 bytes of a JSON value.

    value: dicts with text keys, lists, text, booleans, null, integers within ±(2^53 - 1), floats.
    Raises Invalid for anything else, NaN and infinity included.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, ValueError) as error:
        raise Invalid("canonical.value", "This value has no canonical form: {why}.", why=str(error)) from error


def sha256_hex(data: bytes) -> str:
    """Give the SHA-256 of the bytes, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> str:
    """Give the SHA-256 of the canonical form. Raises Invalid like `canonical_bytes`."""
    return sha256_hex(canonical_bytes(value))
