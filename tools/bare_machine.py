# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Try the product on a bare machine: a Debian 12 with Python and nothing else, made in a folder and entered as a user.

    ./dc bare                     make the root, then `./dc up` until the demonstration is whole; times beside their limits
    ./dc bare --test              then `./dc test` there as well; --install first adds Debian's packages as root
    ./dc bare --root DIR          keep the root in DIR and use it again; the checkout in it is always a fresh clone

Needs root. Everything runs in a mount and process namespace of its own: at the end no mount and no process is left.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import bare_root
from bare_root import CannotBuild
from launch import PYTHON

LIMITS = {"environment": 45, "migrate": 10, "first page": 90, "whole demonstration": 300, "./dc test": 600}
"""Seconds that each step may take on a machine of its own (architecture, targets of quality)."""
PATIENCE = 4
"""How many times its limit a step may take before it is given up: the machine may be shared."""
DUE = (
    "SELECT count(*) FROM jobs_job WHERE state = 'running' OR (state = 'queued' AND run_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'))"
    " OR (name = 'demo.chapter' AND state NOT IN ('done', 'dead'))"
)


@dataclass
class Trial:
    """One run: the root, the port, what is handed over, and the seconds measured so far."""

    root: Path
    port: int
    settings: dict[str, str] = field(default_factory=bare_root.pip_settings)
    seconds: dict[str, float] = field(default_factory=dict)

    def command(self, script: str, *, user: str = bare_root.USER) -> list[str]:
        """Return the command that runs this script in the root."""
        return bare_root.inside(self.root, self.settings, script, user=user)

    def call(self, script: str, *, user: str = bare_root.USER) -> int:
        """Run a script in the root on this terminal; returns its exit code."""
        print(f"\n# {user}: {script}", flush=True)
        return subprocess.run(self.command(script, user=user), check=False).returncode

    @property
    def home(self) -> Path:
        """The home that `./dc up` makes in the checkout."""
        return self.root / bare_root.PLACE / "home"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    made = argparse.ArgumentParser(
        prog="./dc bare", description="Try the product on a bare Debian 12.", allow_abbrev=False
    )
    made.add_argument("--root", type=Path, metavar="DIR", help="keep the root there (a temporary folder)")
    made.add_argument("--port", type=int, default=8000, metavar="N", help="where ./dc up answers (8000)")
    made.add_argument("--test", action="store_true", help="run ./dc test too")
    made.add_argument("--install", action="store_true", help="run ./dc doctor --install as root before the tests")
    made.add_argument("--no-up", action="store_true", help="leave ./dc up out")
    made.add_argument("--entered", action="store_true", help=argparse.SUPPRESS)
    return made


def seconds_of(deed: Callable[[], object]) -> float:
    """Return how long a deed takes."""
    started = time.monotonic()
    deed()
    return time.monotonic() - started


def wait_for(holds: Callable[[], bool], *, until: float, process: subprocess.Popen[bytes]) -> None:
    """Wait for a condition. Raises CannotBuild when the moment passes or the process ends before."""
    while not holds():
        if process.poll() is not None:
            raise CannotBuild(f"`./dc up` ended with {process.returncode}.")
        if time.monotonic() > until:
            raise CannotBuild("Gave up waiting.")
        time.sleep(0.2)


def asked(port: int, path: str) -> tuple[int, bytes]:
    """Return status and body of a page, redirections followed; status 0 while nobody answers."""
    for _ in range(3):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", path, headers={"Accept": "text/html"})
                response = connection.getresponse()
                body = response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        path = response.headers.get("Location", "")
        if response.status == 200 or not path.startswith("/"):
            return response.status, body
    return 0, b""


def datasets(port: int) -> int:
    """Return how many datasets the public API lists; 0 while it does not answer."""
    status, body = asked(port, "/api/explore/v2.1/catalog/datasets?limit=1")
    return int(json.loads(body)["total_count"]) if status == 200 else 0


