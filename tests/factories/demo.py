# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the strip of a demonstration sends."""

from datacity.programme.people.models import Person
from tests.factories.things import Thing, thing


@thing("seat")
def seat(_actor: Person | None, _case: str) -> Thing:
    """A seat of the cast, chosen on the front page; the matrix asks a real home, where there is none."""
    return Thing(data={"person": "visitor", "next": "/fr/"})
