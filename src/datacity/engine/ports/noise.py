# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Chance, as the engine asks for it: secure in production, repeatable in tests."""

from typing import Protocol


class Noise(Protocol):
    """Gives uniform random numbers."""

    def bytes(self, count: int) -> bytes:
        """Give `count` uniform random bytes, count >= 0."""
        ...

    def below(self, limit: int) -> int:
        """Give a uniform whole number from 0 to limit - 1, without bias.

        Raises Invalid when limit < 1.
        """
        ...
