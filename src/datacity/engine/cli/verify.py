# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity verify`: check a download by itself; 0 only when everything holds."""

import argparse
from pathlib import Path

from datacity.engine.cli.console import Console, Outcome, told
from datacity.kernel.words import msg


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument(
        "thing",
        type=Path,
        metavar="THING",
        help=told(msg("manifest, data file beside it, folder, receipt, clearance, journal or proof")),
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=told(msg("a file to compare with what THING says; may be repeated")),
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="KEY",
        help=told(msg("whom you trust: PEM file, keys.json or 64 hexadecimal digits; may be repeated")),
    )


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Verify, a line a check, then the conclusion. THING: manifest, folder, data file, receipt, clearance, journal export, checkpoint."""
    from datacity.engine.proof.verifying import verify  # loads cryptography, which --help does without

    found = verify(arguments.thing, data=arguments.data, trust=arguments.trust)
    lines = [f"{_sign(check.holds, console)} {console.words(check.message, **check.values)}" for check in found.checks]
    if found.holds:
        lines.append(console.words(msg("Everything holds.")))
    elif found.intact and not arguments.trust:
        lines.append(console.words(msg("Intact; signer not checked.")))
    elif found.first_wrong is not None:
        wrong = found.first_wrong
        lines.append(console.words(msg("Does not hold: {why}"), why=console.words(wrong.message, **wrong.values)))
    return Outcome(found.as_dict(console.language), "\n".join(lines), holds=found.holds)


def _sign(holds: bool | None, console: Console) -> str:  # noqa: FBT001 -- one value of a check, asked by map
    if holds is None:
        return "· " + console.words(msg("note:"))
    return "✓ " + console.words(msg("holds:")) if holds else "✗ " + console.words(msg("wrong:"))
