# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What deposits add elsewhere: a depositor sees what became of their files."""

from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datacity.frame.now import Group, Item
from datacity.frame.request import Request
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.permissions import may_deposit
from datacity.programme.deposits.queries import own_deposits
from datacity.programme.deposits.rules import State


def now(person: Actor, at: datetime) -> list[Item]:
    """Give a depositor's refused files, and those that wait for a steward."""
    if not may_deposit(person):
        return []
    days = timedelta(days=policy.in_force(at=at)["deposits.again_days"])
    return [_item(each, days) for each in own_deposits(person, State.RECEIVED, State.REFUSED)]


def _item(deposit: Deposit, days: timedelta) -> Item:
    url = reverse("deposits:deposit", args=[deposit.reference])
    if deposit.state == State.REFUSED:
        title = _("Read why your file “{title}” was refused, and deposit it again").format(title=deposit.title)
        until = timezone.localdate(deposit.state_at) + days
        return Item(title, url, when=until, priority=60)
    title = _("Your file “{title}” is to be described").format(title=deposit.title)
    return Item(title, url, group=Group.WAITING, who=_("data steward"))


def on_now(request: Request, _thing: None) -> str:
    """Show the way to the deposits on everybody's own page, and to who hands over files how to deposit one."""
    if not request.user.is_authenticated:
        return ""
    return render_to_string("deposits/on_now.html", {"may_deposit": bool(may_deposit(request.actor))}, request=request)


PANELS = (Panel("now", "deposits", on_now, order=10),)
PROVIDERS = (Provider("now", "deposits", now),)
