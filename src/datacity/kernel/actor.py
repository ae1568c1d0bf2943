# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who does a deed, as the lower parts see it."""

from typing import Protocol

from datacity.kernel.ref import CITY, Ref


class Actor(Protocol):
    """Somebody who can act: `people` implements it with persons, the system with itself."""

    @property
    def ref(self) -> Ref:
        """Who it is."""
        ...

    def has_role(self, role: str, scope: Ref = CITY) -> bool:
        """Tell whether the actor holds this role now, in this scope or everywhere."""
        ...


class System:
    """The house itself: schedules, reconciliation. It holds no role and decides nothing."""

    @property
    def ref(self) -> Ref:
        """Give the fixed reference of the house."""
        return Ref("system", "datacity")

    def has_role(self, role: str, scope: Ref = CITY) -> bool:
        """Give no: the house holds no role."""
        del role, scope
        return False


SYSTEM = System()
