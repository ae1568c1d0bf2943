# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What the role that works may do on PostgreSQL: read, add, and change only what no guard keeps.

The owner gives the rights anew after every migrate. A guarded table without condition is append-only for the working role
by its rights already, the triggers apart: UPDATE of the columns that may be emptied or changed, no DELETE. Nobody but
the owner gets TRUNCATE, REFERENCES, TRIGGER, or a table of their own.
"""

from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from datacity.frame.guards import Guard, declared

READ_ONLY = ("django_migrations", "django_content_type", "auth_permission")
"""Tables that only a migrate writes."""


def give(connection: BaseDatabaseWrapper, role: str, guards: Iterable[Guard] | None = None) -> None:
    """Give the working role its rights on every table, and no other; the connection must be the owner's."""
    quoted = connection.ops.quote_name
    guarded = {guard.table: guard for guard in (declared() if guards is None else guards)}
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        name, schema = (quoted(each) for each in cursor.fetchone())
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT ON DATABASE {name} TO {quoted(role)}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {quoted(role)}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {quoted(role)}")
        # pg_dump, which makes the backups as the working role, reads where the numbering stands
        cursor.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted(role)}")
        for table in connection.introspection.table_names(cursor):
            for right in _rights(table, guarded.get(table), quoted):
                cursor.execute(f"GRANT {right} ON {quoted(table)} TO {quoted(role)}")


def _rights(table: str, guard: Guard | None, quoted: Callable[[str], str]) -> Iterator[str]:
    yield "SELECT"
    if table in READ_ONLY:
        return
    yield "INSERT"
    if guard is None or guard.when:
        yield "UPDATE, DELETE"
        return
    changing = (*guard.emptied, *guard.changeable)
    if changing:
        columns = (quoted(str(each.column)) for each in guard.meta.concrete_fields if each.name in changing)
        yield f"UPDATE ({', '.join(columns)})"


def owned_by_this_role(connection: BaseDatabaseWrapper) -> list[str]:
    """Give the tables whose guards the connection's own role could take away: those it owns, all for a superuser."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
            " AND pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]
