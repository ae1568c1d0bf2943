# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the jobs add elsewhere: failed ones wait for an administrator."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from datacity.frame.now import Item
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.jobs import permissions, queries


def now(person: Actor, _at: datetime) -> list[Item]:
    """Give the failed jobs as one line for an administrator."""
    if not permissions.may_manage(person):
        return []
    count = queries.dead_letters().count()
    if not count:
        return []
    title = ngettext("Look at a failed job", "Look at {count} failed jobs", count).format(count=count)
    return [Item(title, reverse("jobs:list") + "?state=dead", priority=20)]


PANELS: tuple[Panel, ...] = ()
PROVIDERS = (Provider("now", "jobs", now),)
