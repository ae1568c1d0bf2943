# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity keys`: make seal and clearance keys, or the successor of one."""

import argparse
from pathlib import Path

from datacity.engine.cli.console import Console, Outcome, told
from datacity.kernel.words import msg


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("folder", type=Path, metavar="DIR", help=told(msg("the folder of the keys")))
    parser.add_argument(
        "--years", type=int, default=5, metavar="N", help=told(msg("years of validity, 1 to 20; 5 unless said"))
    )
    parser.add_argument("--renew", choices=("seal", "clearance"), help=told(msg("make the successor of that key")))


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Make the keys and say which they are; private halves stay in files only their owner can read."""
    # these load cryptography, which --help does without
    from datacity.engine.adapters.clock import SystemClock
    from datacity.engine.proof import keys
    from datacity.engine.proof.public import Use

    at = SystemClock().now()
    if arguments.renew:
        ring = keys.renew(arguments.folder, Use(arguments.renew), at=at, years=arguments.years)
    else:
        ring = keys.make(arguments.folder, at=at, years=arguments.years)
    lines = [
        console.words(msg("{use} key {id}, valid until {until}"), use=key.use, id=key.id, until=key.valid_until[:10])
        for key in ring.public
    ]
    lines.append(
        console.words(
            msg("Public halves: {folder}/keys.json, seal.pem, clearance.pem. Keep the .key files to yourself."),
            folder=str(arguments.folder),
        )
    )
    return Outcome(ring.as_dict(), "\n".join(lines))
