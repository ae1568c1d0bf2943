# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`./dc restore`: bring a backup back into an empty folder. Without settings of a home, because there is none yet.

The address of a PostgreSQL database is read from the environment alone: other users of the machine read the command line.
"""

import argparse
import gettext
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datacity.engine.adapters.vault import DESTROYED
from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel import words
from datacity.kernel.errors import Invalid, Refusal
from datacity.kernel.words import msg
from datacity.web import readers
from datacity.web.backup import restoring
from datacity.web.backup.databases import PostgreSQL
from datacity.web.backup.restoring import Target

LOCALE = Path(__file__).resolve().parents[1] / "locale"
ADDRESSES = ("DATACITY_DATABASE_OWNER_URL", "DATACITY_DATABASE_URL")


def parser() -> argparse.ArgumentParser:
    """Give the parser of the options."""
    made = argparse.ArgumentParser(
        prog="./dc restore", description="Restore a backup into an empty home.", allow_abbrev=False
    )
    made.add_argument("file", help="the archive")
    made.add_argument("--home", type=Path, required=True, metavar="DIR", help="the home: a new or empty folder")
    made.add_argument("--keys", type=Path, metavar="DIR", help="the folder of the keys (keys in the home)")
    made.add_argument(
        "--destroyed", action="append", default=[], metavar="LOG", help="a newer destroyed.log, of the old home"
    )
    made.add_argument("--language", choices=["fr", "en"], default="en", help="language of the messages")
    made.add_argument("--json", default="", metavar="FILE", help="write the result there, - for standard output")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Restore; a refusal is said on standard error and gives its exit code."""
    options = parser().parse_args(arguments)
    os.umask(0o077)
    words.use(_site_words)
    console = Console(options.language, options.json)
    try:
        console.check_json_target()
        console.show(run(options, console, os.environ))
    except Refusal as refusal:
        console.refuse(refusal)
        return refusal.exit_code
    return 0


def _site_words(message: str, language: str) -> str:
    """Give a message in this language from the site's own catalogue, which Django would load."""
    return gettext.translation("django", LOCALE, [language], fallback=True).gettext(message)


def run(options: argparse.Namespace, console: Console, environment: Mapping[str, str]) -> Outcome:
    """Restore as the options say. Raises the first refusal met."""
    path = existing_file(options.file)
    home = options.home.expanduser().absolute()
    keys = (options.keys.expanduser().absolute()) if options.keys else home / "keys"
    logs = [existing_file(each) for each in options.destroyed]
    beside = path.absolute().with_name(DESTROYED)
    if beside.is_file() and beside not in [log.absolute() for log in logs]:
        console.say(msg("The list of destroyed files beside the backup is used too: {file}"), file=beside.name)
        logs.append(beside)
    target = Target(home, keys, _database(environment))
    restored = restoring.restore(path, target, logs=logs, progress=console.progress)

    def say(message: str, **values: Any) -> str:
        return console.words(message, **values)

    return Outcome(restored.as_dict(), "\n".join(restoring.told(restored, say)))


def _database(environment: Mapping[str, str]) -> PostgreSQL | None:
    """Give the PostgreSQL database named in the environment, as its owner where one is named; None when none is."""
    for name in ADDRESSES:
        text = environment.get(name, "").strip()
        if file := environment.get(f"{name}_FILE"):
            text = existing_file(file).read_text(encoding="utf-8").strip()
        try:
            address = readers.database(text)
        except ValueError:
            raise Invalid(
                "restore.address", "{name} is not the address of a database.", field=name, name=name
            ) from None
        if address.get("engine") == "postgresql":
            return PostgreSQL(address)
    return None


if __name__ == "__main__":
    sys.exit(main())
