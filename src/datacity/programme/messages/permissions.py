# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see the outbox."""

from datacity.kernel.actor import Actor
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.people.rules import Role


def may_see_outbox(person: Actor) -> Verdict:
    """Say whether this person sees which mails wait; nobody sees their texts."""
    return yes_if(person.has_role(Role.ADMINISTRATOR), "messages.outbox", "Only an administrator sees the outbox.")
