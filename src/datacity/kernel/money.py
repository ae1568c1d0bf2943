# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Amounts of money: whole cents of one currency, never floats."""

from dataclasses import dataclass

from datacity.kernel.errors import Invalid


@dataclass(frozen=True, order=True)
class Money:
    """An amount in euro cents; negative amounts are debts."""

    cents: int

    def __add__(self, other: "Money") -> "Money":
        """Give the sum."""
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        """Give the difference."""
        return Money(self.cents - other.cents)

    @classmethod
    def euros(cls, text: str) -> "Money":
        """Read "12", "12.5" or "12,50" as euros.

        Raises Invalid for another form or more than two decimals.
        """
        whole, _, part = text.strip().replace(",", ".").partition(".")
        if not whole.removeprefix("-").isdecimal() or not (part == "" or part.isdecimal()) or len(part) > 2:
            raise Invalid("money.form", "“{text}” is not an amount in euros, for example 12,50.", text=text)
        sign = -1 if whole.startswith("-") else 1
        return cls(int(whole) * 100 + sign * int(part.ljust(2, "0") or 0))
