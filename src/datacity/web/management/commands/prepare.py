# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Bring a home to the state this version works with: folders, tables, guards, keys, demo.

Standard output is what the person who starts the server must know once it answers: the demo accounts of a demo home,
or the one-time link of the first administrator; progress goes to standard error.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from datacity.engine.cli.console import Console
from datacity.engine.proof import keys
from datacity.frame import guards
from datacity.kernel.errors import Refusal
from datacity.programme.people.actions import make_first_link
from datacity.programme.people.queries import home_is_empty, invitation_address
from datacity.web import database, home, owning
from datacity.web.backup import keeping
from datacity.web.city import register
from datacity.web.demo import BEFORE


class Command(BaseCommand):
    """Prepare the home; safe to run again at any time, also after it was cut short."""

    help = "Make or migrate the home: folders, tables, guards, keys and, on a new demo home, the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say whether a new home becomes a demo, and how large."""
        parser.add_argument("--no-demo", action="store_true", help="a new home stays empty and becomes a real one")
        parser.add_argument("--quiet", action="store_true", help="say nothing on standard output")
        parser.add_argument("--scale", type=int, default=1, help="size of the demo, 1 to 10 (1)")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Run the steps in order; a refusal is printed and gives its own exit code."""
        os.umask(0o077)  # what is made in the home is its owner's alone
        if options["quiet"]:
            self.stdout = self.stderr
        try:
            self.prepare(demo=not options["no_demo"], scale=options["scale"])
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(refusal.exit_code) from None

    def prepare(self, *, demo: bool, scale: int) -> None:
        """Make the home ready. Raises Invalid or Conflict when it cannot be used."""
        folder: Path = settings.HOME
        at = settings.CLOCK.now()
        home.make_folders(folder)
        before = home.read(folder)
        where = settings.CONFIGURATION.database_url
        home.require_same_database(before, database.engine(where), database.place(where))
        home.require_keys(folder, settings.KEYS, settings.STORE)
        owning.require_reachable()
        with owning.as_owner():
            migrate(before, self.stderr.write)
            for warning in filter(None, (owning.let_work(), owning.few_connections())):
                self.stderr.write(warning)
        owning.require_reachable()
        note = home.settle(folder, demo=demo and has_demo(), at=at, database=database.engine(where))
        if not (settings.KEYS / "keys.json").exists():
            keys.make(settings.KEYS, at=at - BEFORE if note.demo else at)
        if not note.demo:
            register.enter(settings.CITY, at=at)
        if note.demo:
            call_command("demo", scale=scale, stdout=self.stdout, stderr=self.stderr)
        elif home_is_empty(at):
            address = invitation_address(make_first_link(at=at), settings.LANGUAGE_CODE)
            self.stdout.write(f"The first administrator opens this link, which works once: {address}")


def has_demo() -> bool:
    """Tell whether this installation carries the demo."""
    return "demo" in get_commands()


def migrate(note: home.HomeNote | None, say: Callable[[str], object]) -> None:
    """Apply pending migrations, a home that has been at work backed up first, then install the append-only guards.

    Raises Conflict when the database has migrations this version does not know, or is not this home's, or when there is no
    room for the backup; nothing is migrated then.
    """
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _ in known}
    owning.require_own(note, executor.loader.applied_migrations)
    applied = executor.loader.applied_migrations
    unknown = sorted(each for each in applied if each[0] in ours and each not in known)
    if unknown:
        raise home.newer(note.product if note else "of a later date", change=".".join(unknown[0]))
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if note is not None and applied:
            back_up_first(note, say)
        call_command("migrate", verbosity=0, interactive=False)
    guards.install(connection)


def back_up_first(note: home.HomeNote, say: Callable[[str], object]) -> None:
    """Back the whole home up before it is changed, and say where. Raises as `keeping.before_upgrade`."""
    say(f"This home was last used by DataCity {note.product} and must be changed: it is backed up first.")
    progress = Console(settings.LANGUAGE_CODE, err=sys.stderr).progress
    made = keeping.before_upgrade(at=settings.CLOCK.now(), progress=progress)
    say(f"Backed up in {made.file} ({made.size / 1_000_000:.1f} MB); the keys are not in it.")
