# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The privacy budget of datasets: granted once, spent atomically, never refunded."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Balance:
    """What a dataset may still lose. granted, spent: epsilon, dimensionless, six decimals at most."""

    dataset: str
    granted: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be spent."""
        return self.granted - self.spent


@dataclass(frozen=True)
class Spending:
    """One spending, kept for ever: its number in the ledger, what for, when."""

    number: int
    dataset: str
    epsilon: Decimal
    purpose: str
    at: datetime


class Ledger(Protocol):
    """Grants and spends privacy loss. Spending is committed before anything is computed."""

    def grant(self, dataset: str, epsilon: Decimal, *, at: datetime) -> Balance:
        """Give the dataset its budget, once.

        epsilon: > 0. Raises Invalid for another amount; Conflict when it has a budget already or belongs elsewhere.
        """
        ...

    def spend(self, dataset: str, epsilon: Decimal, *, purpose: str, at: datetime) -> Spending:
        """Take the amount from the budget in one committed step; failure of the later computation gives nothing back.

        Raises Exhausted when less is left; Missing without a budget; Invalid for an amount <= 0; Conflict when it belongs elsewhere.
        """
        ...

    def balance(self, dataset: str) -> Balance:
        """Give what was granted and spent. Raises Missing without a budget."""
        ...
