# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about editions."""

from datacity.kernel.policy import Parameter

PARAMETERS = (
    Parameter(
        "editions.months",
        int,
        10,
        "months",
        "usual length of such programmes: 9 to 10 months",
        "How long an edition is planned to last.",
        minimum=1,
        maximum=36,
    ),
)
