# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Make `.venv` from the lock; runs with any Python 3.11 or newer and the standard library alone.

`dc` calls it when the lock or `pyproject.toml` changed since the last time. uv does not read pip's settings, so
the indexes, the folders of wheels and the certificates that pip is configured with are handed to uv for this
run; none is ever written to a file.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "dc-stamp"
COMPILED = ("numba", "llvmlite", "numpy", "pandas", "pyarrow", "duckdb")
"""Packages whose bytecode is written at once: importing them the first time costs seconds."""
INSTALLED = VENV / "dc-lock"
"""Notes the lock whose packages are installed: when only the project changed, no index is asked."""


class CannotContinue(Exception):
    """The environment cannot be made; the text says why and what to do."""


def pip_settings() -> dict[str, str]:
    """Return pip's settings as `option -> value`; the environment wins over files, a command's own over the general."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    ranks = {"global": 0, "install": 1, ":env:": 2}
    best: dict[str, tuple[int, str]] = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        rank = ranks.get(section, -1)
        if rank >= best.get(option, (0, ""))[0]:
            best[option] = (rank, " ".join(shlex.split(value)).replace("\\n", " "))
    return {option: value for option, (_, value) in best.items()}


def uv_environment(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make uv see what pip sees; those already set by the caller win.

    settings: option -> value as pip lists them (`index-url`, `extra-index-url`, `find-links`, `cert`, `timeout`).
    """
    made = {
        "UV_SYSTEM_CERTS": "true",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "" if sys.stderr.isatty() else "1",
        # every file is pinned by its hash, so it does not matter which index it comes from
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": settings.get("extra-index-url", ""),
        "UV_FIND_LINKS": ",".join(settings.get("find-links", "").split()),
        "UV_INSECURE_HOST": settings.get("trusted-host", ""),
        "UV_HTTP_TIMEOUT": settings.get("timeout", settings.get("default-timeout", "60")),
        "SSL_CERT_FILE": settings.get("cert", ""),
        "VIRTUAL_ENV": str(VENV),
    }
    if not os.access(Path.home(), os.W_OK):
        made["UV_CACHE_DIR"] = str(ROOT / ".dc" / "uv-cache")
    return {**{name: value for name, value in made.items() if value}, **environment, "VIRTUAL_ENV": str(VENV)}


def run(command: Sequence[str | Path], *, failing: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a step. Raises CannotContinue with `failing` and the command's own words when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotContinue(f"{failing}\n\n{(done.stdout + done.stderr).strip()[-4000:]}")


def is_usable() -> bool:
    """Tell whether `.venv` is there, starts, has pip and was made for this folder."""
    if not PYTHON.exists():
        return False
    script = VENV / "bin" / "activate"
    if script.exists() and str(VENV) not in script.read_text(encoding="utf-8", errors="replace"):
        return False  # the checkout was moved: the scripts of the environment name the old place
    return not subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode


def make_venv() -> None:
    """Make an empty `.venv` unless a usable one is there. Raises CannotContinue when Debian's venv package lacks."""
    if is_usable():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        output = (done.stdout + done.stderr).strip()
        lacking = "ensurepip" in output or "No module named venv" in output
        advice = "Install the Debian package python3-venv: apt-get install python3-venv" if lacking else output
        raise CannotContinue(f"Python could not make the folder .venv.\n{advice}")


def install_uv() -> None:
    """Install the pinned and hashed uv into `.venv` with pip, which knows its own indexes."""
    pinned = (ROOT / "tools" / "uv.txt").read_text(encoding="utf-8").split("==")[1].split()[0]
    if UV.exists():
        version = subprocess.run([UV, "--version"], capture_output=True, text=True, check=False)
        if version.stdout.split()[1:2] == [pinned]:
            return
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
         "-r", ROOT / "tools" / "uv.txt"],
        failing=f"uv {pinned} could not be installed. Is a package index reachable? (pip config list)",
    )  # fmt: skip


def install_packages() -> None:
    """Bring `.venv` to exactly what the lock says, then put this checkout on its path."""
    environment = uv_environment(pip_settings(), os.environ)
    wanted = sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    if not INSTALLED.exists() or INSTALLED.read_text(encoding="utf-8") != wanted:
        run(
            [UV, "pip", "sync", "--quiet", "--require-hashes", ROOT / "requirements.lock"],
            failing="The packages of requirements.lock could not be installed.",
            environment=environment,
        )
        INSTALLED.write_text(wanted, encoding="utf-8")
    print("  front end and translations", flush=True)
    run([PYTHON, ROOT / "tools" / "assets.py"], failing="The front end could not be built.")
    run(
        [UV, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--offline", "-e", ROOT],
        failing="The project itself could not be installed.",
        environment=environment,
    )
    compile_kernels()


def compile_kernels() -> None:
    """Compile what would otherwise be compiled while somebody waits: the loops of the search, and the bytecode of large packages."""
    print("  compiled loops of the search", flush=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    packages = [
        VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages" / name
        for name in COMPILED
    ]
    run(
        [PYTHON, "-m", "compileall", "-q", *(path for path in packages if path.is_dir())],
        failing="The bytecode of the packages could not be written.",
        environment=environment,
    )
    run(
        [PYTHON, "-m", "datacity.engine.protection.search.warming"],
        failing="The loops of the search could not be compiled.",
        environment=environment,
    )


def one_at_a_time() -> AbstractContextManager[IO[str]]:
    """Return an open file that holds the lock: two launchers never make one environment at once."""
    folder = ROOT / ".dc"
    folder.mkdir(exist_ok=True)
    lock = (folder / "environment.lock").open("w", encoding="utf-8")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def main(stamp: str) -> int:
    """Make the environment and note `stamp`, the state it was made for."""
    if not os.access(ROOT, os.W_OK):
        print(f"dc: this user may not write in {ROOT}, where .venv belongs. Use a checkout of your own.")
        return 1
    with one_at_a_time():
        if STAMP.exists() and STAMP.read_text(encoding="utf-8").strip() == stamp and is_usable():
            return 0
        started = time.monotonic()
        print("dc: making the environment (once, and again when the lock changes)", flush=True)
        try:
            make_venv()
            print("  packages", flush=True)
            install_uv()
            install_packages()
        except CannotContinue as reason:
            print(f"dc: {reason}")
            return 1
        STAMP.write_text(stamp + "\n", encoding="utf-8")
        print(f"dc: environment ready in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
