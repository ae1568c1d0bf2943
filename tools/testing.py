# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Run pytest with the right selection: quick by default, everything with `--all`, the changed part with `--changed`.

With `--all` the tests that touch the database run twice: with the rest on SQLite, then on PostgreSQL (`DATACITY_TEST_POSTGRES`, the
server at 127.0.0.1:5432 when one answers, else one of our own). With the variable set and no `--all`, everything runs there.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import homes
import machine
import postgres
from launch import PYTHON, ROOT, call

OURS = ("--all", "--soak", "--changed")
SLOW = ("slow", "kill", "postgres")
ON_POSTGRESQL = ("tests/frame", "tests/programme", "tests/web")
"""Where tests touch the database."""
NOT_TWICE = "not soak and not browser and not once"
"""What is left out on PostgreSQL: pages in a browser, and tests whose cost is not the database's."""
NO_TESTS = 5
"""pytest's exit code when nothing was selected."""


def changed_files() -> list[Path]:
    """Return what differs from the main line: committed since, changed or new."""
    commands = [["git", "diff", "--name-only", "HEAD"], ["git", "ls-files", "--others", "--exclude-standard"]]
    base = subprocess.run(
        ["git", "merge-base", "HEAD", "origin/main"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if not base.returncode:
        commands.append(["git", "diff", "--name-only", base.stdout.strip(), "HEAD"])
    names: set[str] = set()
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        names.update(done.stdout.splitlines())
    return [Path(name) for name in sorted(names)]


def mirror(path: Path) -> Path | None:
    """Return the tests of a changed file, relative to the checkout: itself, or the folder that mirrors its own.

    `src/datacity/engine/sources/read.py` is tested in `tests/engine/sources`.
    """
    if path.parts[:1] == ("tests",):
        return path if path.name.startswith("test_") else path.parent
    if path.parts[:2] == ("src", "datacity"):
        folder = Path("tests", *path.parts[2:]).parent
        while folder != Path("tests") and not (ROOT / folder).is_dir():
            folder = folder.parent
        return folder if folder != Path("tests") else None
    return Path("tests/tools") if path.parts[:1] == ("tools",) else None


def tests_of(changed: Iterable[Path]) -> list[str]:
    """Return the test folders and files of these changes, and the contracts, without those inside another."""
    found = {target for path in changed if (target := mirror(path)) and (ROOT / target).exists()}
    found.add(Path("tests/contracts"))
    return sorted(str(path) for path in found if not any(other in path.parents for other in found))


def placed(argument: str) -> str:
    """Return a path argument as one that pytest finds from the checkout: the caller's folder counts first."""
    path, colons, rest = argument.partition("::")
    if argument.startswith("-") or not path:
        return argument
    if Path(path).exists():
        return f"{Path(path).absolute()}{colons}{rest}"
    return argument


def selection(arguments: Sequence[str]) -> list[str]:
    """Return pytest's options for what was asked."""
    rest = [placed(each) for each in arguments if each not in OURS]
    left_out = [] if "--soak" in arguments else ["soak"]
    if "--all" not in arguments and "--soak" not in arguments:
        left_out += SLOW
    options = [] if "-m" in rest else ["-m", " and ".join(f"not {marker}" for marker in left_out) or "not nothing"]
    whole = not any((ROOT / each.partition("::")[0]).exists() for each in rest if not each.startswith("-"))
    if whole and "--changed" not in arguments and not any(each.startswith(("-n", "--pdb")) for each in rest):
        options += ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # a file starts servers of its own: once
    if "--changed" in arguments:
        rest += tests_of(changed_files())
    return [*options, *rest]


def run(arguments: Sequence[str]) -> int:
    """Run the tests; returns pytest's exit code, 0 when `--changed` selects none."""
    if not homes.build():
        return 1
    options = selection(arguments)
    browser = machine.chromium(may_install="--all" in arguments or not os.geteuid())
    if not browser:
        print("dc: chromium is not installed: browser tests are skipped (./dc doctor --install)", file=sys.stderr)
    environment = {**os.environ, **({"DC_CHROMIUM": browser} if browser else {})}
    os.chdir(ROOT)
    everything = "--all" in arguments or "--soak" in arguments
    if everything:
        environment.pop(postgres.VARIABLE, None)
        if not machine.bring("nginx"):
            print("dc: nginx is not installed: tests of the proxy are skipped (./dc doctor --install)", file=sys.stderr)
    code = call([PYTHON, "-m", "pytest", *options], environment)
    code = 0 if code == NO_TESTS and "--changed" in arguments else code
    return max(code, on_postgresql(options, environment)) if everything and code in (0, 1, NO_TESTS) else code


def on_postgresql(options: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run those of the selected tests again that touch the database, on PostgreSQL; returns pytest's exit code, 0 when there are none."""
    again = database_tests(options)
    if not again:
        return 0
    with postgres.server(may_install=not os.geteuid()) as address:
        if not address:
            return 0
        print("\ndc: the tests that touch the database, again on PostgreSQL", flush=True)
        code = call([PYTHON, "-m", "pytest", *again], {**environment, postgres.VARIABLE: address})
    return 0 if code == NO_TESTS else code


def database_tests(options: Sequence[str]) -> list[str]:
    """Return pytest's options for the second run: the same paths where they touch the database, and the same words."""
    paths = [each for each in options if not each.startswith("-") and (ROOT / each.partition("::")[0]).exists()]
    kept = [str(Path(each).relative_to(ROOT)) if Path(each).is_absolute() else each for each in paths]
    inside = [each for each in kept if each.startswith(ON_POSTGRESQL)]
    if paths and not inside:
        return []
    rest = [each for each in options if each not in paths]
    if "-m" in rest:
        place = rest.index("-m")
        rest[place + 1] = f"({rest[place + 1]}) and {NOT_TWICE}"
    return [*rest, *(inside or ON_POSTGRESQL)]
