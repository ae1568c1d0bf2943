# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about clearances."""

from datacity.kernel.policy import Parameter

PARAMETERS = (
    Parameter(
        "releases.clearance_days",
        int,
        30,
        "days",
        "the city's own caution: a measured risk ages",
        "How long a clearance can be used before it expires.",
        minimum=1,
        maximum=365,
    ),
    Parameter(
        "releases.decision_days",
        int,
        5,
        "days",
        "our proposal: short enough that nothing is forgotten, long enough to look closely",
        "Within how many days the representative decides on a table that is ready.",
        minimum=1,
        maximum=90,
    ),
)
