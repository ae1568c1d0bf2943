# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about the points of a debate."""

from datacity.kernel.policy import Parameter
from datacity.kernel.words import msg

PARAMETERS = (
    Parameter(
        "acts.answer_days",
        int,
        90,
        msg("days"),
        msg("our proposal: the city answers before the next quarter's council"),
        msg("Within how many days a point raised in the council ends at a clause or a reasoned refusal."),
        minimum=7,
        maximum=730,
    ),
)
