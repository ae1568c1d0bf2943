# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the machine has: nothing here is needed by `./dc up`; tests and options use it when it is there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launch import HOME, ROOT


@dataclass(frozen=True)
class Part:
    """A program of the system: the Debian packages that bring it, what it is for, how to see whether it is there."""

    name: str
    packages: tuple[str, ...]
    purpose: str
    found: str

    @property
    def path(self) -> str:
        """Where it is, "" when it is not there."""
        if "/" in self.found:
            return next((str(path) for path in sorted(Path("/").glob(self.found.lstrip("/")))), "")
        return shutil.which(self.found) or ""


PARTS = (
    Part("git", ("git",), "lint looks at the files that git keeps", "git"),
    Part("chromium", ("chromium",), "browser tests and ./dc shot", "chromium"),
    Part("libatomic", ("libatomic1",), "the browser driver's own node", "/usr/lib/*/libatomic.so.1"),
    Part("openssl", ("openssl",), "tests that check seals as a stranger would", "openssl"),
    Part("PostgreSQL", ("postgresql",), "tests of the PostgreSQL option", "/usr/lib/postgresql/*/bin/initdb"),
    Part("nginx", ("nginx-light",), "tests of the layout in deploy/", "/usr/sbin/nginx"),
    Part("debootstrap", ("debootstrap",), "./dc bare, the trial on a bare machine", "/usr/sbin/debootstrap"),
)
DEBIAN = Path("/etc/debian_version")
NOT_YOU, NOT_HERE = 3, 5
"""Exit codes: only root may; only Debian can."""


def install(parts: Sequence[Part]) -> bool:
    """Install the Debian packages of these parts; tells whether it worked. Needs root and apt-get."""
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    packages = [package for part in parts for package in part.packages]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=quiet, stdout=sys.stderr, check=False)
        if done.returncode:
            return False
    return True


def chromium(*, may_install: bool) -> str:
    """Return chromium's path, "" when there is none; as root it may be installed first."""
    browser, driver = PARTS[1], PARTS[2]
    lacking = [part for part in (browser, driver) if not part.path]
    if lacking and may_install:
        print(f"dc: installing {', '.join(part.name for part in lacking)} for the browser tests", file=sys.stderr)
        install(lacking)
    return browser.path


def bring(name: str) -> str:
    """Return where a part is, "" when it is not there; as root it is installed first when it is lacking."""
    part = next(each for each in PARTS if each.name == name)
    if not part.path and not os.geteuid():
        print(f"dc: installing {name} for {part.purpose}", file=sys.stderr)
        install([part])
    return part.path


def complete() -> int:
    """Install what is lacking, after saying what that is and, on a terminal, after a yes; returns the exit code."""
    lacking = [part for part in PARTS if not part.path]
    if not lacking:
        print("Nothing is lacking.")
        return 0
    names = " ".join(package for part in lacking for package in part.packages)
    if not DEBIAN.exists() or not shutil.which("apt-get"):
        print(
            f"dc: packages are installed on Debian only; elsewhere look for what brings the same as: {names}",
            file=sys.stderr,
        )
        return NOT_HERE
    if os.geteuid():
        print(f"dc: only root installs packages: sudo apt-get install {names}", file=sys.stderr)
        return NOT_YOU
    print(f"This installs Debian's packages {names}:", flush=True)
    for part in lacking:
        print(f"  {part.name:12} {part.purpose}", flush=True)
    if sys.stdin.isatty() and input("Type yes to go on: ").strip() != "yes":
        print("Nothing was installed.")
        return 0
    if not install(lacking):
        print("dc: apt-get did not install them; its lines above say why.", file=sys.stderr)
        return 1
    return 0


def doctor(arguments: Sequence[str]) -> int:
    """Print what is there and what is lacking, and what for; install it first when asked and allowed."""
    if set(arguments) - {"--install"}:
        print("usage: ./dc doctor [--install]", file=sys.stderr)
        return 2
    code = complete() if "--install" in arguments else 0
    free = shutil.disk_usage(ROOT).free // 1_000_000_000
    print(f"Python      {sys.version.split()[0]}  {sys.executable}")
    print(f"checkout    {ROOT}  {free} GB free")
    print(f"home        {HOME}  {'there' if (HOME / 'home.json').is_file() else 'not made yet: ./dc up makes it'}")
    for part in PARTS:
        state = part.path or f"lacking; Debian package {' '.join(part.packages)}"
        print(f"{part.name:11} {state}  ({part.purpose})")
    if "--install" not in arguments and any(not part.path for part in PARTS):
        print("None of these is needed by ./dc up. ./dc doctor --install brings them, as root on Debian.")
    return code
