# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The refusals of jobs."""

from datacity.kernel.errors import Exhausted
from datacity.kernel.words import msg


class TooMuchMemory(Exhausted):
    """The job needs more memory than it may take; trying again does not help."""

    def __init__(self, memory_mb: int) -> None:
        """Take the limit."""
        super().__init__(
            "jobs.memory",
            msg(
                "The work needs more than the {memory} MB of memory it may take; it was stopped and nothing of it was kept."
            ),
            hint=msg("Deposit the table in parts, or ask the administrator."),
            memory=memory_mb,
        )
