# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`install_guards`: writes the triggers that keep journal and frozen rows as they are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from datacity.frame import guards
from datacity.web import owning


class Command(BaseCommand):
    """Write the triggers that are absent, on PostgreSQL also the rights of the working role; with --check only say what is missing."""

    help = "Write the triggers that keep journal and frozen rows as they are (after every migrate)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a trigger is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or check."""
        if options["check"]:
            if absent := guards.missing(connection):
                raise CommandError(f"{len(absent)} triggers are missing: {', '.join(absent)}. Run install_guards.")
            self.stdout.write("All triggers are in place.")
            return
        with owning.as_owner():
            written = guards.install(connection)
            if warning := owning.let_work():
                self.stderr.write(warning)
        self.stdout.write(f"{len(written)} triggers written." if written else "All triggers are in place.")
