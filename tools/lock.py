# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Make the lock files: every package pinned with the hashes of its files, and no host.

`requirements.lock` holds everything a developer needs (web, postgres, dev, build); at the same versions `requirements-server.lock`
holds what an installation needs (web, postgres) and `requirements-engine.lock` what the engine and its command line need. Pins that still fit are kept unless `--upgrade` is said.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

import check_hosts
import environment
from launch import ROOT

WHOLE = ("requirements.lock", ("--extra", "web", "--extra", "postgres", "--group", "dev", "--group", "build"))
SERVER = ("requirements-server.lock", ("--extra", "web", "--extra", "postgres", "--constraints", "requirements.lock"))
ENGINE = ("requirements-engine.lock", ("--constraints", "requirements.lock"))
LOCKS = (WHOLE, SERVER, ENGINE)


def compile_lock(name: str, options: Sequence[str]) -> None:
    """Write one lock file. Raises CannotContinue with uv's words when it cannot be resolved."""
    environment.run(
        [
            environment.UV, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-header", "--no-annotate", *options, "pyproject.toml", "--output-file", name,
        ],
        failing=f"{name} could not be made.",
        environment=environment.uv_environment(environment.pip_settings(), os.environ),
    )  # fmt: skip


def run(arguments: Sequence[str]) -> int:
    """Make the files; returns 1 when a package cannot be resolved or a host got in."""
    if set(arguments) - {"--upgrade"}:
        print("usage: ./dc lock [--upgrade]", file=sys.stderr)
        return 2
    try:
        for name, options in LOCKS:
            compile_lock(name, [*options, *arguments])
    except environment.CannotContinue as reason:
        print(f"dc: {reason}", file=sys.stderr)
        return 1
    names = [name for name, _ in LOCKS]
    found = check_hosts.problems([ROOT / name for name in names])
    print("\n".join(found) or subprocess.run(
        ["git", "diff", "--stat", "--", *names], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip() or "The locks are unchanged.")  # fmt: skip
    return 1 if found else 0
