# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The administrator's page of the backups: how it stands, what is kept, and the two things to ask for."""

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datacity.frame import reader, wording
from datacity.frame.parts import Row
from datacity.frame.request import Request, signed_in
from datacity.kernel.errors import require
from datacity.kernel.words import render as render_words
from datacity.programme.jobs import permissions
from datacity.web import home
from datacity.web.backup import actions, keeping
from datacity.web.backup.panels import STATES
from datacity.web.backup.state import LatestBackup


@signed_in
@require_safe
def backups(request: Request) -> HttpResponse:
    """Show the last backup, the schedule and the archives kept. Raises Forbidden unless the person is an administrator."""
    require(permissions.may_manage(request.actor))
    latest = keeping.latest(request.now)
    state, tone, advice = STATES[latest.health]
    context = {
        "latest": latest,
        "state": state,
        "tone": tone,
        "advice": advice,
        "why": _failure(latest),
        "rows": _rows(latest, request.now),
        "stored": [{"name": path.name, "size": path.stat().st_size} for path in keeping.stored()],
        "schedule": _schedule(),
        "elsewhere": settings.BACKUP_FOLDER is not None,
        "demo": home.is_demo(settings.HOME),
    }
    return render(request, "backup/backups.html", context)


def _rows(latest: LatestBackup, at: datetime) -> list[Row]:
    if latest.made_at is None:
        return []
    checked = {True: _("sound"), False: _("does not hold"), None: _("not yet checked")}[latest.sound]
    if latest.checked_at is not None:
        checked = _("{result}, on {day}").format(result=checked, day=wording.moment(latest.checked_at))
    return [
        Row(_("Made"), wording.moment(latest.made_at)),
        Row(_("Age"), timesince(latest.made_at, at, depth=1)),
        Row(_("File"), latest.file),
        Row(_("Size"), wording.size(latest.size)),
        Row(_("Checked"), checked),
        Row(_("Keys in it"), _("yes") if latest.with_keys else _("no, they are kept apart")),
    ]


def _failure(latest: LatestBackup) -> str:
    """Give why the last attempt failed, in the reader's language; "" when none did since."""
    if not latest.failure:
        return ""
    parts = [latest.failure["message"], latest.failure["hint"]]
    return " ".join(render_words(part, reader.language(), latest.failure["values"]) for part in parts if part)


def _schedule() -> str:
    if not keeping.is_scheduled():
        return _("None is made by itself. Whoever hosts the site sets the folder: DATACITY_BACKUP_FOLDER.")
    return _("One is made every day from {hour} o'clock on; the last {keep} are kept.").format(
        hour=settings.BACKUP_HOUR, keep=settings.BACKUP_KEEP
    )


@signed_in
@require_POST
def make(request: Request) -> HttpResponse:
    """Ask for a backup now, and lead to its progress."""
    return redirect("jobs:job", actions.ask(actions.MAKE, by=request.actor, at=request.now).pk)


@signed_in
@require_POST
def check(request: Request) -> HttpResponse:
    """Ask for a check of the newest backup, and lead to its progress."""
    return redirect("jobs:job", actions.ask(actions.CHECK, by=request.actor, at=request.now).pk)
