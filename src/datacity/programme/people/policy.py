# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the city decides about accounts."""

from datacity.kernel.policy import Parameter
from datacity.kernel.words import msg

INVITATION_DAYS = Parameter(
    name="people.invitation_days",
    kind=int,
    default=14,
    unit="days",
    source="our proposal: long enough for a holiday, short enough that a forgotten mail opens nothing",
    description=msg("For how many days an invitation to join can be used."),
    minimum=1,
    maximum=60,
)

FIRST_LINK_HOURS = Parameter(
    name="people.first_link_hours",
    kind=int,
    default=48,
    unit="hours",
    source="our proposal: the link opens everything, so its life is short",
    description=msg("For how many hours the link of the first administrator can be used."),
    minimum=1,
    maximum=168,
)

PARAMETERS = (INVITATION_DAYS, FIRST_LINK_HOURS)
