# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Freeze a cleared table, seal it, take it back; read what is released now.

`freeze` and `withdraw` change what `current` shows, in one step and nothing in between.
"""

from datacity.engine.release.details import ColumnDetails, LegalTitle, ReleaseDetails
from datacity.engine.release.freezing import freeze
from datacity.engine.release.snapshots import EMPTY, Published, Snapshot, State, current
from datacity.engine.release.tidying import tidy
from datacity.engine.release.withdrawal import Withdrawal, withdraw

__all__ = [
    "EMPTY", "ColumnDetails", "LegalTitle", "Published", "ReleaseDetails", "Snapshot", "State", "Withdrawal", "current", "freeze", "tidy", "withdraw",
]  # fmt: skip
