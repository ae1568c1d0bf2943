# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Run pytest with the right selection: quick by default, everything with `--all`, the changed part with `--changed`."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import homes
import machine
from launch import PYTHON, ROOT, call

OURS = ("--all", "--soak", "--changed")
SLOW = ("slow", "kill", "postgres")
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
        options += ["-n", "2", "--dist", "loadgroup"]
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
    code = call([PYTHON, "-m", "pytest", *options], environment)
    return 0 if code == NO_TESTS and "--changed" in arguments else code
