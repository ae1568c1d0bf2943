# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""How a task starts other programs: from the checkout, with this environment's Python, on a named home."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
HOME = ROOT / "home"
SETTINGS = "datacity.web.settings"
DATABASE_OPTIONS = {"--database": "DATACITY_DATABASE_URL", "--database-owner": "DATACITY_DATABASE_OWNER_URL"}


def split_options(arguments: Sequence[str], names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the values of these `--name VALUE` options and the arguments that are left.

    Raises SystemExit(2) for an option without its value.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    waiting = iter(arguments)
    for each in waiting:
        name, equals, value = each.partition("=")
        if name not in names:
            rest.append(each)
            continue
        given = value if equals else next(waiting, "")
        if not given:
            print(f"dc: {name} needs a value.", file=sys.stderr)
            raise SystemExit(2)
        found[name] = given
    return found, rest


def home_environment(options: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that makes Django use the home, the keys and the database that the options name.

    An address of a database goes into the environment, never on: other users of the machine read a command line.
    """
    home = Path(options.get("--home") or os.environ.get("DATACITY_HOME") or HOME).expanduser().absolute()
    made = {"DATACITY_HOME": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS}
    if "--keys" in options:
        made["DATACITY_KEYS"] = str(Path(options["--keys"]).expanduser().absolute())
    inherited = dict(os.environ)
    for option, variable in DATABASE_OPTIONS.items():
        if option in options:
            inherited.pop(f"{variable}_FILE", None)
            made[variable] = options[option]
    return {**inherited, **made}


def call(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> int:
    """Run a program on this terminal, in the caller's folder; returns its exit code."""
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130


def become(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Go on as another program, in this process: what stops the caller stops it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], list(command), dict(environment))


def django(name: str, *arguments: str, options: Mapping[str, str] | None = None) -> int:
    """Run a management command on a home; returns its exit code."""
    return call([PYTHON, "-m", "django", name, *arguments], home_environment(options or {}))


def django_without_home(name: str, *arguments: str) -> int:
    """Run a management command that only reads the code, on an empty home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="datacity-") as folder:
        return django(name, *arguments, options={"--home": folder})
