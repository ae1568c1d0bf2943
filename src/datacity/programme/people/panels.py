# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What waits for somebody because of people: invitations not used, roles that end soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from datacity.engine.search import Document
from datacity.frame.now import Group, Item
from datacity.frame.search import Kind, found_as, joined, page, said
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.people.models import Invitation, Organisation, Person, RoleGrant
from datacity.programme.people.permissions import may_administer, may_list, may_register_organisation

SOON = timedelta(days=30)


def waiting(person: Actor, at: datetime) -> list[Item]:
    """Give an administrator the invitations nobody used and the roles that end within 30 days.

    Give whoever holds a role that asks for a second factor, and has none, the way to set it up.
    """
    administered = [*_invitations(at), *_endings(at)] if may_administer(person) else []
    return [*_factor(person, at), *administered]


def _factor(person: Actor, at: datetime) -> Iterator[Item]:
    if isinstance(person, Person) and person.lacks_factor(at=at):
        title = _("Set up a second factor: your role asks for it")
        yield Item(title=title, url=reverse("people:factors"), group=Group.NOW, priority=10)


def _invitations(at: datetime) -> Iterator[Item]:
    for row in Invitation.objects.filter(
        person__joined_at__isnull=True, person__isnull=False, used_at__isnull=True, withdrawn_at__isnull=True
    ).select_related("person"):
        over = row.expires_at <= at
        title = _("Invite {who} again: the invitation is too old") if over else _("Use the invitation to join")
        yield Item(
            title=title.format(who=row.person),
            url=reverse("people:person", kwargs={"number": row.person_id}),
            when=timezone.localdate(row.expires_at),
            group=Group.NOW if over else Group.WAITING,
            who="" if over else str(row.person.name or row.person.email) if row.person else "",
        )


def _endings(at: datetime) -> Iterator[Item]:
    for grant in RoleGrant.objects.filter(end__gt=at, end__lte=at + SOON).select_related("person"):
        yield Item(
            title=_("Renew or let end: {role} of {who}").format(role=_(grant.role_name), who=grant.person),
            url=reverse("people:person", kwargs={"number": grant.person_id}),
            when=timezone.localdate(grant.end),
            group=Group.NEXT,
        )


def doors(request: HttpRequest, _thing: Any) -> str:
    """Give who may see persons or keep the register the links to both, below what waits; nothing to others."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    context = {"may_list": may_list(actor), "may_register": may_register_organisation(actor)}
    return render_to_string("people/doors.html", context) if any(context.values()) else ""


def organisations() -> Iterator[Document]:
    """Give every organisation to the search: its name, kind and register number; never who speaks for it."""
    for each in Organisation.objects.all():
        kind = said(each.kind_name)
        yield found_as(
            Kind.ORGANISATION,
            each.slug,
            each.name,
            page("people:organisation", each.slug),
            keywords=joined([kind, each.register_number]),
            note=kind,
            when=each.registered_at,
        )


PANELS = (Panel("now", "people", doors),)
PROVIDERS = (Provider("now", "people", waiting), Provider("search", "people", organisations))
