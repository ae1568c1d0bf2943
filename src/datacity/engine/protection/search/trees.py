# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The tree above a sensitive column's values, for distances along it."""

from pathlib import Path
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection

from datacity.engine.protection.ladders.files import read_hierarchy
from datacity.engine.protection.reading import nearest
from datacity.engine.protection.search.problem import Array
from datacity.kernel.errors import Invalid


def tree_of(
    connection: DuckDBPyConnection, column: str, values: Any, name: str, folder: Path | None
) -> tuple[Array, Array]:
    """Give for each level, one after the other, the node above each node of the level below, and how many nodes each level has.

    Raises what reading a hierarchy raises, Invalid `protection.hierarchy_lacks` for a value the file does not name and
    `protection.hierarchy_root` when the last level is not one single value.
    """
    rows = {row[0]: row for row in read_hierarchy(folder, name, column=column)}
    texts = [str(text) for (text,) in connection.execute("SELECT unnest(?)::VARCHAR", [values.to_pylist()]).fetchall()]
    for text in texts:
        if text not in rows:
            raise Invalid(
                "protection.hierarchy_lacks",
                "Column {column}: the hierarchy file {name} does not name {values}.",
                hint="Add a line for each of these values.",
                field="privacy.models.hierarchy",
                column=column,
                name=name,
                values=text,
                nearest=nearest(text, list(rows)),
            )
    below: list[str] = texts
    parents: list[Array] = []
    heights: list[int] = []
    for level in range(1, len(next(iter(rows.values())))):
        first: dict[str, int] = {}
        numbers = [first.setdefault(rows[text][level], len(first)) for text in texts]
        seen = {below[place]: number for place, number in enumerate(numbers)}
        parents.append(np.array([seen[node] for node in dict.fromkeys(below)], np.int64))
        heights.append(len(first))
        below = [rows[text][level] for text in texts]
    if not heights or heights[-1] != 1:
        raise Invalid(
            "protection.hierarchy_root",
            "Column {column}: the last level of the hierarchy file {name} is not one single value.",
            hint="Add a last column with * on every line.",
            field="privacy.models.hierarchy",
            column=column,
            name=name,
        )
    return np.concatenate(parents), np.array(heights, np.int64)
