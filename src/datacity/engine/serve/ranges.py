# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Which bytes a `Range` header asks for. Source: RFC 9110, section 14."""

import re

_ONE = re.compile(r"(\d{0,19})-(\d{0,19})")


def requested_range(header: str, size: int) -> range | None:
    """Give the bytes asked for; an empty range when none of them exists; None when the whole is to be sent.

    size: bytes there are. The whole is sent for another unit, a malformed header and for several ranges at once
    (allowed by the standard, and several ranges are the known way to make a server work much for little).
    """
    unit, _, specification = header.partition("=")
    found = _ONE.fullmatch(specification.strip())
    if unit.strip().lower() != "bytes" or found is None:
        return None
    first, last = found.groups()
    if not first:
        return _suffix(last, size)
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return range(start, stop) if start < size else range(0)


def _suffix(last: str, size: int) -> range | None:
    if not last:
        return None
    length = min(int(last), size)
    return range(size - length, size) if length else range(0)
