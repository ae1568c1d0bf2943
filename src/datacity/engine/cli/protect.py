# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity protect`: the table the plan allows, and what was done."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg

if TYPE_CHECKING:
    from datacity.engine.protection.gate import ProtectionResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("file", type=existing_file, metavar="FILE")
    parser.add_argument("--plan", type=existing_file, required=True, metavar="PLAN.toml")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.parquet")
    parser.add_argument("--certificate", type=Path, metavar="C.json")
    parser.add_argument("--hierarchies", type=Path, metavar="DIR")


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Protect the table; hierarchy files lie beside the plan unless --hierarchies says where."""
    # these load DuckDB, which the other verbs' --help does without
    from datacity.engine.cli.tables import read_plan, technical_names, typed_table
    from datacity.engine.protection.gate import protect
    from datacity.engine.protection.search.labels import relabel

    _check_output(arguments.output)
    if arguments.certificate is not None:
        _check_output(arguments.certificate)
    plan = read_plan(arguments.plan)
    folder = arguments.hierarchies or Path(arguments.plan).parent
    started = time.perf_counter()
    with typed_table(Path(arguments.file), console) as table:
        reading = time.perf_counter() - started
        labels = technical_names(plan, table.description)
        named = plan.renamed(labels)
        result = protect(
            table.path,
            named,
            arguments.output,
            hierarchies=folder,
            certificate=arguments.certificate,
            progress=console.progress,
        )
        if arguments.certificate is not None:
            relabel(
                arguments.certificate,
                {column.name: column.label or column.name for column in table.description.columns},
            )
    written = {name: label for label, name in labels.items() if label in plan.columns}
    levels = {written.get(name, name): level for name, level in result.levels.items()}
    load = round(reading + result.load_seconds, 4)  # the file is read here, before `protect` counts
    data = {**result.as_dict(), "load_seconds": load, "levels": levels, "plan_fingerprint": plan.fingerprint}
    return Outcome(data, _text(result, levels, console))


def _check_output(output: Path) -> None:
    if not output.absolute().parent.is_dir():
        raise Invalid(
            "protection.no_folder",
            "The result cannot be written to {name}: its folder does not exist.",
            field="output",
            name=str(output),
        )


def _text(result: "ProtectionResult", levels: dict[str, int], console: Console) -> str:
    if result.kind == "cells":
        lines = [
            console.words(
                msg(
                    "{rows} rows became {cells} cells, {hidden} of them hidden; the smallest published one stands for {smallest}."
                ),
                rows=result.rows_in,
                cells=result.rows_out,
                hidden=result.hidden_cells,
                smallest=result.smallest_class,
            )
        ]
    else:
        lines = [
            console.words(
                msg(
                    "{kept} of {rows} rows are kept, {suppressed} removed; {classes} classes, the smallest of {smallest} rows."
                ),
                kept=result.rows_out,
                rows=result.rows_in,
                suppressed=result.suppressed,
                classes=result.classes,
                smallest=result.smallest_class,
            )
        ]
    if levels:
        shown = ", ".join(f"{name} {level}" for name, level in levels.items())
        lines.append(console.words(msg("Levels: {levels}."), levels=shown))
    if result.loss is not None:
        lines.append(console.words(msg("Loss ({metric}): {loss}."), metric=result.metric, loss=f"{result.loss:.6g}"))
    return "\n".join(lines)
