# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Clearances, deposit receipts and checkpoints: statements that carry their signature."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datacity.engine.proof.hashes import digest_file
from datacity.engine.proof.public import Trust, Use
from datacity.engine.proof.statements import Statement, read_statement
from datacity.engine.proof.verification import Check, Verification, check_signer, failed, passed, remark
from datacity.kernel.errors import Refusal
from datacity.kernel.words import msg

KINDS = {
    "clearance": msg("This is a clearance of {at}."),
    "receipt": msg("This is a deposit receipt of {at}."),
    "checkpoint": msg("This is a checkpoint of {at}."),
}
"""Kind of statement → what is said of one that has its form."""


def verify_statement(value: Any, kind: str, *, data: Sequence[Path], trust: Trust) -> Verification:
    """Verify a clearance, receipt or checkpoint, and the data file it speaks of when one is given."""
    try:
        statement = read_statement(value, kind)
    except Refusal as refusal:
        return Verification(kind, (failed("form", refusal.message, **refusal.values),))
    checks = [passed("form", KINDS[kind], at=statement.text("at"))]
    checks += statement_checks(statement, trust)
    checks += _about_data(statement, "table" if kind == "clearance" else "sha256", data)
    return Verification(kind, tuple(checks))


def statement_checks(statement: Statement, trust: Trust) -> list[Check]:
    """Check signature and signer of a statement."""
    if not statement.is_signed:
        return [failed("signature", msg("The signature does not fit: the statement was changed after it was signed."))]
    use = Use.CLEARANCE if statement.text("kind") == "clearance" else Use.SEAL
    return [
        passed("signature", msg("The signature fits the statement.")),
        check_signer(statement.signer, trust, use=use, at=statement.text("at")),
    ]


def _about_data(statement: Statement, name: str, data: Sequence[Path]) -> list[Check]:
    stated = statement.text(name)
    if not stated:
        return []
    if not data:
        return [remark("data", msg("The file it speaks of was not compared: name it with --data."))]
    checks = []
    for path in data:
        found = digest_file(path)
        if found.sha256 == stated:
            checks.append(passed("data", msg("{name} is the file it speaks of."), name=path.name))
        else:
            checks.append(
                failed(
                    "data",
                    msg("{name} is another file: its SHA-256 begins with {found}, stated is {stated}."),
                    name=path.name,
                    found=found.sha256[:16],
                    stated=stated[:16],
                )
            )
    return checks
