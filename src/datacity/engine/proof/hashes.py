# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""SHA-256 of what does not fit in memory."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20


@dataclass(frozen=True)
class Digest:
    """The fingerprint of some bytes: SHA-256 as 64 lower-case hexadecimal digits, and their number."""

    sha256: str
    bytes: int


def digest_file(path: Path) -> Digest:
    """Give the digest of a file, read in pieces of 1 MiB."""
    with path.open("rb") as data:
        return digest_stream(data)


def digest_stream(data: BinaryIO) -> Digest:
    """Give the digest of what is left to read."""
    hasher, count = hashlib.sha256(), 0
    while piece := data.read(_PIECE):
        hasher.update(piece)
        count += len(piece)
    return Digest(hasher.hexdigest(), count)
