# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity risk`: how many rows look alike before any change."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel.words import msg

if TYPE_CHECKING:
    from datacity.engine.protection.risk import RiskReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("file", type=existing_file, metavar="FILE")
    parser.add_argument("--plan", type=existing_file, required=True, metavar="PLAN.toml")


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Measure the risk on the plan's quasi-identifiers; their methods may still be open."""
    # these load DuckDB, which the other verbs' --help does without
    from datacity.engine.cli.tables import read_plan, technical_names, typed_table
    from datacity.engine.protection.binding import refuse_unknown_columns
    from datacity.engine.protection.risk import measure_risk

    plan = read_plan(arguments.plan)
    with typed_table(Path(arguments.file), console) as table:
        named = plan.renamed(technical_names(plan, table.description))
        refuse_unknown_columns(named, tuple(column.name for column in table.description.columns))
        report = measure_risk(table.path, named)
    return Outcome(report.as_dict(), _text(report, console))


def _text(report: "RiskReport", console: Console) -> str:
    if report.k is None:
        return console.words(
            msg("The plan names no quasi-identifier: there is nothing to measure on {rows} rows."), rows=report.rows
        )
    percent = {
        "highest": f"{(report.prosecutor_max or 0) * 100:.4g}",
        "high": f"{report.prosecutor_high * 100:.4g}",
        "average": f"{(report.marketer or 0) * 100:.4g}",
    }
    return "\n".join(
        [
            console.words(
                msg("{rows} rows measured on {columns}."), rows=report.rows, columns=", ".join(report.quasi_identifiers)
            ),
            console.words(
                msg("Rows alone of their kind: {uniques}; smallest class: {k}; classes: {classes}."),
                uniques=report.uniques,
                k=report.k,
                classes=report.classes,
            ),
            console.words(
                msg("Risk for the most exposed row: {highest} %; rows above 20 %: {high} %; average: {average} %."),
                **percent,
            ),
        ]
    )
