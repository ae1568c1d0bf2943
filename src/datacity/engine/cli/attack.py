# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity attack`: tries to break a protected table with the raw one in hand."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from datacity.engine.cli.console import Console, Outcome, existing_file
from datacity.kernel.words import msg

if TYPE_CHECKING:
    from datacity.engine.protection.attacks import AttackReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("raw", type=existing_file, metavar="RAW")
    parser.add_argument("protected", type=existing_file, metavar="PROTECTED")
    parser.add_argument("--plan", type=existing_file, required=True, metavar="PLAN.toml")
    parser.add_argument("--previous", type=existing_file, action="append", default=[], metavar="VERSION.parquet")
    parser.add_argument("--hierarchies", type=Path, metavar="DIR")


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Try every attack. A success is a finding, not a failed check: the command ends with 0 either way."""
    # these load DuckDB, which the other verbs' --help does without
    from datacity.engine.cli.tables import protected_table, read_plan, technical_names, typed_table
    from datacity.engine.protection.attacks import attack
    from datacity.engine.protection.search.settling import settled_plan

    plan = read_plan(arguments.plan)
    folder = arguments.hierarchies or Path(arguments.plan).parent
    with (
        typed_table(Path(arguments.raw), console) as raw,
        protected_table(Path(arguments.protected), console) as protected,
    ):
        named = plan.renamed(technical_names(plan, raw.description))
        named = settled_plan(named, raw.path, hierarchies=folder)
        report = attack(raw.path, protected, named, previous=arguments.previous, hierarchies=folder)
    return Outcome({**report.as_dict(), "succeeded": report.succeeded}, _text(report, console))


def _text(report: "AttackReport", console: Console) -> str:
    from datacity.engine.protection.reports import ATTEMPT_TITLES  # loads DuckDB, which --help does without

    lines = []
    for each in report.attempts:
        counted = console.words(
            msg("{succeeded} successes in {tried} tries ({percent} %)."),
            succeeded=each.succeeded,
            tried=each.tried,
            percent=f"{each.share * 100:.4g}",
        )
        lines.append(
            f"{console.words(ATTEMPT_TITLES[each.name])}\n  {console.words(each.attacker)}\n  {counted} {console.words(each.evidence, **each.values)}"
        )
    return "\n".join(lines)
