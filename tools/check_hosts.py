# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Find hosts of package indexes and paths of one machine in the files that git keeps.

Either would tie the project to where it was built. The hosts this machine is configured with are looked for as
well; they are read at run time and written nowhere.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import environment
from launch import ROOT

INDEX_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"), ("security", "debian", "org"), ("proxy", "golang", "org"), ("crates", "io"),
    )
)  # fmt: skip
"""Hosts of public indexes, put together from parts so that this file does not hold them."""

MACHINE_PATH = re.compile(r"(?<![\w.<:/\"'-])/(?:root|work|home/[a-z]\w*|Users/\w+|mnt|workspace|builds)/[\w.]")
"""Absolute paths below folders that exist on one machine only; `/tmp`, `/etc`, `/usr` are everywhere."""

QUOTED_PATH = re.compile(r"""["'](?:/root|/work|/home/[a-z]\w*|/Users/\w+|/workspace)/[\w.]""")
BINARY = {".png", ".jpg", ".woff2", ".woff", ".ico", ".pdf", ".parquet", ".xlsx", ".gpkg", ".zip"}


def tracked() -> list[Path]:
    """Return the files that git keeps and that are there."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def configured_hosts() -> set[str]:
    """Return the host names of the indexes this machine's pip and npm are configured with."""
    settings = environment.pip_settings()
    addresses = " ".join(settings.get(option, "") for option in ("index-url", "extra-index-url", "find-links")).split()
    addresses += [value for name, value in os.environ.items() if name.upper().endswith(("REGISTRY", "INDEX_URL"))]
    return {host for address in addresses if (host := urlsplit(address).hostname) and "." in host}


def problems_in(path: Path, hosts: Iterable[str]) -> Iterator[str]:
    """Yield `file:line: what` for each host or machine path in one text file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{number}:"
        yield from (f"{where} names the package host {host}" for host in hosts if host in line)
        if found := MACHINE_PATH.search(line) or QUOTED_PATH.search(line):
            yield f"{where} names the machine path {found.group().strip()}…"


def problems(paths: Iterable[Path]) -> list[str]:
    """Return the problems of these files as lines; empty when there is none."""
    hosts = {*INDEX_HOSTS, *configured_hosts()}
    return [line for path in paths if path.suffix not in BINARY for line in problems_in(path, hosts)]


def main() -> int:
    """Check every tracked file; returns 1 when something is found."""
    found = problems(tracked())
    print("\n".join(found) or "No host, no machine path.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
