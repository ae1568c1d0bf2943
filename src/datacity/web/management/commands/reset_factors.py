# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`reset_factors`: takes the second factors from somebody who lost them, from the machine of who hosts."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datacity.kernel.actor import SYSTEM
from datacity.kernel.errors import Missing, Refusal
from datacity.kernel.words import render_refusal
from datacity.programme.people import actions
from datacity.programme.people.queries import person_by_email


class Command(BaseCommand):
    """Take all second factors from an account; for the last administrator, whom nobody else can help."""

    help = "Remove the second factors of an account whose person lost them. The journal says that the house did it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email", help="the mail address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset and say so. Raises CommandError with the refusal's code."""
        try:
            person = person_by_email(options["email"])
            if person is None:
                raise Missing("people.no_account", "There is no account with this mail address.")
            actions.reset_factors(person, by=SYSTEM, at=settings.CLOCK.now())
        except Refusal as refusal:
            raise CommandError(
                render_refusal(refusal, settings.LANGUAGE_CODE), returncode=refusal.exit_code
            ) from refusal
        self.stdout.write("The second factors are removed; the person signs in with the password and sets up new ones.")
