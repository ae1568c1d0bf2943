# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Write down what a search did, so that somebody else can check that nothing better was left out.

The certificate holds the question (ladders, conditions, metric), the answer, and every step in order: a node that was checked with what
was counted there, or a witness. `proof.checks.optimality` reads it and counts everything again from the data, without this code.
"""

import json
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from datacity.engine.protection.ladders.files import read_hierarchy
from datacity.engine.protection.parts import Model
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.search.conditions import IN_POPULATION, OVERALL
from datacity.engine.protection.search.encoding import Encoded, choices, texts_of
from datacity.engine.protection.search.searching import Found
from datacity.engine.protection.search.weighing import BY_CLASSES
from datacity.engine.sources.duck import identifier
from datacity.kernel.errors import Invalid

KIND = "optimality"


def refuse_without_certificate(plan: Plan) -> None:
    """Raise Invalid `protection.certificate_kind` for a condition or metric of which no certificate can be checked apart."""
    kinds = [model.kind.value for model in plan.models if model.kind in IN_POPULATION | OVERALL]
    kinds += [plan.metric.value] if plan.metric in BY_CLASSES else []
    if kinds:
        raise Invalid(
            "protection.certificate_kind",
            "No certificate is written for {kind}.",
            hint="The search is optimal all the same; only a certificate that others can check apart is missing. Leave it out.",
            field="certificate",
            kind=kinds[0],
        )


def write_certificate(
    path: Path, connection: DuckDBPyConnection, encoded: Encoded, found: Found, plan: Plan, *, hierarchies: Path | None
) -> None:
    """Write the certificate of a search that found an optimum."""
    problem = encoded.problem
    columns = [_column(connection, encoded, place) for place in range(len(problem.axes))]
    steps: list[dict[str, Any]] = []
    for step in found.steps:
        if step.witness is None:
            steps.append({"node": list(step.node), "suppressed": step.suppressed, "loss": step.loss})
            continue
        values = [_leaf(encoded, place, step.witness) for place in range(len(problem.axes))]
        steps.append({"witness": values})
    value = {
        "kind": KIND,
        "form": 1,
        "plan": plan.fingerprint,
        "question": {
            "k": problem.k,
            "limit": problem.limit,
            "rows": problem.rows,
            "metric": plan.metric.value,
            "models": [_model(model, hierarchies) for model in problem.models],
            "columns": columns,
        },
        "answer": {"node": list(found.node or ()), "loss": found.loss, "suppressed": found.suppressed},
        "steps": steps,
    }
    path.write_text(json.dumps(value, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


def _column(connection: DuckDBPyConnection, encoded: Encoded, place: int) -> dict[str, Any]:
    """Give a column with its ladder: one row a leaf, the leaf's text first, then its text at each level to choose from."""
    column, axis, values = encoded.columns[place], encoded.problem.axes[place], encoded.values[place]
    levels = choices(column)
    leaves = [None if text is None else str(text) for text in _texts(connection, values)]
    texts = texts_of(connection, column, values, levels)
    rows: list[list[str | None]] = [[leaf, *(each[at] for each in texts)] for at, leaf in enumerate(leaves)]
    named = column.ladder is not None and column.ladder.domain is not None
    if named:
        shown = ", ".join(f"l{level:d}" for level in levels)
        table = identifier(f"hierarchy of {column.name}")
        whole = connection.execute(f"SELECT l0, {shown} FROM {table}").fetchall()
        rows = [*(list(row) for row in whole), *(row for row in rows if row[0] is None)]
    return {
        "name": axis.name,
        "weight": axis.weight,
        "height": axis.height,
        "first_level": axis.first_level,
        "named": named,
        "rows": rows,
    }


def _texts(connection: DuckDBPyConnection, values: Any) -> list[Any]:
    if len(values) == 0:
        return []
    return [text for (text,) in connection.execute("SELECT unnest(?)::VARCHAR", [values.to_pylist()]).fetchall()]


def _leaf(encoded: Encoded, place: int, witness: int) -> str | None:
    value = encoded.values[place][int(encoded.problem.tuples[place, witness])].as_py()
    return None if value is None else str(value)


def _model(model: Model, hierarchies: Path | None) -> dict[str, Any]:
    """Give a condition as the plan writes it, its tree beside it."""
    value = model.as_dict()
    if model.hierarchy:
        value["tree"] = [list(row) for row in read_hierarchy(hierarchies, model.hierarchy, column=model.column or "")]
    return value
