# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Chance from the operating system, and a repeatable one for tests."""

import hashlib
import secrets

from datacity.kernel.errors import Invalid


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise Invalid(
            "noise.limit", "Ask for a number below at least 1, not below {limit}.", field="limit", limit=limit
        )


class SecureNoise:
    """Uniform numbers nobody can foresee, from the operating system."""

    def bytes(self, count: int) -> bytes:
        """Give `count` random bytes."""
        return secrets.token_bytes(count)

    def below(self, limit: int) -> int:
        """Give a uniform number from 0 to limit - 1. Raises Invalid when limit < 1."""
        _check_limit(limit)
        return secrets.randbelow(limit)


class SeededNoise:
    """The same numbers for the same seed, on every machine and Python: SHA-256 in counter mode. Never for production."""

    def __init__(self, seed: str) -> None:
        """Start at the beginning of the seed's sequence."""
        self._seed = hashlib.sha256(seed.encode()).digest()
        self._block = 0
        self._rest = b""

    def bytes(self, count: int) -> bytes:
        """Give the next `count` bytes of the sequence."""
        while len(self._rest) < count:
            self._rest += hashlib.sha256(self._seed + self._block.to_bytes(8, "big")).digest()
            self._block += 1
        given, self._rest = self._rest[:count], self._rest[count:]
        return given

    def below(self, limit: int) -> int:
        """Give the next uniform number from 0 to limit - 1, by rejection. Raises Invalid when limit < 1."""
        _check_limit(limit)
        bits = (limit - 1).bit_length()
        while True:
            number = int.from_bytes(self.bytes((bits + 7) // 8), "big") & ((1 << bits) - 1)
            if number < limit:
                return number
