# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tasks that work on a home: start it, look into it, publish, delete."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import assets
from launch import DATABASE_OPTIONS, PYTHON, become, call, django, django_without_home, home_environment, split_options

HOME_OPTIONS = ("--home", "--keys", *DATABASE_OPTIONS)


def only(arguments: Sequence[str], allowed: Sequence[str]) -> bool:
    """Tell whether every argument is allowed; otherwise say which is not and what is."""
    wrong = [each for each in arguments if each not in allowed]
    if wrong:
        print(f"dc: {' '.join(wrong)} is not known here; allowed: {', '.join(allowed) or 'nothing'}.", file=sys.stderr)
    return not wrong


def build() -> bool:
    """Build what pages need; say why when it cannot be done."""
    try:
        assets.build()
    except assets.CannotBuild as reason:
        print(f"dc: {reason}", file=sys.stderr)
        return False
    return True


def up(arguments: Sequence[str]) -> int:
    """Start the platform: `datacity.web.up` does it, on the home of this checkout unless `--home` says another."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    environment = home_environment(options)
    command = [PYTHON, "-m", "datacity.web.up", "--home", environment["DATACITY_HOME"], *rest]
    if "--keys" in options:
        command += ["--keys", environment["DATACITY_KEYS"]]
    if not build():
        return 1
    if "--dev" in rest:
        command += ["--watch", json.dumps([assets.watch_command(), str(assets.FRONTEND)])]
    return become(command, environment)


def prepared(options: dict[str, str]) -> bool:
    """Make or migrate the home before a command that writes to it; standard output stays the command's own."""
    return build() and not django("prepare", "--no-demo", "--quiet", options=options)


def publish(arguments: Sequence[str]) -> int:
    """Take a file the whole way, server running or not."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    if not rest:
        print("usage: ./dc publish FILE [--home DIR] [options]", file=sys.stderr)
        return 2
    if not prepared(options):
        return 1
    return django("publish", *rest, options=options)


def move_database(arguments: Sequence[str]) -> int:
    """Move a stopped home's work from its SQLite file to the PostgreSQL database of this address."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    if len(rest) + ("--database" in options) != 1 or any(each.startswith("-") for each in rest):
        print("usage: ./dc move-database URL [--home DIR] [--keys DIR] [--database-owner URL]", file=sys.stderr)
        return 2
    return django("move_database", options={**options, **({"--database": rest[0]} if rest else {})})


def backup(arguments: Sequence[str]) -> int:
    """Back up a home, or check an archive; the home is neither migrated nor changed."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    if not [each for each in rest if not each.startswith("-")]:
        print("usage: ./dc backup FILE [--with-keys] [--check] [--home DIR]", file=sys.stderr)
        return 2
    home = Path(home_environment(options)["DATACITY_HOME"])
    if not (home / "home.json").is_file():
        print(f"dc: {home} is no home: it has no home.json.", file=sys.stderr)
        return 4
    return django("backup", *rest, options=options)


def restore(arguments: Sequence[str]) -> int:
    """Restore a backup: `datacity.web.backup.restore` does it, into the home of this checkout unless `--home` says another."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    environment = home_environment(options)
    where = ["--home", environment["DATACITY_HOME"]]
    where += ["--keys", environment["DATACITY_KEYS"]] if "DATACITY_KEYS" in environment else []
    return call([PYTHON, "-m", "datacity.web.backup.restore", *rest, *where], environment)


def shell(arguments: Sequence[str]) -> int:
    """Open Python with the models loaded."""
    options, rest = split_options(arguments, HOME_OPTIONS)
    return django("shell", *rest, options=options)


def listeners(arguments: Sequence[str]) -> int:
    """Print who answers to which verb."""
    return django_without_home("listeners") if only(arguments, ()) else 2


def permissions(arguments: Sequence[str]) -> int:
    """Write the permission table anew."""
    return django_without_home("permissions", *arguments)


def reset(arguments: Sequence[str]) -> int:
    """Delete a demo home after a yes; a real one is refused."""
    options, rest = split_options(arguments, ("--home",))
    if not only(rest, ()):
        return 2
    home = Path(home_environment(options)["DATACITY_HOME"])
    note = home / "home.json"
    if not note.is_file():
        print(f"dc: {home} is no home: it has no home.json.", file=sys.stderr)
        return 4
    said = json.loads(note.read_text(encoding="utf-8"))
    if not said.get("demo"):
        print(f"dc: {home} is a real home. Only a demo home is deleted from here.", file=sys.stderr)
        return 3
    if input(f"Delete the demo home {home} and everything in it? Type yes: ").strip() != "yes":
        print("Nothing was deleted.")
        return 0
    shutil.rmtree(home)
    if said.get("database") == "postgresql":
        print("Its PostgreSQL database is still there: drop it, or give the next home another one.")
    print("Deleted. ./dc up makes a new one.")
    return 0
