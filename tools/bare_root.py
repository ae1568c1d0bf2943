# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A bare Debian 12 in a folder: Python with its venv, certificates, and nothing else.

`debootstrap` fills the folder from the archive this machine's apt is configured with; what pip, npm and apt need to reach
their indexes (settings, certificates, folders of wheels) is handed over when a program runs in it. No host is named here.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environment
from launch import ROOT as CHECKOUT

SUITE = "bookworm"
"""Debian 12."""
PACKAGES = ("python3", "python3-venv", "ca-certificates")
USER = "city"
PLACE = Path("home", USER, "datacity")
"""Where the checkout lies in the root."""
READY = "etc/datacity-bare"
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_PIP = ("index-url", "extra-index-url", "find-links", "trusted-host", "cert", "proxy", "timeout", "default-timeout")


class CannotBuild(Exception):
    """The root cannot be made or entered; the text says why and what to do."""


@dataclass(frozen=True)
class Archive:
    """Where this machine's apt gets a suite of Debian from. line: as it stands in a `sources.list`."""

    address: str
    release: str
    line: str


def run(command: Sequence[str | Path], *, failing: str) -> str:
    """Run a step and return what it printed. Raises CannotBuild with `failing` and the command's own words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"{failing}\n\n{(done.stdout + done.stderr).strip()[-3000:]}")
    return done.stdout


def require_tools() -> None:
    """Raise CannotBuild when this is not root on Linux, or a program is lacking."""
    if os.geteuid():
        raise CannotBuild("Only root can make a root folder, mount in it and enter it.")
    lacking = [name for name in ("debootstrap", "unshare", "mount", "chroot", "git") if not shutil.which(name)]
    if lacking:
        raise CannotBuild(f"{', '.join(lacking)} lacking: apt-get install debootstrap git")


def archives() -> list[Archive]:
    """Return the archives of Debian 12 this machine's apt knows, the base suite first. Raises CannotBuild without one."""
    form = "$(SITE)\t$(RELEASE)\t$(COMPONENT)\t$(ORIGIN)\t$(CODENAME)"
    listed = run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"], failing="apt lists no archive.")
    found: dict[tuple[str, str], set[str]] = {}
    for line in listed.splitlines():
        address, release, component, origin, codename = line.split("\t")
        if origin == "Debian" and codename.partition("-")[0] == SUITE:
            found.setdefault((address, release), set()).add(component)
    made = [
        Archive(address, release, f"deb {address} {release} {' '.join(sorted(parts))}")
        for (address, release), parts in found.items()
    ]
    made.sort(key=lambda each: each.release != SUITE)
    if not made or made[0].release != SUITE:
        raise CannotBuild(f"This machine's apt knows no archive of Debian {SUITE}: apt-get update, or another machine.")
    return made


def build(root: Path) -> None:
    """Fill the folder with a bare Debian; nothing happens when it is one already. Raises CannotBuild."""
    if (root / READY).is_file():
        return
    if root.exists() and any(root.iterdir()):
        raise CannotBuild(f"{root} holds files but is no root made here. Give an empty or new folder.")
    command = [
        "debootstrap",
        "--variant=minbase",
        f"--include={','.join(PACKAGES)}",
        SUITE,
        str(root),
        archives()[0].address,
    ]
    root.parent.mkdir(parents=True, exist_ok=True)
    run(command, failing="debootstrap could not make the root.")
    run(["chroot", root, "useradd", "--create-home", "--shell", "/bin/sh", USER], failing="The user was not made.")
    (root / READY).touch()


def lay_checkout(root: Path) -> Path:
    """Clone the last commit of this checkout into the root, for its user; a clone that is there is replaced."""
    target = root / PLACE
    if target.exists():
        shutil.rmtree(target)
    run(
        ["git", "clone", "--quiet", "--depth", "1", f"file://{CHECKOUT}", target],
        failing="The checkout was not cloned.",
    )
    run(["git", "-C", target, "remote", "remove", "origin"], failing="The clone still names where it comes from.")
    run(["chroot", root, "chown", "-R", f"{USER}:{USER}", f"/{PLACE}"], failing="The clone has no owner.")
    return target


