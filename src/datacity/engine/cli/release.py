# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""`datacity release`: freeze and seal a cleared table in a folder of publications."""

import argparse
import json
from pathlib import Path
from typing import Any

from datacity.engine.cli.console import Console, Outcome, existing_file, told
from datacity.kernel.errors import Invalid
from datacity.kernel.words import msg


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("table", type=existing_file, metavar="OUT.parquet", help=told(msg("the protected table")))
    parser.add_argument(
        "--manifest",
        type=existing_file,
        required=True,
        metavar="M.toml",
        help=told(msg("slug, title, producer, legal title, licence, period, columns")),
    )
    parser.add_argument(
        "--clearance",
        type=existing_file,
        required=True,
        metavar="C.json",
        help=told(msg("its clearance, as “datacity clear” wrote it")),
    )
    parser.add_argument(
        "--report", type=existing_file, metavar="R.json", help=told(msg("the report of risks, published with it"))
    )
    parser.add_argument("--keys", type=Path, required=True, metavar="DIR", help=told(msg("the folder of the keys")))
    parser.add_argument(
        "--store", type=Path, required=True, metavar="DIR", help=told(msg("the folder of publications"))
    )


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Release the table; again with the same clearance it gives the same version."""
    # these load DuckDB and cryptography, which --help does without
    from datacity.engine.adapters.clock import SystemClock
    from datacity.engine.adapters.folder import FolderStore
    from datacity.engine.proof.keys import KeyRing
    from datacity.engine.release import ReleaseDetails, freeze

    details = ReleaseDetails.from_toml(arguments.manifest)
    clearance = _json(arguments.clearance)
    report = _json(arguments.report) if arguments.report else {"datacity": 1, "kind": "report", "attacks": None}
    published = freeze(
        arguments.table,
        details,
        clearance,
        report,
        keys=KeyRing.load(arguments.keys),
        store=FolderStore(arguments.store),
        at=SystemClock().now(),
        progress=console.progress,
    )
    lines = [
        console.words(
            msg("{slug}, version {version}, is released: {rows} rows."),
            slug=published.slug,
            version=published.version,
            rows=published.manifest["rows"],
        )
    ]
    lines += [f"  {each['name']}  {each['bytes']}  {each['sha256']}" for each in published.manifest["files"]]
    lines.append(
        console.words(msg("Manifest: {store}/manifests/{sha}.json"), store=str(arguments.store), sha=published.sha256)
    )
    data: dict[str, Any] = {
        "manifest_sha256": published.sha256,
        "manifest": dict(published.manifest),
        "difference": dict(published.difference),
    }
    return Outcome(data, "\n".join(lines))


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Invalid("release.json", "{name} is not a JSON file.", name=path.name) from error
    if not isinstance(value, dict):
        raise Invalid("release.json_form", "{name} should hold a JSON object.", name=path.name)
    return value
