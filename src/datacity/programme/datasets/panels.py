# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What datasets add elsewhere: what a steward has to do next, and the way from a deposit to its dataset."""

from datetime import date, datetime, timedelta

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datacity.frame import reader
from datacity.frame.now import Group, Item
from datacity.frame.request import Request
from datacity.kernel import policy
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.datasets import permissions, queries
from datacity.programme.datasets.models import Description, Protection
from datacity.programme.datasets.rules import ProtectionState, Reading
from datacity.programme.deposits.models import Deposit
from datacity.programme.deposits.rules import State as DepositState

MOST = 50
"""Lines of each kind on a steward's page; the lists have the rest."""


def now(person: Actor, at: datetime) -> list[Item]:
    """Give what a steward has to do next for each file, and what waits for somebody else."""
    if not permissions.may_describe(person):
        return []
    days = timedelta(days=policy.in_force(at=at)["datasets.step_days"])
    items = [_deposited(each, days) for each in queries.undescribed_deposits(person)[:MOST]]
    versions = queries.unpresented_descriptions(person)[:MOST]
    protections = queries.last_protections(versions)
    for each in versions:
        found = _next(each, protections.get(each.pk), days)
        items += [found] if found else []
    return items


def _deposited(deposit: Deposit, days: timedelta) -> Item:
    title = _("Describe the deposit “{title}”").format(title=deposit.title)
    return Item(
        title, reverse("deposits:deposit", args=[deposit.reference]), _until(deposit.received_at, days), priority=40
    )


def _until(last_step: datetime, days: timedelta) -> date:
    """Give until when the next step is to be taken."""
    return timezone.localdate(last_step) + days


def _next(description: Description, protection: Protection | None, days: timedelta) -> Item | None:
    name = description.dataset.title.within(reader.language())
    address = reverse("datasets:description", args=[description.dataset.slug, description.number])
    if description.state == Reading.WAITING:
        return Item(_("“{title}” is being read").format(title=name), address, group=Group.WAITING, who=_("this server"))
    until = _until(description.read_at or description.made_at, days)
    if description.state == Reading.REFUSED:
        return Item(_("Look why “{title}” could not be read").format(title=name), address, until, priority=30)
    if not description.axes:
        return Item(_("Say what could be sensitive in “{title}”").format(title=name), address, until, priority=50)
    if protection is None:
        return Item(_("Plan the protection of “{title}”").format(title=name), address, until, priority=50)
    return _next_of(protection, description, days)


def _next_of(protection: Protection, description: Description, days: timedelta) -> Item | None:
    name = description.dataset.title.within(reader.language())
    here = reverse("datasets:protection", args=[protection.pk])
    if protection.state in {ProtectionState.FAILED, ProtectionState.REJECTED}:
        title = _("Plan another protection of “{title}”").format(title=name)
        version = reverse("datasets:description", args=[description.dataset.slug, description.number])
        there = here if protection.state == ProtectionState.FAILED else version
        return Item(title, there, _until(protection.attacked_at or protection.planned_at, days), priority=50)
    if protection.state == ProtectionState.ATTACKED:
        title = _("Read the report on “{title}” and present the table").format(title=name)
        return Item(title, here, _until(protection.attacked_at or protection.planned_at, days), priority=40)
    if protection.state in {ProtectionState.PLANNED, ProtectionState.RUN}:
        title = _("“{title}” is being protected and attacked").format(title=name)
        return Item(title, here, group=Group.WAITING, who=_("this server"))
    return None  # presented: the opinion and the clearance are told by who waits for them


def on_deposit(request: Request, deposit: Deposit) -> str:
    """Show on a deposit what was made of it, and to a steward how to go on."""
    made = [
        each for each in queries.descriptions_of_deposit(deposit) if permissions.may_see(request.actor, each.dataset)
    ]
    usable = deposit.state in {DepositState.RECEIVED, DepositState.CHECKED}
    context = {
        "deposit": deposit,
        "made": made,
        "may_describe": usable and bool(permissions.may_describe(request.actor)),
        "waits": usable and not queries.descriptions_of_deposit(deposit).exists(),
    }
    return render_to_string("datasets/on_deposit.html", context, request=request)


def on_now(request: Request, _thing: None) -> str:
    """Show the way to the workshop to who sees it."""
    if not permissions.may_see_workshop(request.actor):
        return ""
    return render_to_string("datasets/on_now.html", request=request)


PANELS = (Panel("deposit", "datasets", on_deposit), Panel("now", "datasets", on_now, order=20))
PROVIDERS = (Provider("now", "datasets", now),)
