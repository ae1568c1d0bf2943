# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`move_database`: takes a stopped home's work from its SQLite file to the PostgreSQL database of the settings."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from datacity.engine.adapters.folder import FolderStore
from datacity.frame import guards
from datacity.kernel.errors import Conflict, Invalid, Refusal
from datacity.web import database, home, moving, owning


class Command(BaseCommand):
    """Migrate the target, copy, compare, verify the journal, put the file aside; a refusal leaves the home as it was."""

    help = "Move a stopped home's work from SQLite to PostgreSQL, every row compared and the journal verified."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Move; a refusal is printed and gives its own exit code."""
        os.umask(0o077)
        try:
            self.move(settings.HOME)
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(refusal.exit_code) from None

    def move(self, folder: Path) -> None:
        """Move the home. Raises Missing, Invalid or Conflict when it cannot be moved; then it works on as before."""
        note = home.read(folder)
        if note is None:
            raise Conflict("database.no_home", "The folder {folder} is no home of DataCity.", folder=folder.name)
        if connection.vendor != database.POSTGRESQL:
            raise Invalid(
                "database.no_target",
                "No PostgreSQL address is given.",
                hint="Call ./dc move-database URL --home DIR.",
            )
        with home.held(folder):
            home.require_same_database(note, database.SQLITE, "")
            owning.require_reachable()
            with owning.as_owner(), moving.source(folder) as before:
                moving.require_empty()
                call_command("migrate", verbosity=0, interactive=False)
                moved = moving.move(before, FolderStore(settings.STORE))
                guards.install(connection)
                if warning := owning.let_work():
                    self.stderr.write(warning)
            owning.require_reachable()
            home.write_note(folder, replace(note, database=database.POSTGRESQL))
            aside = moving.put_aside(folder, at=settings.CLOCK.now())
        self.stdout.write(
            f"Moved {moved.rows} rows in {moved.tables} tables to {database.place(settings.CONFIGURATION.database_url)}; every row was compared.\n"
            f"The journal verifies there: {moved.journal.entries} entries, {moved.journal.positions} with a position, 0 faults.\n"
            f"The file lies in backups/{aside.name}. From now on start the home with this address: --database URL or DATACITY_DATABASE_URL."
        )
