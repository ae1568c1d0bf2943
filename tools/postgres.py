# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL server for the tests: the one that is named, the one that answers here, else one of our own for the while.

Our own is made of the installed binaries in a folder that is thrown away; as root it runs as the user `postgres`, since
PostgreSQL refuses to be root. It forgets what a power cut would lose, which only tests may.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import machine

VARIABLE = "DATACITY_TEST_POSTGRES"
USUAL = ("127.0.0.1", 5432)
LOGINS = ("postgres:postgres", "postgres", "datacity:datacity")
"""Whom a server that answers at the usual address is asked to let in, as test services set them up."""
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@contextmanager
def server(*, may_install: bool) -> Iterator[str]:
    """Give the address of a server whose role may make databases and roles; "" when there is none, after saying why."""
    named = os.environ.get(VARIABLE) or answering()
    if named:
        yield named
        return
    folder = binaries(may_install=may_install)
    if folder is None:
        print("dc: PostgreSQL is not installed: its tests are skipped (./dc doctor --install)", file=sys.stderr)
        yield ""
        return
    with own(folder) as address:
        yield address


def answering() -> str:
    """Give the address of the server at 127.0.0.1:5432 that lets one of the usual logins in as a maker; "" when none does."""
    with closing(socket.socket()) as probe:
        if probe.connect_ex(USUAL):
            return ""
    user, password = os.environ.get("PGUSER", ""), os.environ.get("PGPASSWORD", "")
    own_login = (f"{user}:{password}" if password else user,) if user else ()
    for login in (*own_login, *LOGINS):
        address = f"postgresql://{login}@{USUAL[0]}:{USUAL[1]}/postgres"
        if may_make(address):
            return address
    print("dc: a PostgreSQL server answers at 127.0.0.1:5432 and lets no usual login in;"
          f" name it with {VARIABLE}=postgresql://user:password@127.0.0.1:5432/postgres", file=sys.stderr)  # fmt: skip
    return ""


def may_make(address: str) -> bool:
    """Tell whether this address lets us in as a role that may make databases and roles."""
    import psycopg  # an option of the product: this module loads where it is not

    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            question = "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(question).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def binaries(*, may_install: bool) -> Path | None:
    """Give the folder of the newest installed server, installed first when that is allowed; None when there is none."""
    part = next(each for each in machine.PARTS if each.name == "PostgreSQL")
    if not part.path and may_install:
        print("dc: installing PostgreSQL for its tests", file=sys.stderr)
        machine.install([part])
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


@contextmanager
def own(folder: Path) -> Iterator[str]:
    """Make and start a server of our own from these binaries; it is stopped and deleted at the end."""
    place = Path(tempfile.mkdtemp(prefix="datacity-postgresql-"))
    password, port = secrets.token_urlsafe(24), _free_port()
    (place / "password").write_text(password, encoding="ascii")
    if not os.geteuid():
        for path in (place, place / "password"):
            shutil.chown(path, "postgres", "postgres")
    data, options = str(place / "data"), " ".join(f"-c {each}" for each in QUICK)
    start = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} {options}"
    control = [str(folder / "pg_ctl"), "-D", data, "-w", "-l", str(place / "log")]
    try:
        _run([str(folder / "initdb"), "-D", data, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={place / 'password'}",
              "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        _run([*control, "-o", start, "start"])
        yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    finally:
        if (place / "data" / "postmaster.pid").exists():
            _run([*control, "-m", "immediate", "stop"])
        shutil.rmtree(place, ignore_errors=True)


def _run(command: list[str]) -> None:
    """Run a program of the server, as its own user when we are root; what it says goes to standard error when it fails."""
    as_user = [] if os.geteuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    done = subprocess.run([*as_user, *command], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        done.check_returncode()


def _free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
