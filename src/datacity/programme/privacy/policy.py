# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide about opinions and collective reviews."""

from datacity.kernel.policy import Parameter
from datacity.kernel.words import msg

PARAMETERS = (
    Parameter(
        "privacy.opinion",
        str,
        "when_sensitive",
        "",
        "GDPR art. 35(2) and 39: the officer is consulted; the city decides how broadly",
        "Whether the data protection officer's opinion is needed for every release or only when an axis is sensitive.",
        choices=("when_sensitive", "always"),
        choice_names=(msg("unless all four questions on sensitivity are answered no"), msg("for every table")),
    ),
    Parameter(
        "privacy.small_unit_persons",
        int,
        50,
        "persons",
        "the city's own caution; no statute defines collective data",
        "Below this many persons for each row, a collective review is needed.",
        minimum=0,
        maximum=100_000,
    ),
    Parameter(
        "privacy.opinion_days",
        int,
        8,
        "days",
        "our proposal: short enough that nothing is forgotten, long enough to look closely",
        "Within how many days the data protection officer gives an opinion that was asked for.",
        minimum=1,
        maximum=90,
    ),
)
