# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about deposits."""

from datacity.kernel.policy import Parameter

PARAMETERS = (
    Parameter(
        "deposits.maximum_megabytes",
        int,
        2048,
        "MB (10^6 bytes)",
        "disk of one modest server",
        "The largest file that can be deposited.",
        minimum=1,
        maximum=1_000_000,
    ),
    Parameter(
        "deposits.maximum_columns",
        int,
        1000,
        "columns",
        "widest open table seen in practice, with a margin",
        "The widest table that can be deposited.",
        minimum=1,
        maximum=16_384,
    ),
    Parameter(
        "deposits.again_days",
        int,
        3,
        "days",
        "our proposal: short enough that nothing is forgotten, long enough to look closely",
        "Within how many days a refused file is deposited again.",
        minimum=1,
        maximum=90,
    ),
)
