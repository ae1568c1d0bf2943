# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A span of days, both ends included; either end may be open."""

from dataclasses import dataclass
from datetime import date

from datacity.kernel.errors import Invalid


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both included; None means open on that side."""

    start: date | None
    end: date | None

    def __post_init__(self) -> None:
        """Raise Invalid when the end comes before the start."""
        if self.start and self.end and self.end < self.start:
            raise Invalid(
                "period.order",
                "The end ({end}) comes before the start ({start}).",
                field="end",
                start=self.start.isoformat(),
                end=self.end.isoformat(),
            )

    def __contains__(self, day: date) -> bool:
        """Tell whether the day falls in the span."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
