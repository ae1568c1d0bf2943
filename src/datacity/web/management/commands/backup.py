# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`backup`: the whole home in one archive, server running or not; with `--check` it reads an archive again instead."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel.errors import Refusal
from datacity.kernel.words import msg
from datacity.web.backup import keeping


class Command(BaseCommand):
    """Make a backup, or check one. What cannot be done is refused in words and gives its own exit code."""

    help = "Back up the home into one archive, while it runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and what to do with it."""
        parser.add_argument("file", help="the archive: a new name to make one, an existing one with --check")
        parser.add_argument("--with-keys", action="store_true", help="put the keys into the archive too")
        parser.add_argument("--check", action="store_true", help="read an archive again and check all of it")
        parser.add_argument("--language", choices=["fr", "en"], default="", help="language of the messages")
        parser.add_argument("--json", default="", help="write the result there, - for standard output")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Do it and tell."""
        os.umask(0o077)
        console = Console(options["language"] or settings.LANGUAGE_CODE, options["json"])
        try:
            console.check_json_target()
            console.show(check(options["file"], console) if options["check"] else make(options, console))
        except Refusal as refusal:
            console.refuse(refusal)
            raise SystemExit(refusal.exit_code) from None


def make(options: dict[str, Any], console: Console) -> Outcome:
    """Make a backup and tell what came of it."""
    target = Path(options["file"]).expanduser().absolute()
    made = keeping.make(target, at=settings.CLOCK.now(), with_keys=options["with_keys"], progress=console.progress)
    keys = (
        msg("The keys are in it: keep it where you keep keys.")
        if made.with_keys
        else msg("The keys are not in it: keep the folder of keys elsewhere, without it the vault stays closed.")
    )
    whole = msg("{file}: {megabytes} MB, {files} files, {entries} journal entries, {seconds} s. SHA-256 {sha256}")
    values = {**made.as_dict(), "file": target.name, "megabytes": f"{made.size / 1_000_000:.1f}"}
    return Outcome(made.as_dict(), f"{console.words(whole, **values)}\n{console.words(keys)}")


def check(file: str, console: Console) -> Outcome:
    """Check a backup and tell what it holds."""
    path = existing_file(file)
    checked = keeping.check(path, at=settings.CLOCK.now(), progress=console.progress).as_dict()
    sound = msg(
        "{file} is sound: made on {made_at} by DataCity {product}, {files} files, every hash as it was written."
    )
    return Outcome(
        {"sound": True, **checked}, f"{console.words(sound, file=path.name, **checked)}\n{checked['journal']}"
    )
