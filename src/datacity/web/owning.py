# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""On PostgreSQL: act as the owner of the tables for a while, make the role that works and give it its rights."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection

from datacity.frame import grants
from datacity.kernel.errors import Conflict, Invalid, Missing
from datacity.programme.journal.queries import size
from datacity.web import database
from datacity.web.home import HomeNote

CONNECTIONS = 140
"""Connections that two server processes and a worker may open at their busiest."""


def require_reachable() -> None:
    """Raise Missing when the database does not answer, Invalid when it is one that cannot be used; never with the password."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Missing(
            "database.unreachable",
            "The database {place} cannot be used: {why}",
            hint="Start it, or correct the address; see how-to/postgresql.md.",
            place=database.place(_address()),
            why=str(error).strip().splitlines()[-1],
        ) from None
    if connection.vendor == database.POSTGRESQL:
        _refuse_unfit()


def _address() -> database.Address:
    found: database.Address = settings.CONFIGURATION.database_url
    return found


def _refuse_unfit() -> None:
    """Raise Invalid for a server that is too old or a database whose texts are not UTF-8."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')")
        version, encoding = cursor.fetchone()
    if version < 14 or encoding != "UTF8":
        raise Invalid(
            "database.unfit",
            "The database {place} is PostgreSQL {version} with {encoding}; needed are version 14 or newer and UTF8.",
            hint="Make it with: CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'.",
            place=database.place(_address()),
            version=version,
            encoding=encoding,
        )


def require_own(note: HomeNote | None, applied: Collection[object]) -> None:
    """Raise Conflict when a PostgreSQL database is empty though the home has been at work, or at work though the home is new.

    note: the home's own, None for a new one. applied: the migrations the database knows.
    """
    if connection.vendor != database.POSTGRESQL:
        return
    if note is not None and not applied:
        raise Conflict(
            "database.empty",
            "This home has been at work, and the database {place} is empty.",
            hint="Correct the address, or restore the database from a backup.",
            place=database.place(_address()),
        )
    if note is None and applied and "journal_entry" in connection.introspection.table_names() and size():
        raise Conflict(
            "database.taken",
            "The database {place} holds the work of another home.",
            hint="Give the folder of that home with --home, or make an empty database.",
            place=database.place(_address()),
        )


@contextmanager
def as_owner() -> Iterator[None]:
    """Let the default connection be the owner's inside the block; changes nothing where one role does both.

    Raises Missing when the owner cannot log in.
    """
    if not settings.DATABASE_OWNER:
        yield
        return
    kept = dict(connection.settings_dict)
    connection.close()
    _log_in_as(settings.DATABASE_OWNER)
    try:
        require_reachable()
        yield
    finally:
        connection.close()
        connection.settings_dict.update(kept)


def _log_in_as(address: database.Address) -> None:
    connection.settings_dict.update(database.entry(address, settings.HOME))


def let_work() -> str:
    """Give the working role its rights, as the owner; make that role first when the settings name only the owner's.

    Result: a warning for who hosts, "" when all is well. Raises Invalid for an address without a role,
    Conflict when the made role cannot log in.
    """
    if connection.vendor != database.POSTGRESQL:
        return ""
    address = database.working(_address(), settings.KEYS)
    if not address["user"]:
        raise Invalid(
            "database.no_role",
            "The address of the database {place} names no role.",
            hint="Write it as postgresql://role@…, also where the role needs no password.",
            place=database.place(address),
        )
    if settings.DATABASE_OWNER and address["user"] != settings.DATABASE_OWNER["user"]:
        if address != _address():
            _make_role(address, only_if_absent=True)
        grants.give(connection, address["user"])
        return ""
    if settings.DATABASE_OWNER or not _may_make_roles():
        return _one_role(address)
    made = {**address, "user": f"{address['name'][:58]}_work", "password": secrets.token_urlsafe(32)}
    _make_role(made)
    grants.give(connection, made["user"])
    _require_log_in(made)
    return ""


def _one_role(address: database.Address) -> str:
    return (
        f"Warning: the role {address['user']} owns the tables it works with, so it could take their guards away."
        " Give the owner another role (DATACITY_DATABASE_OWNER_URL): see how-to/postgresql.md."
    )


def _may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _make_role(address: database.Address, *, only_if_absent: bool = False) -> None:
    """Make the role, or give it this password when it is there; the password is hashed before it is sent."""
    role = connection.ops.quote_name(address["user"])
    hashed = connection.connection.pgconn.encrypt_password(
        address["password"].encode(), address["user"].encode(), b"scram-sha-256"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [address["user"]])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        if verb == "ALTER" and only_if_absent:
            return
        wanted = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION" if verb == "CREATE" else "LOGIN"
        cursor.execute(f"{verb} ROLE {role} {wanted} PASSWORD '{hashed.decode()}'")


def _require_log_in(address: database.Address) -> None:
    """Keep the made role for server and worker once it could log in. Raises Conflict when it cannot."""
    kept = dict(connection.settings_dict)
    connection.close()
    _log_in_as(address)
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        connection.settings_dict.update(kept)
        raise Conflict(
            "database.role_kept_out",
            "The role {role} was made, but it cannot log in: {why}",
            hint="Let pg_hba.conf admit it with a password (scram-sha-256), or set DATACITY_DATABASE_OWNER_URL and DATACITY_DATABASE_URL.",
            role=address["user"],
            why=str(error).strip().splitlines()[-1],
        ) from None
    database.keep_role(settings.KEYS, address)


def few_connections() -> str:
    """Give a warning when the server lets in fewer connections than a busy home opens; "" otherwise."""
    if connection.vendor != database.POSTGRESQL:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        allowed = cursor.fetchone()[0]
    return (
        f"Note: the server lets in {allowed} connections; at its busiest this home opens {CONNECTIONS}."
        if allowed < CONNECTIONS
        else ""
    )
