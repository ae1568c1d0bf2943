# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`create_administrator_link`: prints the one-time link by which the first administrator of an empty home joins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datacity.kernel.errors import Refusal
from datacity.kernel.words import render_refusal
from datacity.programme.people import actions, queries


class Command(BaseCommand):
    """Print the link; one made earlier stops working."""

    help = "Print a link that works once and makes the first administrator; only on a home without one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link and print it. Raises CommandError with the refusal's code when there is an administrator."""
        try:
            invitation = actions.make_first_link(at=settings.CLOCK.now())
        except Refusal as refusal:
            raise CommandError(
                render_refusal(refusal, settings.LANGUAGE_CODE), returncode=refusal.exit_code
            ) from refusal
        self.stdout.write(queries.invitation_address(invitation, settings.LANGUAGE_CODE))
