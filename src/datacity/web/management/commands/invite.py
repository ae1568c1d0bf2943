# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`invite`: invites somebody from the machine of who hosts, and prints the one-time link."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datacity.frame.city import offered
from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Refusal
from datacity.kernel.ref import CITY, Ref
from datacity.kernel.words import render_refusal
from datacity.programme.people import actions, queries
from datacity.programme.people.rules import Role


class Command(BaseCommand):
    """Invite somebody who has no account; for who hosts the home, when no administrator can."""

    help = "Invite somebody and print the link that works once. The journal says that the house did it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email", help="the mail address")
        parser.add_argument("--name", default="", help="first name and name")
        parser.add_argument(
            "--language", choices=offered(), default=settings.LANGUAGE_CODE, help="language of the mail and pages"
        )
        parser.add_argument("--role", choices=[role.value for role in Role], help="a first role")
        parser.add_argument(
            "--scope",
            default=str(CITY),
            help="where the role holds, for instance edition:2027 (default: the whole city)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite and print. Raises CommandError with the refusal's code."""
        try:
            invitation = actions.invite(
                options["email"], by=SYSTEM, at=settings.CLOCK.now(), name=options["name"], language=options["language"],
                role=options["role"], scope=Ref.parse(options["scope"]),
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(
                render_refusal(refusal, settings.LANGUAGE_CODE), returncode=refusal.exit_code
            ) from refusal
        self.stdout.write(queries.invitation_address(invitation, options["language"]))
