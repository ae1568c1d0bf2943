# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What administrators are told of the backups: a line of "My work" when something is wrong, and the state on the page of the jobs."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datacity.frame.now import Item
from datacity.frame.request import Request
from datacity.kernel.actor import Actor
from datacity.kernel.bus import Panel, Provider
from datacity.programme.jobs import permissions
from datacity.web import home
from datacity.web.backup import keeping
from datacity.web.backup.rules import Health

STATES: dict[Health, tuple[Any, str, Any]] = {
    Health.FRESH: (gettext_lazy("in order"), "success", ""),
    Health.NONE: (gettext_lazy("none yet"), "danger", gettext_lazy("There is no backup yet. If this machine breaks, everything is lost.")),
    Health.OLD: (gettext_lazy("too old"), "danger", gettext_lazy("The last backup is too old. What was done since would be lost.")),
    Health.FAILED: (gettext_lazy("could not be made"), "danger", gettext_lazy("The last attempt to make a backup failed.")),
    Health.UNSOUND: (gettext_lazy("does not hold"), "danger", gettext_lazy("The last backup does not hold: nobody could restore it. Make another one, then look for the cause.")),
}  # fmt: skip
"""What each state is called, its tone, and what it means."""


def now(person: Actor, at: datetime) -> list[Item]:
    """Give one line for an administrator when something is wrong with the backups; never on a demo home."""
    if not permissions.may_manage(person) or home.is_demo(settings.HOME):
        return []
    titles = {
        Health.NONE: _("Have backups made: there is none yet"),
        Health.OLD: _("Look at the backups: the last one is too old"),
        Health.FAILED: _("Look at the backups: the last attempt failed"),
        Health.UNSOUND: _("Look at the backups: the last one does not hold"),
    }
    title = titles.get(keeping.latest(at).health)
    return [Item(title, reverse("backup:backups"), priority=10)] if title else []


def on_jobs(request: Request, _thing: object) -> str:
    """Draw the state of the backups and the way to their page."""
    latest = keeping.latest(request.now)
    state, tone, _advice = STATES[latest.health]
    context = {"latest": latest, "state": state, "tone": tone}
    return render_to_string("backup/on_jobs.html", context, request=request)


PANELS = (Panel("jobs", "backup", on_jobs),)
PROVIDERS: tuple[Provider, ...] = (Provider("now", "backup", now),)
