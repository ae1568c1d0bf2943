# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""What changed between two versions of a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datacity.engine.sources.duck import connect, identifier, literal

MOST_ROWS = 5_000_000
"""Above, rows are counted but not compared."""


def difference(
    older: Path,
    newer: Path,
    *,
    columns: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
    key: Sequence[str] = (),
    scratch: Path | None = None,
) -> dict[str, Any]:
    """Give a small dict: columns added, removed and retyped; rows before and after; rows added, removed and changed where that can be told.

    older, newer: Parquet files. columns: their columns as in the manifests ("name", "type"). key: columns that name a row in both.
    With a key that names every row of both once, `rows` has added, removed, changed; with the same columns on both sides, added and removed
    of whole rows (a changed row is one removed and one added); else only before and after. scratch: folder where comparing may spill.
    """
    before, after = ({each["name"]: each["type"] for each in side} for side in columns)
    both = [name for name in after if name in before]
    result: dict[str, Any] = {
        "columns": {
            "added": [name for name in after if name not in before],
            "removed": [name for name in before if name not in after],
            "retyped": [
                {"name": name, "before": before[name], "after": after[name]}
                for name in both
                if before[name] != after[name]
            ],
        }
    }
    with connect(temp=scratch) as connection:
        for name, path in (("older", older), ("newer", newer)):
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({literal(str(path))})")
        result["rows"] = _rows(connection, both, key if set(key) <= set(both) else (), same=before == after)
    return result


def _rows(connection: Any, both: Sequence[str], key: Sequence[str], *, same: bool) -> dict[str, int]:
    counts = {side: connection.execute(f"SELECT count(*) FROM {side}").fetchone()[0] for side in ("older", "newer")}
    rows = {"before": counts["older"], "after": counts["newer"]}
    if max(counts.values()) > MOST_ROWS:
        return rows
    if key and _names_every_row(connection, key, counts):
        return rows | _by_key(connection, both, key)
    return rows | _whole(connection, both) if same else rows


def _names_every_row(connection: Any, key: Sequence[str], counts: Mapping[str, int]) -> bool:
    names = ", ".join(identifier(name) for name in key)
    return all(
        connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM {side})").fetchone()[0] == count
        for side, count in counts.items()
    )


def _by_key(connection: Any, both: Sequence[str], key: Sequence[str]) -> dict[str, int]:
    sides = " FULL JOIN ".join(
        f"(SELECT {_print(key)} AS k, {_print(both)} AS r FROM {side}) AS {side[0]}" for side in ("older", "newer")
    )
    row = connection.execute(
        f"SELECT count(*) FILTER (o.k IS NULL), count(*) FILTER (n.k IS NULL), count(*) FILTER (o.r != n.r) FROM {sides} ON o.k = n.k"
    ).fetchone()
    return dict(zip(("added", "removed", "changed"), row, strict=True))


def _whole(connection: Any, both: Sequence[str]) -> dict[str, int]:
    counted = [
        f"(SELECT {_print(both)} AS r, count(*) AS c FROM {side} GROUP BY 1) AS {side[0]}"
        for side in ("older", "newer")
    ]
    row = connection.execute(
        "SELECT sum(greatest(coalesce(n.c, 0) - coalesce(o.c, 0), 0))::BIGINT, sum(greatest(coalesce(o.c, 0) - coalesce(n.c, 0), 0))::BIGINT "
        f"FROM {counted[0]} FULL JOIN {counted[1]} ON o.r = n.r"
    ).fetchone()
    return dict(zip(("added", "removed"), (value or 0 for value in row), strict=True))


def _print(names: Sequence[str]) -> str:
    """Give SQL for the 128-bit fingerprint of some cells of a row."""
    return f"md5_number(to_json([{', '.join(f'{identifier(name)}::VARCHAR' for name in names)}])::VARCHAR)"