def is_whole(home: Path) -> bool:
    """Tell whether no job of the demonstration is left: none due, none running, no chapter to come."""
    with closing(sqlite3.connect(f"file:{home / 'control.sqlite3'}?mode=ro", uri=True, timeout=20)) as database:
        return not database.execute(DUE).fetchone()[0]


def try_up(trial: Trial) -> None:
    """Run `./dc up` until the demonstration is whole, then stop it. Raises CannotBuild when a page does not come."""
    started = time.monotonic()
    process = subprocess.Popen(trial.command(f"exec ./dc up --port {trial.port}"))
    stamp = trial.root / bare_root.PLACE / ".venv" / "dc-stamp"
    try:
        steps: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("environment", stamp.is_file),
            ("first page", lambda: asked(trial.port, "/")[0] == 200 and datasets(trial.port) >= 3),
            ("whole demonstration", lambda: is_whole(trial.home)),
        )
        for name, holds in steps:
            wait_for(holds, until=started + PATIENCE * LIMITS[name], process=process)
            trial.seconds[name] = time.monotonic() - started
        print(f"\nThe public API lists {datasets(trial.port)} datasets.", flush=True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def try_migrate(trial: Trial) -> None:
    """Time how an empty home is made: folders, tables, guards, keys."""
    script = "DATACITY_HOME=/tmp/fresh DJANGO_SETTINGS_MODULE=datacity.web.settings .venv/bin/python -m django prepare --no-demo --quiet"
    trial.seconds["migrate"] = seconds_of(lambda: trial.call(script))


def try_tests(trial: Trial, *, install: bool) -> int:
    """Run the tests as the user, with Debian's packages when asked; returns the exit code."""
    if install and (code := trial.call("./dc doctor --install", user="root")):
        return code
    codes: list[int] = []
    trial.seconds["./dc test"] = seconds_of(lambda: codes.append(trial.call("./dc test")))
    return codes[0]


def report(trial: Trial) -> str:
    """Return the times beside their limits, a line each."""
    lines = [f"{'step':22}{'seconds':>8}{'limit':>8}"]
    for name, spent in trial.seconds.items():
        limit = LIMITS.get(name)
        lines.append(f"{name:22}{spent:8.0f}{limit or '':>8}{'  over' if limit and spent > limit else ''}")
    return "\n".join(lines)


def entered(options: argparse.Namespace) -> int:
    """Do all that happens in the root; this process has its own mounts and process numbers."""
    trial = Trial(options.root, options.port)
    bare_root.mount_devices(trial.root)
    bare_root.hand_over(trial.root, trial.settings)
    code = 0
    if not options.no_up:
        try_up(trial)
        try_migrate(trial)
    code = trial.call("./dc doctor") or code
    if options.test:
        code = try_tests(trial, install=options.install) or code
    print(f"\n{report(trial)}", flush=True)
    return code


def enter(options: argparse.Namespace) -> int:
    """Make root and clone, then go on in namespaces of its own; returns the exit code."""
    print(f"bare Debian in {options.root}: {seconds_of(lambda: bare_root.build(options.root)):.0f} s", flush=True)
    bare_root.lay_checkout(options.root)
    given = ["--root", str(options.root), "--port", str(options.port)]
    given += [f"--{name}" for name in ("test", "install", "no-up") if getattr(options, name.replace("-", "_"))]
    spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    return subprocess.run([*spaces, PYTHON, __file__, *given, "--entered"], check=False).returncode


def run(arguments: Sequence[str]) -> int:
    """Try it; returns 0 when all that was asked for worked, whatever time it took."""
    options = parser().parse_args(list(arguments))
    if options.root:
        options.root = options.root.expanduser().absolute()
    try:
        bare_root.require_tools()
        if options.entered:
            return entered(options)
        if options.root:
            return enter(options)
        folder = tempfile.mkdtemp(prefix="datacity-bare-", dir="/var/tmp")
        try:
            options.root = Path(folder, "root")
            return enter(options)
        finally:
            shutil.rmtree(folder)
    except CannotBuild as reason:
        print(f"dc: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(run(sys.argv[1:]))
