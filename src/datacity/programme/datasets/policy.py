# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about protection."""

from datacity.kernel.policy import Parameter

PARAMETERS = (
    Parameter(
        "datasets.k",
        int,
        11,
        "persons",
        "household threshold of official statistics (fewer than 11 households are not shown)",
        "How many persons at least must look alike in a protected table.",
        minimum=2,
        maximum=1000,
    ),
    Parameter(
        "datasets.suppression_limit",
        float,
        0.05,
        "share of rows",
        "usual limit in the literature on k-anonymity",
        "The largest share of rows that protection may remove.",
        minimum=0,
        maximum=1,
    ),
    Parameter(
        "datasets.profile",
        str,
        "household-11",
        "",
        "statistical secrecy, one profile per family of sources",
        "The threshold profile proposed for aggregates.",
        choices=("household-11", "enterprise-3-85", "energy-10", "person-k"),
    ),
    Parameter(
        "datasets.step_days",
        int,
        3,
        "days",
        "our proposal: short enough that nothing is forgotten, long enough to look closely",
        "Within how many days a steward takes the next step with a file.",
        minimum=1,
        maximum=90,
    ),
)
