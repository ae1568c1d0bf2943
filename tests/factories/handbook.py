# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Pages and pictures of the documentation, for the permission matrix."""

from datacity.programme.people.models import Person
from tests.factories.things import Thing, thing


@thing("documentation page")
def documentation_page(_actor: Person | None, _case: str) -> Thing:
    """A page that is always there."""
    return Thing({"name": "how-to/officer"})


@thing("documentation picture")
def documentation_picture(_actor: Person | None, _case: str) -> Thing:
    """A picture that is always there."""
    return Thing({"name": "home.png"})