def pip_settings() -> dict[str, str]:
    """Return what pip and uv must know in the root, as variables; what is not set is left out."""
    found = environment.pip_settings()
    made = {f"PIP_{name.upper().replace('-', '_')}": found[name] for name in _PIP if found.get(name)}
    return {**made, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def local_places(settings: Mapping[str, str]) -> Iterator[Path]:
    """Yield what these settings name on this machine's own disk: folders of wheels, certificates, an index in files.

    Of an index, the folder it lies in: its pages lead to files beside it.
    """
    for word in " ".join(settings.values()).split():
        path = Path(unquote(urlsplit(word).path)).parent if word.startswith("file:") else Path(word)
        if path.is_absolute() and path.exists():
            yield path


def variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a program in the root: nothing of the caller's but proxies and pip's settings."""
    proxies = {name: os.environ[name] for name in _PROXIES if os.environ.get(name)}
    own = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}
    return {**own, **proxies, **settings}


def hand_over(root: Path, settings: Mapping[str, str]) -> None:
    """Let the root reach what this machine reaches: names of hosts, certificates, archives, npm's settings.

    To be called in a mount namespace of its own: what is on this machine's disk is mounted read-only in the root.
    """
    for name in ("resolv.conf", "hosts"):
        if Path("/etc", name).exists():
            shutil.copyfile(Path("/etc", name), root / "etc" / name)
    (root / "etc/apt/sources.list").write_text("".join(f"{each.line}\n" for each in archives()), encoding="utf-8")
    dumped = run(["apt-config", "dump"], failing="apt tells no settings.").splitlines()
    kept = [line for line in dumped if line.lower().startswith(("acquire::http", "acquire::retries"))]
    (root / "etc/apt/apt.conf.d/50handed-over").write_text("\n".join([*kept, ""]), encoding="utf-8")
    starts_nothing(root)
    rc = Path.home() / ".npmrc"
    if rc.is_file():
        shutil.copyfile(rc, root / "home" / USER / ".npmrc")
        (root / "home" / USER / ".npmrc").chmod(0o644)
    for path in {*local_places(settings), *([BUNDLE] if BUNDLE.exists() else [])}:
        mount_same(root, path)


def starts_nothing(root: Path) -> None:
    """Let no package start its service when it is installed: the root shares this machine's network."""
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    policy.chmod(0o755)


def mount_same(root: Path, path: Path) -> None:
    """Mount a file or folder of this machine at the same place in the root, to be read only."""
    inside = root / path.relative_to("/")
    if path.is_dir():
        inside.mkdir(parents=True, exist_ok=True)
    else:
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.touch()
    run(["mount", "--bind", path.resolve(), inside], failing=f"{path} could not be mounted in the root.")
    run(["mount", "-o", "remount,bind,ro", inside], failing=f"{path} could not be made read-only in the root.")


def mount_devices(root: Path) -> None:
    """Mount what every program expects: processes, a few devices, shared memory, terminals."""
    run(["mount", "-t", "proc", "proc", root / "proc"], failing="/proc could not be mounted.")
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", root / "dev"], failing="/dev could not be mounted.")
    for name in _DEVICES:
        (root / "dev" / name).touch()
        run(["mount", "--bind", Path("/dev", name), root / "dev" / name], failing=f"/dev/{name} could not be mounted.")
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/fd{target}")
    for name, kind in (("shm", "tmpfs"), ("pts", "devpts")):
        (root / "dev" / name).mkdir()
        run(["mount", "-t", kind, kind, root / "dev" / name], failing=f"/dev/{name} could not be mounted.")
    (root / "dev/shm").chmod(0o1777)


def inside(root: Path, settings: Mapping[str, str], script: str, *, user: str = USER) -> list[str]:
    """Return the command that runs a line of shell in the root's checkout as this user, with a clean environment."""
    home = "/root" if user == "root" else f"/home/{user}"
    given = [f"{name}={value}" for name, value in {**variables(settings), "HOME": home, "USER": user}.items()]
    line = f"cd {shlex.quote(f'/{PLACE}')} && {script}"
    return ["chroot", f"--userspec={user}:{user}", str(root), "/usr/bin/env", "-i", *given, "/bin/sh", "-c", line]
