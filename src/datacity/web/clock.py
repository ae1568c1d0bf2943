# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The clock of the control plane: the machine's own, or one that a test or the demo sets (`settings.CLOCK`)."""

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it was set; move it by setting `time` (aware, UTC)."""

    time: datetime

    def now(self) -> datetime:
        """Give the time it was set to."""
        return self.time
