# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The four places where the engine meets another world: bytes by name, a budget, time, chance."""

from datacity.engine.ports.clock import Clock
from datacity.engine.ports.ledger import Balance, Ledger, Spending
from datacity.engine.ports.noise import Noise
from datacity.engine.ports.store import Store, check_name

__all__ = ["Balance", "Clock", "Ledger", "Noise", "Spending", "Store", "check_name"]
