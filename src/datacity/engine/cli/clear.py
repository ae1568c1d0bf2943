# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity clear`: a named person signs that a protected table may leave."""

import argparse
import json
from datetime import timedelta
from pathlib import Path

from datacity.engine.cli.console import Console, Outcome, existing_file, told
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("table", type=existing_file, metavar="OUT.parquet", help=told(msg("the protected table")))
    parser.add_argument(
        "--plan",
        type=existing_file,
        required=True,
        metavar="PLAN.toml",
        help=told(msg("the plan it was protected under")),
    )
    parser.add_argument("--by", required=True, metavar="NAME", help=told(msg("who clears")))
    parser.add_argument("--capacity", required=True, metavar="TEXT", help=told(msg("in which capacity")))
    parser.add_argument("--reason", required=True, metavar="TEXT", help=told(msg("why it may leave")))
    parser.add_argument("--keys", type=Path, required=True, metavar="DIR", help=told(msg("the folder of the keys")))
    parser.add_argument(
        "--valid-days", type=int, default=30, metavar="N", help=told(msg("days of validity; 30 unless said"))
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="C.json", help=told(msg("where the clearance is written"))
    )


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Sign the hash of the table and of the plan, with person, capacity, reason and date."""
    # these load DuckDB and cryptography, which --help does without
    from datacity.engine.adapters.clock import SystemClock
    from datacity.engine.cli.tables import read_plan
    from datacity.engine.proof.clearances import Cleared, Representative, clearance_statement
    from datacity.engine.proof.hashes import digest_file
    from datacity.engine.proof.keys import KeyRing

    if not 1 <= arguments.valid_days <= 366:
        raise Invalid(
            "clear.days",
            "A clearance is valid for 1 to 366 days, not {days}.",
            field="valid-days",
            days=arguments.valid_days,
        )
    _check_output(arguments.output)
    at = SystemClock().now()
    digest, plan = digest_file(arguments.table), read_plan(arguments.plan)
    statement = clearance_statement(
        Cleared(digest.sha256, plan.fingerprint),
        Representative(arguments.by, arguments.capacity, arguments.reason),
        at=at,
        valid_until=at + timedelta(days=arguments.valid_days),
    )
    signed = KeyRing.load(arguments.keys).clear(statement, at=at)
    arguments.output.write_text(json.dumps(signed, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    text = console.words(
        msg("{name} may leave until {until}, cleared by {person}."),
        name=arguments.table.name,
        until=signed["statement"]["valid_until"][:10],
        person=arguments.by,
    )
    return Outcome(signed, text)


def _check_output(output: Path) -> None:
    if not output.absolute().parent.is_dir():
        raise Invalid(
            "clear.no_folder",
            "The clearance cannot be written to {name}: its folder does not exist.",
            field="output",
            name=str(output),
        )
