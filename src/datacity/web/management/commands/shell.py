# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`shell`: Python with the models loaded; the database refuses every write unless `--write` is said."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import shell
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}


class Command(shell.Command):
    """Django's shell, which only reads: a change past the actions is a change past permission and journal."""

    help = "Open Python with the models loaded; it only reads unless --write."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --write besides Django's own options."""
        super().add_arguments(parser)
        parser.add_argument("--write", action="store_true", help="let the session write; prefer an action of the app")

    def handle(self, **options: Any) -> None:
        """Open the session."""
        if not options.pop("write"):
            connection_created.connect(refuse_writes, weak=False)
            for connection in connections.all(initialized_only=True):
                if connection.connection is not None:
                    refuse_writes(connection=connection)
        super().handle(**options)


def refuse_writes(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Tell the database to refuse writes on this connection from now on."""
    with connection.cursor() as cursor:
        cursor.execute(READ_ONLY[connection.vendor])
