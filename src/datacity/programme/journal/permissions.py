# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Who may see and do what with the journal. Roles are written as `people` spells them; this app comes before it."""

from django.db.models import Q

from datacity.kernel.actor import Actor
from datacity.kernel.bus import Publicity
from datacity.kernel.verdict import Verdict, yes_if
from datacity.programme.journal.models import Entry

_READERS = ("auditor", "administrator", "data_protection_officer")


def may_read_restricted(person: Actor) -> Verdict:
    """Say whether this person sees entries of which the public sees only the hash."""
    return yes_if(
        any(person.has_role(role) for role in _READERS),
        "journal.restricted", "Only an auditor, an administrator or the data protection officer reads this entry; its hash is public.",
    )  # fmt: skip


def may_read(person: Actor, entry: Entry) -> Verdict:
    """Say whether this person sees the content of this entry."""
    public = yes_if(entry.publicity == Publicity.PUBLIC, "journal.not_public", "Of this entry only the hash is public.")
    return public | may_read_restricted(person)


def may_erase(person: Actor) -> Verdict:
    """Say whether this person may empty the details of an entry or unlink a person."""
    return yes_if(
        person.has_role("data_protection_officer") or person.has_role("administrator"),
        "journal.erase", "Only the data protection officer or an administrator erases details.",
    )  # fmt: skip


def visible_to(person: Actor) -> Q:
    """Give the condition for the entries whose content this person sees."""
    return Q() if may_read_restricted(person) else Q(publicity=Publicity.PUBLIC.value)
