# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Where people's work is stored, and as whom: the address of the settings, the role that works, the role that owns.

On PostgreSQL the tables belong to an owner, who migrates; server and worker log in as another role, which may read and add
and cannot take the guards away. When only the owner's address is set and the owner may make roles, the first start makes
the working role and keeps its address in the keys folder (`database_url`). Nothing here imports Django.
"""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from datacity.kernel.errors import Missing
from datacity.web import readers

Address = Mapping[str, str]
"""What `readers.database` gives: engine, name, and on PostgreSQL user, password, host, port and what follows the `?`."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ROLE_FILE = "database_url"
"""In the keys folder: the address of the working role that a start made."""

VARIABLES = ("DATACITY_DATABASE_URL", "DATACITY_DATABASE_OWNER_URL")
LOCK_WAIT_SECONDS = 20
"""How long a statement waits for a lock before it fails; the same as the wait for a turn to write on SQLite."""
FORGOTTEN_SECONDS = 600
"""How long a transaction may lie open without a word before the server ends it."""


def engine(address: Address) -> str:
    """Give `sqlite` or `postgresql`; an empty address is the SQLite file of the home."""
    return address.get("engine", SQLITE)


def place(address: Address) -> str:
    """Give the address as it may be shown: without user and password."""
    if engine(address) == SQLITE:
        return f"sqlite://{address.get('name', '')}"
    return f"postgresql://{address['host']}:{address['port']}/{address['name']}"


def text(address: Address) -> str:
    """Give the whole address of a PostgreSQL database as text, password included: only for the file in the keys folder."""
    more = {key: value for key, value in address.items() if key in readers.DATABASE_OPTIONS}
    host = address["host"]
    if host.startswith("/"):
        more, host = {"host": host, **more}, ""
    where = f"{f'[{host}]' if ':' in host else host}:{address['port']}"
    who = f"{quote(address['user'], safe='')}:{quote(address['password'], safe='')}"
    return f"postgresql://{who}@{where}/{quote(address['name'], safe='')}" + (f"?{urlencode(more)}" if more else "")


def require_driver(address: Address) -> None:
    """Raise Missing when the address needs PostgreSQL's driver and it is not installed."""
    if engine(address) == POSTGRESQL and find_spec("psycopg") is None:
        raise Missing(
            "database.no_driver",
            "The driver of PostgreSQL is not installed here.",
            hint="Install it with: pip install “datacity[web,postgres]”.",
        )


def working(address: Address, keys: Path) -> Address:
    """Give the address with which server and worker work: the role made for this very database, else what is set."""
    made = _made(keys)
    return made if made and engine(address) == POSTGRESQL and place(made) == place(address) else address


def owner(address: Address, owner_address: Address, keys: Path) -> Address:
    """Give the owner's address where it is another than the one that works; {} where one role does both."""
    if engine(address) != POSTGRESQL:
        return {}
    if owner_address:
        return owner_address
    return address if working(address, keys)["user"] != address["user"] else {}


def _made(keys: Path) -> Address:
    try:
        return readers.database((keys / ROLE_FILE).read_text(encoding="utf-8").strip())
    except (FileNotFoundError, NotADirectoryError):
        return {}


def keep_role(keys: Path, address: Address) -> None:
    """Keep the address of the working role in the keys folder, whole or not at all, readable by its owner only."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = keys / f".{ROLE_FILE}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text(address))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(keys / ROLE_FILE)


def entry(address: Address, home: Path) -> dict[str, Any]:
    """Give Django's settings of one database."""
    if engine(address) == SQLITE:
        return {"ENGINE": "datacity.frame.sqlite", "NAME": address.get("name") or str(home / "control.sqlite3")}
    limits = f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c idle_in_transaction_session_timeout={FORGOTTEN_SECONDS}s"
    more = {key: value for key, value in address.items() if key in readers.DATABASE_OPTIONS}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address["name"],
        "USER": address["user"],
        "PASSWORD": address["password"],
        "HOST": address["host"],
        "PORT": address["port"],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10, "application_name": "datacity", "options": limits, **more},
    }


def for_services(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """Give the environment of server and worker: the owner's password is not in it.

    Where a start made the working role, its file stands in the place of the address that was given.
    """
    left_out = {"DATACITY_DATABASE_OWNER_URL", "DATACITY_DATABASE_OWNER_URL_FILE"}
    made = {name: value for name, value in environment.items() if name not in left_out}
    keys = Path(environment.get("DATACITY_KEYS") or home / "keys")
    given = made.get("DATACITY_DATABASE_URL", "")
    if made.get("DATACITY_DATABASE_URL_FILE"):
        given = Path(made["DATACITY_DATABASE_URL_FILE"]).read_text(encoding="utf-8").strip()
    address = readers.database(given)
    if working(address, keys) != address:
        made.pop("DATACITY_DATABASE_URL", None)
        made["DATACITY_DATABASE_URL_FILE"] = str(keys / ROLE_FILE)
    return made
