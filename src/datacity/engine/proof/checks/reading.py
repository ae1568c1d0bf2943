# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Read small JSON files that somebody else made."""

import json
from pathlib import Path
from typing import Any

from datacity.kernel.canonical import canonical_bytes
from datacity.kernel.errors import Refusal

MOST_BYTES = 64 << 20


def read_json(path: Path) -> Any:
    """Give the value of a JSON file of at most 64 MiB, None when it is no JSON."""
    if path.stat().st_size > MOST_BYTES:
        return None
    return parse_json(path.read_bytes())


def parse_json(data: bytes) -> Any:
    """Give the value of JSON bytes, None when they are none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def is_canonical(data: bytes, value: object) -> bool:
    """Tell whether the bytes are the canonical form (RFC 8785) of the value: no other space, order, or name twice."""
    try:
        return canonical_bytes(value) == data
    except Refusal:
        return False
