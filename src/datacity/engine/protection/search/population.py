# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The population a table is a part of: a file of all its rows, or its number of rows."""

import math
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from datacity.engine.protection.parts import Model
from datacity.engine.protection.plan import Plan
from datacity.engine.sources.duck import identifier, literal
from datacity.engine.sources.names import technical_name
from datacity.kernel.errors import Invalid, Missing

DEFAULT_SIGNIFICANCE = 0.05


def estimated_k(model: Model, rows: int) -> int:
    """Give the class size in the table that k-map of a population known by its size alone comes down to.

    The rows of a class of k inhabitants in a sample are taken as Poisson with mean k x rows / population; the smallest size whose
    chance of being passed is at most the significance, plus one (El Emam and Dankar 2008, as ARX 3.9.2 computes it), never above k.
    """
    k = model.k or 1
    mean = k * rows / max(model.population_size or rows, rows)
    wanted = 1 - (DEFAULT_SIGNIFICANCE if model.significance is None else model.significance)
    counter, chance = 0, 0.0
    while chance < wanted and counter < k:
        chance += math.exp(-mean + counter * math.log(mean) - math.lgamma(counter + 1))
        counter += 1
    return min(k, counter + 1, rows)


def open_population(connection: DuckDBPyConnection, plan: Plan, names: Sequence[str], folder: Path | None) -> bool:
    """Make the view `population` with these columns, when a model of the plan names a file; tell whether it did.

    Raises Missing `protection.population_missing`, Invalid `protection.population_twice` for two files and
    `protection.population_column` for a column it lacks.
    """
    files = sorted({model.population for model in plan.models if model.population})
    if not files:
        return False
    if len(files) > 1:
        raise Invalid(
            "protection.population_twice",
            "The plan names two population files, {first} and {second}.",
            hint="All models of a plan share one population.",
            field="privacy.models",
            first=files[0],
            second=files[1],
        )
    path = folder / files[0] if folder else None
    if path is None or not path.is_file():
        raise Missing(
            "protection.population_missing",
            "There is no population file {name}.",
            hint="Put it beside the plan.",
            field="privacy.models",
            name=files[0],
        )
    text = literal(str(path))
    reader = (
        f"read_parquet({text})"
        if path.suffix.lower() == ".parquet"
        else f"read_csv({text}, header = true, all_varchar = true)"
    )
    found = {
        technical_name(str(row[0])): str(row[0])
        for row in connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    }
    types = {str(row[0]): str(row[1]) for row in connection.execute("DESCRIBE source").fetchall()}
    for name in names:
        if technical_name(name) not in found:
            raise Invalid(
                "protection.population_column",
                "The population file {name} has no column {column}.",
                hint="It needs every quasi-identifier of the plan.",
                field="privacy.models",
                name=files[0],
                column=name,
            )
    cast = ", ".join(
        f"{identifier(found[technical_name(name)])}::{types[name]} AS {identifier(name)}" for name in names
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW population AS SELECT {cast} FROM {reader}")
    return True
